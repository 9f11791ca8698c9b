// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A plan's encoded sound: the pieces from a ``SoundEncoder``, as they are stored for other renders.
///
/// May be used by one thread at a time.
struct EncodedSound {
    let pieces: [SoundPiece]

    /// Returns the cache key of a plan's sound; keys are equal only if the sound is.
    static func key(of plan: Plan, _ identity: MediaIdentity, encoderHeader: [UInt8]) throws(ComposeError) -> Digest {
        var bytes = CanonicalBytes()
        bytes.add("sound \(ComposeVersion.current) \(ComposeVersion.pictures) FFmpeg \(Library.version)")
        bytes.add(plan.output.audio.codec?.rawValue ?? "")
        bytes.add(plan.output.audio.bitrate)
        bytes.add(encoderHeader)
        bytes.add(plan.audio.sampleCount)
        for bus in plan.audio.buses {
            bytes.add(bus.sounds.count)
            for sound in bus.sounds {
                bytes.add(
                    try identity.bytes(
                        of: sound.src, sound.fingerprint, at: plan.path(of: sound.src), named: sound.path + ".src"))
                bytes.add(sound)
            }
        }
        do throws(LibavError) { return try Digest(of: bytes.bytes) } catch { throw ComposeError(error, .renderFailed) }
    }

    /// Creates the sound from stored bytes; returns `nil` if they are damaged.
    init?(_ bytes: ArraySlice<UInt8>, as key: Digest, _ plan: AudioPlan) throws(LibavError) {
        guard case .whole(var reader) = try SealedBytes.open(bytes, as: key) else { return nil }
        let shared = try SharedBytes(bytes)
        var found: [(packets: [Packet], samples: Int)] = []
        while let packets = reader.number(), packets >= 0 {
            guard let samples = reader.number(), (0...1 << 20).contains(samples), packets < 1 << 16 else { return nil }
            var piece: [Packet] = []
            for _ in 0..<packets {
                guard let time = reader.number(), let duration = reader.number(), let flags = reader.number(),
                    let content = reader.string(), let sides = reader.number()
                else { return nil }
                guard (0...16).contains(sides), content.count < 1 << 30 else { return nil }
                let packet = try Packet(content.indices, of: shared, flags: flags)
                packet.place(at: time, lasting: duration)
                for _ in 0..<sides {
                    guard let type = reader.number(), let side = reader.string() else { return nil }
                    try packet.addSideData(type: type, bytes: Array(side))
                }
                piece.append(packet)
            }
            found.append((piece, samples))
        }
        guard let summary = SoundSummary(&reader, plan) else { return nil }
        pieces = found.map { SoundPiece(packets: $0.packets, samples: $0.samples, summary: summary) }
    }
}

/// A recording of pieces as they are made, because writing a packet to a file takes its contents.
struct SoundRecording {
    private var bytes = CanonicalBytes()

    /// The size in bytes.
    var count: Int { bytes.bytes.count }

    mutating func add(_ piece: SoundPiece) {
        bytes.add(piece.packets.count)
        bytes.add(piece.samples)
        for packet in piece.packets {
            for number in [packet.time, packet.duration, packet.flags] { bytes.add(number) }
            bytes.add(packet.bytes)
            let side = packet.sideData
            bytes.add(side.count)
            for (type, content) in side {
                bytes.add(type)
                bytes.add(content)
            }
        }
    }

    /// Returns the recording as sealed bytes, with what is known of the sound.
    func sealed(as key: Digest, _ summary: SoundSummary) throws(LibavError) -> [UInt8] {
        var all = bytes
        all.add(-1)  // no more pieces
        summary.add(to: &all)
        return try SealedBytes.seal(all, as: key)
    }
}
