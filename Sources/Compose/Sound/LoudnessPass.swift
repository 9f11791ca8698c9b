// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A measurement of ``LoudnessBlocks``, in cells of a fixed length, which are kept: an edit measures only what it changed.
///
/// May be used by one thread at a time.
struct LoudnessPass {
    private let plan: Plan
    private let kept: KeptSegments?

    /// The length of a cell: 10 s.
    static let length = 10 * Sound.sampleRate
    /// The number of samples after which the meter's filter has forgotten what came before: half a second.
    private static let warmUp = Sound.sampleRate / 2

    init(_ plan: Plan, _ kept: KeptSegments?) {
        self.plan = plan
        self.kept = kept
    }

    /// The cells of the sound, in order.
    var cells: [Range<Int>] {
        stride(from: 0, to: plan.audio.sampleCount, by: Self.length).map {
            $0..<min($0 + Self.length, plan.audio.sampleCount)
        }
    }

    /// Returns the key under which a cell's measurement is kept.
    static func key(of cell: Range<Int>, _ plan: Plan, _ identity: MediaIdentity) throws(ComposeError) -> Digest {
        try SoundKey.key(of: cell.lowerBound - warmUp..<cell.upperBound, plan, identity, "loudness")
    }

    /// Measures the whole sound as it is mixed.
    ///
    /// `goesOn` throws if the render was cancelled. Blocks.
    func measured(_ goesOn: () throws(ComposeError) -> Void) throws(ComposeError) -> LoudnessBlocks {
        let mixer = AudioMixer(plan.audio, path: plan.path)
        var window = SampleWindow(history: Self.warmUp)
        var blocks = LoudnessBlocks()
        for cell in cells {
            try goesOn()
            let key = try kept.map { kept throws(ComposeError) in try Self.key(of: cell, plan, kept.identity) }
            if let key, let found = kept?.read(key, { Self.read($0, as: key) }) {
                blocks.powers += found
                continue
            }
            let powers = try measured(cell, mixer, &window)
            blocks.powers += powers
            guard let kept, let key else { continue }
            kept.keep(key) { () throws(LibavError) in
                var bytes = CanonicalBytes()
                bytes.add(powers.count)
                for power in powers { bytes.add(Int(bitPattern: UInt(power.bitPattern))) }
                return try SealedBytes.seal(bytes, as: key)
            }
        }
        return blocks
    }

    private static func read(_ bytes: ArraySlice<UInt8>, as key: Digest) -> [Double]? {
        guard case .whole(var reader) = try? SealedBytes.open(bytes, as: key), let count = reader.number(),
            (0...length / LoudnessBlocks.length).contains(count)
        else { return nil }
        var powers: [Double] = []
        for _ in 0..<count {
            guard let bits = reader.number() else { return nil }
            let power = Double(bitPattern: UInt64(UInt(bitPattern: bits)))
            guard power.isFinite, power >= 0 else { return nil }
            powers.append(power)
        }
        return powers
    }

    private func measured(
        _ cell: Range<Int>, _ mixer: AudioMixer, _ window: inout SampleWindow
    ) throws(ComposeError) -> [Double] {
        func wrapped<Value>(_ body: () throws(LibavError) -> Value) throws(ComposeError) -> Value {
            do throws(LibavError) { return try body() } catch { throw ComposeError(error, .renderFailed) }
        }
        let meter = try wrapped { () throws(LibavError) in try LoudnessMeter(peaks: false) }
        var powers: [Double] = []
        let step = LoudnessBlocks.length
        for start in stride(from: cell.lowerBound - Self.warmUp, to: cell.upperBound, by: step) {
            // The last block may be shorter; it is measured with silence.
            let samples = try window.samples(start..<start + step, next: mixer.samples)
            try wrapped { () throws(LibavError) in try meter.add(samples, count: step) }
            guard start >= cell.lowerBound else { continue }
            powers.append(meter.loudness(ofLast: 100).map(LoudnessBlocks.power) ?? 0)
        }
        return powers
    }
}
