// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What a sound format needs so that what several encoders made can be joined.
///
/// A fresh encoder first gets true samples from before its chunk, whose packets are dropped. Its packets are never certain to
/// equal those of an encoder that began earlier: in AAC the rate control remembers seconds, in Opus the analysis of the sound
/// does. They need not be equal. A decoder carries little from one packet into the next, and where two encoders agree on that,
/// one may follow the other: see ``Libav/Packet/carries(_:)``. Chunks overlap, and the seam is at the first packet of the
/// overlap where they agree.
struct SoundCoding: Sendable, Hashable {
    /// The number of samples in a frame of the encoder.
    let frame: Int
    /// The number of samples per second, and of channels.
    let rate: Int
    let channels: Int
    /// The number of frames before a chunk that a fresh encoder is given so that its decisions are settled.
    ///
    /// After three, AAC's and MP3's windows are those of an encoder that began earlier, for music, speech, clicks, noise and
    /// silence, and after sixteen MP3's packets are. AAC's rate control takes a second until the error after a seam is no larger
    /// than it would have been.
    var settling: Int
    /// The number of frames after a chunk that it shares with the next one.
    var overlap: Int
    /// What packets carry; `nil` if nothing passes from one to the next.
    var carry: Packet.Carry?

    /// The most frames that an encoder takes in before it gives out the packet of the first.
    static let lookAhead = 3

    init(_ codec: AudioSettings.Codec, _ settings: AudioSettings = AudioSettings()) {
        rate = settings.sampleRate
        channels = settings.channels.count
        switch codec {
        case .aac: (frame, carry) = (1024, .aac)
        case .mp3: (frame, carry) = (1152, .mp3)
        case .opus: (frame, carry) = (960, .opus)
        case .flac: (frame, carry) = (4608, nil)
        case .pcm, .noSound: (frame, carry) = (800, nil)  // whole frames of pictures, at 30 and 60 a second
        }
        (settling, overlap) = carry == nil ? (0, 0) : (codec == .aac ? 48 : 16, 16)
    }

    /// Returns the sample of the timeline, at 48 kHz, that a sample of the output is at or after, and the rest in parts.
    func place(of sample: Int) -> (sample: Int, rest: Int) {
        let (quotient, remainder) = (sample * Sound.sampleRate).quotientAndRemainder(dividingBy: rate)
        return (quotient, remainder)
    }

    /// Returns the samples of the timeline, at 48 kHz, that samples of the output depend on.
    func timeline(_ samples: Range<Int>) -> Range<Int> {
        let range = RateConverter.input(of: samples, rate: rate)
        return max(0, range.lowerBound)..<max(0, range.upperBound)
    }
}
