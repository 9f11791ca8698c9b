// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav

/// The level of a plan's sound, found by measuring it: first as it is mixed, then as it is heard from the encoder.
///
/// A limiter takes loudness away, which is measured without encoding. A codec moves peaks, and takes away a little too: so the
/// sound is encoded and measured, and if it is off, once more with what was found, a few times at most.
struct Mastering {
    /// The encoder of the plan's sound, without a level.
    private let encoder: SoundEncoder
    private let plan: Plan
    private let workers: Int
    private let target: Double
    private let truePeak: Double
    private let kept: KeptSegments?

    /// A level and what it brought about.
    struct Result: Sendable {
        var level: MasterLevel
        /// What was measured of the decoded sound.
        var measured: SoundMeasurement
        /// What was encoded at the level, as far as there is room, if there is no store that has it.
        var encoded: KeptSegments?
    }

    /// How far off is near enough, in LU and in decibels.
    private static let tolerance = (loudness: 0.1, peak: 0.05)
    /// What is set aside at first for peaks that a codec adds, in decibels: with AAC at 160 kbit/s an hour of speech over music
    /// has peaks that are 0.4 dB higher than they were, and louder music, drums or fewer bits add more.
    private static let codecMargin = 0.5
    /// The most times that the sound is encoded to measure it.
    private static let tries = 8
    /// The most bytes of encoded sound that are held for writing them, an hour of AAC at 128 kbit/s.
    private static let room = 64 << 20

    /// Creates the search, which works on a number of threads; `nil` if the plan leaves the sound as it is mixed.
    init?(_ encoder: SoundEncoder, workers: Int, _ kept: KeptSegments?) {
        guard let target = encoder.plan.audio.loudness.target else { return nil }
        self.encoder = encoder
        self.workers = workers
        self.target = target
        self.kept = kept
        plan = encoder.plan
        truePeak = plan.audio.loudness.truePeak
    }

    /// Whether what is heard is not what was mixed, because the codec loses a part of it.
    private var isEncoded: Bool { encoder.coding.carry != nil }

    /// The loudness that a codec takes away, in LU, as measured with music at usual rates.
    private var codecLoss: Double {
        switch encoder.codec {
        case .aac: 0.05
        case .mp3: 0.44  // LAME turns what it encodes down to 0.95
        default: 0
        }
    }

    /// Returns the level; `nil` for silence, which is not turned up.
    ///
    /// Throws if `isCancelled` returns true. Blocks.
    func result(_ isCancelled: @escaping () -> Bool) throws(ComposeError) -> Result? {
        func goesOn() throws(ComposeError) {
            if isCancelled() { throw ComposeError(.cancelled, "the render was cancelled") }
        }
        let key = try kept.map { kept throws(ComposeError) in try self.key(kept.identity) }
        if let key, let found = kept?.read(key, { Self.read($0, as: key) }) { return found }
        let pass = LoudnessPass(plan, workers: workers, kept)
        var gains = GainSearch(pass, try pass.measured(goesOn), goesOn)
        var ceiling = Self.down(isEncoded ? truePeak - Self.codecMargin : truePeak)
        var best: Result?
        var tried: Set<MasterLevel> = []
        // What the codec adds is other at every level: each time that it was too much, twice as much is set aside.
        var margin = Self.tolerance.peak
        var codecLoss = codecLoss
        for _ in 0..<Self.tries {
            guard let found = try gains.gain(for: target + codecLoss, under: ceiling) else { break }
            let level = MasterLevel(gain: found.gain, ceiling: ceiling)
            guard tried.insert(level).inserted else { break }
            let result = try heard(level, goesOn)
            let loudness = result.measured.integrated ?? target
            let over = (result.measured.truePeakLevel ?? -.infinity) - truePeak
            let isNearer =
                best.map { abs(target - ($0.measured.integrated ?? target)) > abs(target - loudness) } ?? true
            if over <= Self.tolerance.peak {
                if isNearer { best = result }
                if abs(target - loudness) <= Self.tolerance.loudness { break }
            } else {
                ceiling = Self.down(ceiling - over - margin)
                margin *= 2
            }
            codecLoss = found.loudness - loudness
        }
        // None kept the peak: the last ceiling lies below what the codec adds.
        if best == nil, let found = try gains.gain(for: target + codecLoss, under: ceiling) {
            best = try heard(MasterLevel(gain: found.gain, ceiling: ceiling), goesOn)
        }
        if let key, let best { kept?.keep(key) { () throws(LibavError) in try Self.sealed(best, as: key) } }
        return best
    }

    /// Returns whole tenths, not above a level.
    private static func down(_ level: Double) -> Double { (level * 10).rounded(.down) / 10 }

    /// Encodes the sound at a level as it will be, decodes it, and measures what is heard.
    private func heard(
        _ level: MasterLevel, _ goesOn: @escaping () throws(ComposeError) -> Void
    ) throws(ComposeError) -> Result {
        let rate = isEncoded ? encoder.coding.rate : Sound.sampleRate
        let meter = try wrapped { () throws(LibavError) in try SoundMeter(rate: rate) }
        if !isEncoded {
            let mixer = AudioMixer(plan.audio, path: plan.path, level: level)
            while mixer.position < plan.audio.sampleCount {
                try goesOn()
                let samples = try mixer.next(Sound.sampleRate).samples
                try wrapped { () throws(LibavError) in try meter.add(samples) }
            }
            return Result(level: level, measured: meter.measurement)
        }
        let encoder = changed(encoder) { $0.level = level }
        let encoded = kept == nil ? KeptSegments(store: TransientStore(room: Self.room)) : nil
        let chunks = SoundChunks(encoder, workers: workers, kept: kept ?? encoded)
        defer { chunks.close() }
        let joiner = SoundJoiner(encoder) { () throws(ComposeError) in
            while true {
                try goesOn()
                if let chunk = try chunks.next() { return chunk }
            }
        }
        let decoder = try wrapped { () throws(LibavError) in
            try HeardSound(try SoundEncoder.open(plan.output.audio, encoder.codec))
        }
        // Players leave out what the encoder put before the sound, and what it filled the last frame with.
        var (ahead, left) = (encoder.padding, plan.outputSamples)
        func measure(_ samples: [Float]) throws(LibavError) {
            let count = samples.count / Sound.channels
            let first = min(ahead, count)
            let end = min(count, first + left)
            ahead -= first
            left -= end - first
            try meter.add(Array(samples[first * Sound.channels..<end * Sound.channels]))
        }
        while let packet = try joiner.next() {
            try wrapped { () throws(LibavError) in
                if packet.size == 0 { return }
                try decoder.send(packet)
                try measure(try decoder.read())
            }
        }
        return try wrapped { () throws(LibavError) in
            try decoder.send(nil)
            try measure(try decoder.read())
            return Result(level: level, measured: meter.measurement, encoded: encoded)
        }
    }

    private func wrapped<Value>(_ body: () throws(LibavError) -> Value) throws(ComposeError) -> Value {
        do throws(LibavError) { return try body() } catch { throw ComposeError(error, .renderFailed) }
    }

    private func key(_ identity: MediaIdentity) throws(ComposeError) -> Digest {
        var bytes = CanonicalBytes()
        bytes.add("level \(ComposeVersion.build)")
        bytes.add(plan.output.audio.codec?.rawValue ?? "")
        bytes.add(plan.output.audio.bitrate)
        bytes.add(encoder.coding.rate)
        bytes.add(encoder.coding.channels)
        bytes.add(target)
        bytes.add(truePeak)
        bytes.add(plan.audio.sampleCount)
        try SoundKey.add(to: &bytes, 0..<plan.audio.sampleCount, plan, identity)
        bytes.add(encoder.header)
        return try wrapped { () throws(LibavError) in try Digest(of: bytes.bytes) }
    }

    private static func sealed(_ result: Result, as key: Digest) throws(LibavError) -> [UInt8] {
        var bytes = CanonicalBytes()
        let measured = result.measured
        for value in [
            result.level.gain, result.level.ceiling, measured.integrated ?? -.infinity, measured.range,
            measured.truePeak,
        ] {
            bytes.add(value)
        }
        return try SealedBytes.seal(bytes, as: key)
    }

    private static func read(_ bytes: ArraySlice<UInt8>, as key: Digest) -> Result? {
        guard case .whole(var reader) = try? SealedBytes.open(bytes, as: key) else { return nil }
        var values: [Double] = []
        for _ in 0..<5 {
            guard let value = reader.double() else { return nil }
            values.append(value)
        }
        guard values[0].isFinite, values[1].isFinite, !values[3].isNaN, !values[4].isNaN else { return nil }
        return Result(
            level: MasterLevel(gain: values[0], ceiling: values[1]),
            measured: SoundMeasurement(
                integrated: values[2].isFinite ? values[2] : nil, range: values[3], truePeak: values[4]))
    }
}
