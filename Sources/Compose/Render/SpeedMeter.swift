// SPDX-License-Identifier: Apache-2.0

/// A meter of the speed over the last few seconds, which limits how often progress is reported.
struct SpeedMeter {
    private var marks: [(time: ContinuousClock.Instant, frame: Int)] = [(.now, 0)]

    /// Returns the progress, at most ten times a second; `nil` otherwise.
    mutating func passed(frame: Int, of total: Int) -> Render.Progress? {
        let now = ContinuousClock.now
        guard let last = marks.last, now - last.time >= .milliseconds(100) else { return nil }
        marks.append((now, frame))
        if marks.count > 50 { marks.removeFirst() }  // five seconds
        return progress(frame: frame, of: total)
    }

    func progress(frame: Int, of total: Int) -> Render.Progress {
        guard let first = marks.first, frame > first.frame else {
            return Render.Progress(frame: frame, totalFrames: total, framesPerSecond: 0, secondsRemaining: nil)
        }
        let seconds = (ContinuousClock.now - first.time) / .seconds(1)
        let speed = Double(frame - first.frame) / max(seconds, 1e-6)
        return Render.Progress(
            frame: frame, totalFrames: total, framesPerSecond: speed, secondsRemaining: Double(total - frame) / speed)
    }
}
