// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A segment, encoded: a packet for each frame, in the order in which they are decoded, and what decoders have to know first.
///
/// For one thread at a time.
struct EncodedSegment {
    /// What decoders have to know before the first packet.
    var header: [UInt8]
    /// How many frames decoding runs ahead of showing.
    var delay: Int
    /// The packets; their times count from the segment's first frame.
    var packets: [Packet]
    /// How many of the frames were written without the encoder, because the picture before them is held.
    var heldFrames = 0

    /// Whether it can follow the other in one stream.
    func fits(_ other: EncodedSegment) -> Bool { header == other.header && delay == other.delay }
}

/// Bytes that say themselves whether they are whole, and what they are.
enum SealedBytes {
    private static let magic = Array("compose segment 1\n".utf8)

    static func seal(_ contents: CanonicalBytes, as key: Digest) throws(LibavError) -> [UInt8] {
        let bytes = magic + key.bytes + contents.bytes
        return bytes + (try Digest(of: bytes)).bytes
    }

    enum Opening {
        case contents(ByteReader)
        case damaged
        case other(Digest)
    }

    static func open(_ bytes: [UInt8], as key: Digest) throws(LibavError) -> Opening {
        guard bytes.count >= magic.count + 2 * Digest.size, bytes.starts(with: magic) else { return .damaged }
        let content = Array(bytes.dropLast(Digest.size))
        guard try Digest(of: content).bytes == Array(bytes.suffix(Digest.size)) else { return .damaged }
        guard let found = Digest(bytes: content[magic.count..<magic.count + Digest.size]) else { return .damaged }
        guard found == key else { return .other(found) }
        return .contents(ByteReader(bytes: content, position: magic.count + Digest.size))
    }
}

extension EncodedSegment {
    /// The segment as bytes that say themselves whether they are whole, and what they are.
    func serialized(as key: Digest) throws(LibavError) -> [UInt8] {
        var bytes = CanonicalBytes()
        bytes.add(header)
        bytes.add(delay)
        bytes.add(heldFrames)
        bytes.add(packets.count)
        for packet in packets {
            bytes.add(packet.time)
            bytes.add(packet.flags)
            bytes.add(packet.bytes)
        }
        return try SealedBytes.seal(bytes, as: key)
    }

    /// What bytes are that should be a segment.
    enum Reading {
        case segment(EncodedSegment)
        /// They were changed or cut short, or never were a segment.
        case damaged
        /// They are another segment.
        case other(Digest)
    }

    /// Reads the bytes of the segment that `key` stands for, which has so many frames.
    static func read(_ bytes: [UInt8], as key: Digest, frames: Int) throws(LibavError) -> Reading {
        var reader: ByteReader
        switch try SealedBytes.open(bytes, as: key) {
        case .contents(let contents): reader = contents
        case .damaged: return .damaged
        case .other(let digest): return .other(digest)
        }
        guard let header = reader.string(), let delay = reader.number(), let held = reader.number(),
            reader.number() == frames, (0...64).contains(delay), (0...frames).contains(held)
        else { return .damaged }
        var packets: [Packet] = []
        var shown: Set<Int> = []
        for _ in 0..<frames {
            guard let time = reader.number(), let flags = reader.number(), let bytes = reader.string() else {
                return .damaged
            }
            guard (0..<frames).contains(time), shown.insert(time).inserted, bytes.count < 1 << 30 else {
                return .damaged
            }
            let packet = try Packet(bytes, flags: flags)
            packet.place(at: time, decodedAt: packets.count - delay)
            packets.append(packet)
        }
        return .segment(EncodedSegment(header: Array(header), delay: delay, packets: packets, heldFrames: held))
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
