// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A measurement of ``LoudnessBlocks``, in cells of a fixed length, which are kept: an edit measures only what it changed.
struct LoudnessPass: Sendable {
    private let plan: Plan
    private let workers: Int
    private let kept: KeptSegments?

    /// The length of a cell: 10 s.
    static let length = 10 * Sound.sampleRate
    /// The number of samples after which the meter's filter has forgotten what came before: half a second.
    private static let warmUp = Sound.sampleRate / 2
    /// The number of cells that one thread measures before it goes on elsewhere, where it opens sounds anew.
    private static let cellsAtOnce = 6

    /// Creates a measurement on a number of threads.
    init(_ plan: Plan, workers: Int = 1, _ kept: KeptSegments? = nil) {
        self.plan = plan
        self.workers = workers
        self.kept = kept
    }

    /// The cells of the sound, in order.
    var cells: [Range<Int>] {
        stride(from: 0, to: plan.audio.sampleCount, by: Self.length).map {
            $0..<min($0 + Self.length, plan.audio.sampleCount)
        }
    }

    /// Returns the key under which a cell's measurement is kept.
    static func key(
        of cell: Range<Int>, at level: MasterLevel? = nil, _ plan: Plan, _ identity: MediaIdentity
    ) throws(ComposeError) -> Digest {
        let use = level.map { "loudness at \($0.gain) under \($0.ceiling)" } ?? "loudness"
        return try SoundKey.key(of: cell.lowerBound - warmUp..<cell.upperBound, plan, identity, use)
    }

    /// Measures the whole sound at a level, or as it is mixed.
    ///
    /// `goesOn` throws if the render was cancelled. Blocks.
    func measured(
        at level: MasterLevel? = nil, _ goesOn: () throws(ComposeError) -> Void = {}
    ) throws(ComposeError) -> LoudnessBlocks {
        let cells = cells
        let runs = stride(from: 0, to: cells.count, by: Self.cellsAtOnce).map {
            Array(cells[$0..<min($0 + Self.cellsAtOnce, cells.count)])
        }
        let queue = OrderedQueue<LoudnessBlocks>("compose.loudness", count: runs.count, workers: workers) { queue in
            Measuring(pass: self, runs: runs, level: level, isClosed: { queue.isClosed })
        }
        defer { queue.close(within: 2) }
        var blocks = LoudnessBlocks()
        while true {
            try goesOn()
            switch try queue.next(within: 0.1) {
            case .element(let next): blocks.add(next)
            case .pending: continue
            case .end: return blocks
            }
        }
    }

    /// The measurement of runs of cells on one thread.
    private final class Measuring: OrderedWork {
        private let pass: LoudnessPass
        private let runs: [[Range<Int>]]
        private let level: MasterLevel?
        private let isClosed: () -> Bool
        private let mixer: AudioMixer
        private var window = SampleWindow(history: LoudnessPass.warmUp)

        init(pass: LoudnessPass, runs: [[Range<Int>]], level: MasterLevel?, isClosed: @escaping () -> Bool) {
            self.pass = pass
            self.runs = runs
            self.level = level
            self.isClosed = isClosed
            mixer = AudioMixer(pass.plan.audio, path: pass.plan.path, level: level)
        }

        func make(_ index: Int) throws(ComposeError) -> LoudnessBlocks? {
            var blocks = LoudnessBlocks()
            for cell in runs[index] {
                if isClosed() { return nil }
                blocks.add(try kept(cell))
            }
            return blocks
        }

        private func kept(_ cell: Range<Int>) throws(ComposeError) -> LoudnessBlocks {
            guard let kept = pass.kept else { return try measured(cell) }
            let key = try LoudnessPass.key(of: cell, at: level, pass.plan, kept.identity)
            if let found = kept.read(key, { LoudnessBlocks($0, as: key) }) { return found }
            let blocks = try measured(cell)
            kept.keep(key) { () throws(LibavError) in try blocks.sealed(as: key) }
            return blocks
        }

        private func measured(_ cell: Range<Int>) throws(ComposeError) -> LoudnessBlocks {
            let (meter, peaks) = try rendering { () throws(LibavError) in
                (try LoudnessMeter(peaks: false), try PeakMeter())
            }
            var blocks = LoudnessBlocks()
            let step = LoudnessBlocks.length
            for start in stride(from: cell.lowerBound - LoudnessPass.warmUp, to: cell.upperBound, by: step) {
                // The last block may be shorter; it is measured with silence.
                let samples = try window.samples(start..<start + step, next: mixer.samples)
                try rendering { () throws(LibavError) in try meter.add(samples, count: step) }
                peaks.add(samples)
                guard start >= cell.lowerBound else { continue }
                blocks.powers.append(meter.loudness(ofLast: 100).map(LoudnessBlocks.power) ?? 0)
            }
            blocks.truePeak = peaks.truePeak
            return blocks
        }
    }
}
