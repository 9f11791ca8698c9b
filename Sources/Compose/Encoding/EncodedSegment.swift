// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// An encoded segment: packets in decoding order, and the header that decoders need.
///
/// May be used by one thread at a time.
struct EncodedSegment {
    /// The header that decoders need before the first packet.
    var header: [UInt8]
    /// The number of frames by which decoding precedes presentation.
    var delay: Int
    /// The packets, timed from the segment's first frame, without gaps or overlaps.
    var packets: [Packet]
    /// The number of frames that were not encoded because they repeat a held picture.
    var heldFrames = 0

    /// The approximate memory it takes, in bytes.
    var memory: Int { packets.reduce(0) { $0 + $1.memory } }
}

extension EncodedSegment {
    /// Returns the segment as bytes that contain its key and a checksum.
    func serialized(as key: Digest) throws(LibavError) -> [UInt8] {
        var bytes = CanonicalBytes()
        bytes.add(header)
        bytes.add(delay)
        bytes.add(heldFrames)
        bytes.add(packets.count)
        for packet in packets {
            bytes.add(packet.time)
            bytes.add(packet.duration)
            bytes.add(packet.flags)
            bytes.add(packet.bytes)
        }
        return try SealedBytes.seal(bytes, as: key)
    }

    /// Reads the bytes of the segment that `key` identifies and that has `frames` frames.
    static func read(_ bytes: ArraySlice<UInt8>, as key: Digest, frames: Int) throws(LibavError)
        -> SealedBytes.Opened<EncodedSegment>
    {
        var reader: ByteReader
        switch try SealedBytes.open(bytes, as: key) {
        case .whole(let contents): reader = contents
        case .damaged: return .damaged
        case .other: return .other
        }
        guard let header = reader.string(), let delay = reader.number(), let held = reader.number(),
            let count = reader.number(), (1...max(frames, 1)).contains(count), (0...64).contains(delay),
            (0...frames).contains(held)
        else { return .damaged }
        let shared = try SharedBytes(bytes)
        var packets: [Packet] = []
        for _ in 0..<count {
            guard let time = reader.number(), let duration = reader.number(), let flags = reader.number(),
                let bytes = reader.string()
            else { return .damaged }
            guard (0..<frames).contains(time), (1...frames - time).contains(duration), bytes.count < 1 << 30 else {
                return .damaged
            }
            let packet = try Packet(bytes.indices, of: shared, flags: flags)
            packet.place(at: time, decodedAt: 0, lasting: duration)
            packets.append(packet)
        }
        var end = 0
        for packet in packets.sorted(by: { $0.time < $1.time }) {
            guard packet.time == end else { return .damaged }
            end += packet.duration
        }
        guard end == frames else { return .damaged }
        var times = DecodingTimes()
        for packet in packets {
            let decoded = times.place(packet.time, lasting: packet.duration, delay: delay)
            packet.place(at: packet.time, decodedAt: decoded, lasting: packet.duration)
        }
        return .whole(EncodedSegment(header: Array(header), delay: delay, packets: packets, heldFrames: held))
    }
}
