// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// An encoded chunk of sound: its packets, and those that it shares with its neighbours.
///
/// May be used by one thread at a time.
struct EncodedSound {
    /// The packet before the chunk, which only tells what it carries, if there is one.
    var lead: Packet?
    /// The packets from the chunk's first frame on, timed from there; behind its end those that the next chunk has too.
    var packets: [Packet]
    /// What is known of the chunk's own samples; places in the plan count the sounds that the chunk hears.
    var summary: SoundSummary

    /// The approximate memory it takes, in bytes.
    var memory: Int { packets.reduce(0) { $0 + $1.memory } }

    /// Returns the chunk as bytes that contain its key and a checksum.
    func serialized(as key: Digest) throws(LibavError) -> [UInt8] {
        var bytes = CanonicalBytes()
        bytes.add(lead == nil ? 0 : 1)
        bytes.add(packets.count)
        for packet in [lead].compactMap(\.self) + packets {
            for number in [packet.time, packet.duration, packet.flags] { bytes.add(number) }
            bytes.add(packet.bytes)
            let side = packet.sideData
            bytes.add(side.count)
            for (type, content) in side {
                bytes.add(type)
                bytes.add(content)
            }
        }
        summary.add(to: &bytes)
        return try SealedBytes.seal(bytes, as: key)
    }

    /// Reads the bytes of a chunk that `key` identifies, in which so many sounds are heard.
    static func read(_ bytes: ArraySlice<UInt8>, as key: Digest, sounds: Int) throws(LibavError)
        -> SealedBytes.Opened<EncodedSound>
    {
        var reader: ByteReader
        switch try SealedBytes.open(bytes, as: key) {
        case .whole(let contents): reader = contents
        case .damaged: return .damaged
        case .other: return .other
        }
        guard let leads = reader.number(), let count = reader.number(), (0...1).contains(leads),
            (1...1 << 20).contains(count)
        else { return .damaged }
        let shared = try SharedBytes(bytes)
        var packets: [Packet] = []
        for _ in 0..<leads + count {
            guard let packet = try readPacket(&reader, shared) else { return .damaged }
            packets.append(packet)
        }
        guard let summary = SoundSummary(&reader, sounds: sounds) else { return .damaged }
        let lead = leads == 1 ? packets.removeFirst() : nil
        return .whole(EncodedSound(lead: lead, packets: packets, summary: summary))
    }

    private static func readPacket(_ reader: inout ByteReader, _ shared: SharedBytes) throws(LibavError) -> Packet? {
        let times = -1 << 20...1 << 40
        guard let time = reader.number(), let duration = reader.number(), let flags = reader.number(),
            let content = reader.string(), let sides = reader.number(), times.contains(time), times.contains(duration),
            (0...16).contains(sides), content.count < 1 << 30
        else { return nil }
        let packet = try Packet(content.indices, of: shared, flags: flags)
        packet.place(at: time, lasting: duration)
        for _ in 0..<sides {
            guard let type = reader.number(), let side = reader.string() else { return nil }
            try packet.addSideData(type: type, bytes: Array(side))
        }
        return packet
    }
}
