// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Bytes that say themselves whether they are whole, and what they are.
enum SealedBytes {
    private static let magic = Array("compose segment 1\n".utf8)

    static func seal(_ contents: CanonicalBytes, as key: Digest) throws(LibavError) -> [UInt8] {
        let bytes = magic + key.bytes + contents.bytes
        return bytes + (try Digest(of: bytes)).bytes
    }

    /// What bytes turned out to be.
    enum Opened<Contents> {
        case whole(Contents)
        /// They were changed or cut short, or never were what they should be.
        case damaged
        /// They are whole, and something else.
        case other
    }

    static func open(_ bytes: [UInt8], as key: Digest) throws(LibavError) -> Opened<ByteReader> {
        guard bytes.count >= magic.count + 2 * Digest.size, bytes.starts(with: magic) else { return .damaged }
        let content = Array(bytes.dropLast(Digest.size))
        guard try Digest(of: content).bytes == Array(bytes.suffix(Digest.size)) else { return .damaged }
        guard Array(content[magic.count..<magic.count + Digest.size]) == key.bytes else { return .other }
        return .whole(ByteReader(bytes: content, position: magic.count + Digest.size))
    }
}

/// Reads what ``CanonicalBytes`` wrote; `nil` where there is less than is asked for.
struct ByteReader {
    let bytes: [UInt8]
    var position: Int

    mutating func number() -> Int? {
        guard bytes.count - position >= 8 else { return nil }
        defer { position += 8 }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[position + index]) << (8 * index) }
        return Int(truncatingIfNeeded: value)
    }

    mutating func string() -> ArraySlice<UInt8>? {
        guard let count = number(), count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
