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

    /// How far off is near enough, in LU and in decibels.
    private static let tolerance = (loudness: 0.1, peak: 0.05)
    /// How much more a place is turned down than its peak was too high, in decibels.
    private static let dipMargin = 0.1
    /// The part of a sound whose places may be turned down by themselves; where a codec adds to more, the ceiling is lowered.
    private static let mostDips = 0.02
    /// The most times that the sound is encoded to measure it.
    private static let tries = 12
    /// The most bytes of encoded sound that are held for writing them: an hour and a half of AAC at 160 kbit/s.
    private static let room = 96 << 20

    /// Creates the search, which works on a number of threads; `nil` if the plan leaves the sound as it is mixed.
    init?(_ encoder: SoundEncoder, workers: Int, _ kept: KeptSegments?) {
        guard let target = encoder.plan.audio.loudness.target else { return nil }
        self.encoder = changed(encoder) { $0.mastering = nil }
        self.workers = workers
        self.target = target
        self.kept = kept
        plan = encoder.plan
        truePeak = plan.audio.loudness.truePeak
    }

    /// Whether what is heard is not what the encoder was given, because the codec loses a part of it.
    private var isLossy: Bool { encoder.coding.carry != nil }
    private var isMono: Bool { encoder.coding.channels == 1 }

    /// The decibels that are set aside at first for peaks that are higher in the output than in the mix.
    ///
    /// With AAC at 160 kbit/s, thirteen pieces of music and an hour of speech had peaks that were 0 to 0.4 dB higher. Another
    /// rate moves them too.
    private var margin: Double { isLossy || encoder.coding.rate != Sound.sampleRate ? 0.5 : 0 }

    /// The loudness that the output lacks in comparison to the mix, in LU, as measured with music at usual bitrates.
    private var usualLoss: Double {
        let codec =
            switch encoder.codec {
            case .aac: 0.05
            case .mp3: 0.44  // LAME turns what it encodes down to 0.95
            default: 0.0
            }
        // One channel counts half as much as two of the same.
        return codec + (isMono ? 10 * log10(2) : 0)
    }

    /// Returns the level; `nil` for silence, which is not turned up.
    ///
    /// Throws if `isCancelled` returns true. Blocks.
    func result(_ isCancelled: @escaping () -> Bool) throws(ComposeError) -> Result? {
        func goesOn() throws(ComposeError) {
            if isCancelled() { throw ComposeError(.cancelled, "the render was cancelled") }
        }
        let key = try kept.map { kept throws(ComposeError) in try self.key(kept.identity) }
        if let key, let found = kept?.read(key, { Result($0, as: key) }) { return found }
        let pass = LoudnessPass(plan, workers: workers, kept)
        var gains = GainSearch(pass, try pass.measured(goesOn), goesOn)
        var ceiling = Self.down(truePeak - margin)
        var dips = LevelDips()
        var loss = usualLoss
        var tried: Set<MasterLevel> = []
        var encoded: KeptSegments?
        var last: MasterLevel?
        var best: (result: Result, wrong: (over: Double, off: Double))?
        for _ in 0..<Self.tries {
            guard let found = try gains.gain(for: target + loss, under: ceiling) else { break }
            let level = MasterLevel(gain: found.gain, ceiling: ceiling, dips: dips)
            guard tried.insert(level).inserted else { break }
            // Where nothing but places was turned down, most chunks stay as they are.
            if kept == nil, level.gain != last?.gain || level.ceiling != last?.ceiling {
                encoded = KeptSegments(store: TransientStore(room: Self.room))
            }
            last = level
            let (result, over) = try heard(level, encoded, goesOn)
            let off = abs((result.measured.integrated ?? target) - target)
            let wrong = (over: over.map(\.decibels).max() ?? 0, off: off)
            if best.map({ wrong < $0.wrong }) ?? true { best = (result, wrong) }
            if over.isEmpty, off <= Self.tolerance.loudness { break }
            if off > Self.tolerance.loudness {
                loss = found.loudness - (result.measured.integrated ?? target)
            }
            if Double(over.count) <= Self.mostDips * Double(plan.audio.sampleCount / LevelDips.length) + 8 {
                for part in over { dips.add(part.decibels + Self.dipMargin, in: part.samples) }
            } else {
                ceiling = Self.down(ceiling - over[over.count / 2].decibels - Self.dipMargin)
                dips = LevelDips()
            }
        }
        guard let best = best?.result else { return nil }
        if let key { kept?.keep(key) { () throws(LibavError) in try best.sealed(as: key) } }
        return best
    }

    /// Returns whole tenths, not above a level.
    private static func down(_ level: Double) -> Double { (level * 10).rounded(.down) / 10 }

    /// Encodes the sound at a level as it will be, decodes it, and measures what is heard.
    ///
    /// Returns the parts of the timeline whose peaks are too high, too, the highest first, and by how many decibels they are.
    private func heard(
        _ level: MasterLevel, _ encoded: KeptSegments?, _ goesOn: @escaping () throws(ComposeError) -> Void
    ) throws(ComposeError) -> (result: Result, over: [(samples: Range<Int>, decibels: Double)]) {
        let rate = encoder.coding.rate
        let meter = try rendering { () throws(LibavError) in
            try SoundMeter(rate: rate, isMono: isMono, limit: pow(10, (truePeak + Self.tolerance.peak) / 20))
        }
        func measured(_ encoded: KeptSegments?) -> (Result, [(Range<Int>, Double)]) {
            let result = Result(level: level, measured: meter.finish(), encoded: encoded)
            let over = meter.over.map { part in
                let start = part.samples.lowerBound * Sound.sampleRate / rate
                let end = part.samples.upperBound * Sound.sampleRate / rate
                return (start..<max(start + 1, end), 20 * log10(part.peak) - truePeak)
            }
            return (result, over.sorted { $0.1 > $1.1 })
        }
        let encoder = changed(encoder) { $0.level = level }
        if !isLossy {
            let sound = try encoder.mixed()
            for start in stride(from: 0, to: plan.outputSamples, by: LevelDips.length) {
                try goesOn()
                let block = try sound.block(start..<min(start + LevelDips.length, plan.outputSamples)).samples
                try rendering { () throws(LibavError) in try meter.add(isMono ? RateConverter.stereo(block) : block) }
            }
            return measured(nil)
        }
        let chunks = SoundChunks(encoder, workers: workers, kept: kept ?? encoded)
        defer { chunks.close() }
        let joiner = SoundJoiner(encoder) { () throws(ComposeError) in
            while true {
                try goesOn()
                if let chunk = try chunks.next() { return chunk }
            }
        }
        let decoder = try rendering { () throws(LibavError) in
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
            try rendering { () throws(LibavError) in
                if packet.size == 0 { return }
                try decoder.send(packet)
                try measure(try decoder.read())
            }
        }
        return try rendering { () throws(LibavError) in
            try decoder.send(nil)
            try measure(try decoder.read())
            return measured(encoded)
        }
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
        return try rendering { () throws(LibavError) in try Digest(of: bytes.bytes) }
    }
}
