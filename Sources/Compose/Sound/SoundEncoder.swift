// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// An encoder of a plan's sound in chunks, each with a fresh encoder.
struct SoundEncoder: Sendable {
    let plan: Plan
    let codec: AudioSettings.Codec
    let coding: SoundCoding
    var chunks: [SoundChunk]
    /// The level that the sound is brought to; `nil` leaves it as it is mixed.
    var level: MasterLevel?
    /// What was encoded at the level while it was searched for, if there is no other store.
    var encoded: KeptSegments?
    /// What finds the level, once for all that encode the sound; `nil` if there is none to find.
    var mastering: SharedLevel?
    /// The header that decoders need, which also identifies the encoder's version where the codec has a place for that.
    let header: [UInt8]
    /// The number of samples by which the encoder's output is later than its input.
    let padding: Int

    /// Creates the encoder of one of the tracks of a plan's sound; `opened` is an encoder with the plan's settings.
    init(
        _ plan: Plan, _ track: PlannedSoundTrack, _ codec: AudioSettings.Codec, _ coding: SoundCoding,
        like opened: Encoder
    ) {
        self.plan = changed(plan) { $0.audio = track.audio }
        self.codec = codec
        self.coding = coding
        chunks = self.plan.chunksOfOneTrack
        header = opened.header
        padding = opened.padding
        if track.audio.loudness.target != nil { mastering = SharedLevel() }
    }

    static func open(_ settings: AudioSettings, _ codec: AudioSettings.Codec) throws(LibavError) -> Encoder {
        try Encoder(
            audio: codec.encoderName ?? "", bitrate: settings.bitrate, rate: settings.sampleRate,
            channels: settings.channels.count)
    }

    /// Returns the encoder with the level that its sound is brought to, which is found by measuring all of it.
    ///
    /// `kept` is searched for what was measured before. Throws if `isCancelled` returns true. Blocks.
    func leveled(
        workers: Int, _ kept: KeptSegments?, isCancelled: @escaping () -> Bool
    ) throws(ComposeError) -> SoundEncoder {
        guard let mastering else { return self }
        let found = try mastering.result { () throws(ComposeError) in
            try Mastering(self, workers: workers, kept)?.result(isCancelled)
        }
        return changed(self) {
            $0.mastering = nil
            $0.level = found?.level
            $0.encoded = found?.encoded
        }
    }

    /// Returns the encoder's frames of a chunk, counted from the timeline's start.
    func frames(_ chunk: SoundChunk) -> Range<Int> {
        let frame = coding.frame
        return chunk.samples.lowerBound / frame..<(chunk.samples.upperBound + frame - 1) / frame
    }

    /// Returns the samples of the timeline that the encoder of a chunk takes in at most.
    func lookedAt(_ chunk: SoundChunk) -> Range<Int> {
        let frames = frames(chunk)
        let end = (frames.upperBound + coding.overlap + SoundCoding.lookAhead) * coding.frame
        return max(0, frames.lowerBound - coding.settling) * coding.frame..<min(end, plan.outputSamples)
    }

    /// Returns the sounds that are heard by the encoder of a chunk.
    func heard(_ chunk: SoundChunk) -> [AudioPlan.Place] { plan.audio.heard(in: coding.timeline(lookedAt(chunk))) }

    /// Returns the plan's mixed sound as the encoder takes it.
    func mixed() throws(ComposeError) -> MixedSound {
        do throws(LibavError) { return try MixedSound(plan, coding, level) } catch {
            throw ComposeError(error, .renderFailed)
        }
    }

    /// Starts a run of a fresh encoder that is settled when it comes to a chunk.
    func run(to chunk: SoundChunk, _ mixer: MixedSound) throws(ComposeError) -> EncodingRun {
        do throws(LibavError) {
            let encoder = try Self.open(plan.output.audio, codec)
            return EncodingRun(
                encoder, mixer, coding, count: plan.outputSamples, from: lookedAt(chunk).lowerBound / coding.frame,
                heard: chunk.samples)
        } catch {
            throw ComposeError(error, .renderFailed)
        }
    }

    /// Encodes a chunk; the result is `nil` if `isCancelled` returns true.
    ///
    /// It does not depend on what the mixer was asked before. Blocks.
    func encode(_ chunk: SoundChunk, _ mixer: MixedSound, isCancelled: () -> Bool) throws(ComposeError) -> EncodedSound?
    {
        let run = try run(to: chunk, mixer)
        let frames = frames(chunk)
        let isLast = chunk.index == chunks.count - 1
        let end = frames.upperBound + coding.overlap
        var sound = EncodedSound(packets: [], summary: SoundSummary())
        while isLast || run.index < end {
            if isCancelled() { return nil }
            let index = run.index
            guard let packet = try run.next() else { break }
            packet.place(at: packet.time - chunk.samples.lowerBound, lasting: packet.duration)
            if index >= frames.lowerBound { sound.packets.append(packet) } else { sound.lead = packet }
        }
        sound.summary = run.summary.counted(among: heard(chunk))
        return sound
    }
}

extension ComposeError {
    /// Returns the error for a sound format whose encoder cannot be opened.
    static func noSoundEncoder(_ codec: AudioSettings.Codec, _ error: LibavError) -> ComposeError {
        ComposeError(
            .encoderUnavailable, path: "output.audio.codec",
            "\(codec.rawValue) cannot be encoded with this FFmpeg: \(error.message)", operation: error.operation,
            libavMessage: error.log)
    }
}
