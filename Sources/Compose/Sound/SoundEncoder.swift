// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// The packets from one encoder frame of samples; an encoder may hold packets back.
struct SoundPiece {
    let packets: [Packet]
    let samples: Int
    let summary: SoundSummary

    var memory: Int { packets.reduce(0) { $0 + $1.memory } }
}

/// An encoder of mixed sound, piece by piece.
///
/// May be used by one thread at a time.
final class SoundEncoder {
    let encoder: Encoder
    /// The number of samples in a piece; the last may be shorter.
    let pieceLength: Int
    private var isDrained = false

    init(_ settings: AudioSettings, _ codec: AudioSettings.Codec) throws(LibavError) {
        encoder = try Encoder(audio: codec.encoderName ?? "", bitrate: settings.bitrate)
        pieceLength = encoder.frameSize > 0 ? encoder.frameSize : 1024
    }

    /// Returns the next piece of a mixer's sound; `nil` after the last.
    ///
    /// The last piece has no samples, and contains the packets held back.
    func next(_ mixer: AudioMixer) throws(ComposeError) -> SoundPiece? {
        if isDrained { return nil }
        let position = mixer.position
        let (samples, count) = try mixer.next(pieceLength)
        do throws(LibavError) {
            if count > 0 {
                try encoder.send(samples, count: count, at: position)
            } else {
                try encoder.drain()
                isDrained = true
            }
            var packets: [Packet] = []
            while case .packet(let packet) = try encoder.receive() { packets.append(packet) }
            return SoundPiece(packets: packets, samples: count, summary: mixer.summary)
        } catch {
            throw ComposeError(error, .renderFailed)
        }
    }
}
