// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav
internal import Logging
internal import Synchronization

/// One render, run from start to end on the calling thread: compose, encode, mux, put in place.
struct RenderJob {
    let plan: Plan
    let target: String
    let workers: Int
    let logger: Logger
    let isCancelled: @Sendable () -> Bool
    let report: @Sendable (Render.Progress) -> Void

    func run() throws(ComposeError) -> Report {
        let started = ContinuousClock.now
        let before = ProcessUsage.current
        let file = try OutputFile(target)
        try file.protect(plan)
        let opened = try openEncoder()
        logger.debug(
            "render started",
            metadata: ["output": "\(target)", "frames": "\(plan.frameCount)", "encoder": "\(opened.name)"])
        let writer: MediaWriter
        do throws(ComposeError) {
            writer = try MediaWriter(plan, video: opened.encoder, file: file)
            try encode(with: writer)
            try writer.finish()
        } catch {
            file.discard()
            throw error
        }
        let bytes: Int
        do throws(ComposeError) { bytes = try file.commit() } catch {
            file.discard()
            throw error
        }
        let usage = ProcessUsage.current
        let elapsed = (ContinuousClock.now - started) / .seconds(1)
        let result = Report(
            path: target, bytes: bytes,
            duration: Double(plan.frameCount * plan.frameRate.denominator) / Double(plan.frameRate.numerator),
            video: Report.Video(
                encoder: opened.name, reason: opened.reason, settings: opened.settings, width: plan.size.width,
                height: plan.size.height, frameRate: plan.frameRate.description, frames: writer.framesWritten,
                bytes: writer.videoBytes),
            audio: writer.soundReport, spans: plan.spanCount, foldedFrames: plan.foldedFrameCount,
            elapsedSeconds: elapsed, cpuSeconds: usage.cpuSeconds - before.cpuSeconds,
            framesPerSecond: Double(plan.frameCount) / max(elapsed, 1e-9), peakMemoryBytes: usage.peakBytes,
            ffmpegVersion: Library.version)
        logger.debug("render finished", metadata: ["output": "\(target)", "seconds": "\(fixed(elapsed, 2))"])
        return result
    }

    private func openEncoder() throws(ComposeError) -> OpenedEncoder {
        guard Library.hasEncoder("libx264") else {
            throw ComposeError(
                .encoderUnavailable, path: "output.video.encoder",
                "this FFmpeg was built without libx264; install one that has it")
        }
        do throws(LibavError) {
            return try X264.open(
                plan.output.video, width: plan.size.width, height: plan.size.height,
                rate: (plan.frameRate.numerator, plan.frameRate.denominator))
        } catch {
            throw ComposeError(
                .encoderUnavailable, path: "output.video", "the encoder cannot be opened: \(error.message)",
                operation: error.operation, libavMessage: error.log)
        }
    }

    private func encode(with writer: MediaWriter) throws(ComposeError) {
        ProcessUsage.trim()  // what looking at the media took
        let frames = FrameQueue(plan, workers: workers)
        defer { frames.close() }
        var meter = SpeedMeter()
        report(meter.progress(frame: 0, of: plan.frameCount))
        for index in 0..<plan.frameCount {
            guard !isCancelled() else { throw ComposeError(.cancelled, "the render was cancelled") }
            try writer.write(try frames.next(), at: index)
            if let progress = meter.passed(frame: index + 1, of: plan.frameCount) { report(progress) }
        }
        report(meter.progress(frame: plan.frameCount, of: plan.frameCount))
    }
}

/// Measures speed over the last few seconds, and tells when it is time to say so.
private struct SpeedMeter {
    private var marks: [(time: ContinuousClock.Instant, frame: Int)] = [(.now, 0)]

    /// Progress, at most ten times a second.
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
