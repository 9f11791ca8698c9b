// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Bytes with a key and a checksum, which show what they are and whether they are intact.
enum SealedBytes {
    private static let magic = Array("compose segment 2\n".utf8)

    static func seal(_ contents: CanonicalBytes, as key: Digest) throws(LibavError) -> [UInt8] {
        let bytes = magic + key.bytes + contents.bytes
        return bytes + (try Checksum(of: bytes[...])).bytes
    }

    /// The result of opening sealed bytes.
    enum Opened<Contents> {
        case whole(Contents)
        /// The bytes were changed or truncated, or are of another kind.
        case damaged
        /// The bytes are intact, but have another key.
        case other
    }

    static func open(_ bytes: ArraySlice<UInt8>, as key: Digest) throws(LibavError) -> Opened<ByteReader> {
        let start = magic.count + Digest.size
        guard bytes.count >= start + Checksum.size, bytes.starts(with: magic) else { return .damaged }
        let content = bytes.dropLast(Checksum.size)
        guard try Checksum(of: content).bytes == Array(bytes.suffix(Checksum.size)) else { return .damaged }
        guard Array(content[magic.count..<start]) == key.bytes else { return .other }
        return .whole(ByteReader(bytes: content, position: start))
    }
}

/// A reader of what ``CanonicalBytes`` wrote; its functions return `nil` if too few bytes are left.
struct ByteReader {
    let bytes: ArraySlice<UInt8>
    var position: Int

    mutating func number() -> Int? {
        guard bytes.endIndex - position >= 8 else { return nil }
        defer { position += 8 }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[position + index]) << (8 * index) }
        return Int(truncatingIfNeeded: value)
    }

    mutating func double() -> Double? { number().map { Double(bitPattern: UInt64(bitPattern: Int64($0))) } }

    mutating func string() -> ArraySlice<UInt8>? {
        guard let count = number(), count >= 0, count <= bytes.endIndex - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
