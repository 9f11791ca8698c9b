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
        let file = try OutputFile(target, isFolder: plan.output.container.isFolder)
        try file.protect(plan)
        let (writer, video) = try plan.output.hasVideo ? encodeVideo(file) : (encodeSound(file), nil)
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
            video: video, audio: writer.soundReport, spans: plan.spanCount, foldedFrames: plan.foldedFrameCount,
            elapsedSeconds: elapsed, cpuSeconds: usage.cpuSeconds - before.cpuSeconds,
            framesPerSecond: Double(plan.frameCount) / max(elapsed, 1e-9), peakMemoryBytes: usage.peakBytes,
            ffmpegVersion: Library.version)
        logger.debug("render finished", metadata: ["output": "\(target)", "seconds": "\(fixed(elapsed, 2))"])
        return result
    }

    /// Encodes pictures and sound, on the first encoder that works to the end.
    ///
    /// One that fails on the way has written parameter sets of its own, with which no other's pictures go together: what it wrote
    /// is dropped, and the next begins again.
    private func encodeVideo(_ file: OutputFile) throws(ComposeError) -> (MediaWriter, Report.Video?) {
        let palette = plan.output.video.codec == .gif ? try choosePalette() : nil
        let request = EncoderRequest(plan)
        var search = EncoderSearch(request)
        while let opened = search.next(palette: palette) {
            logger.debug(
                "render started",
                metadata: [
                    "output": "\(target)", "frames": "\(plan.frameCount)", "encoder": "\(opened.backend.rawValue)",
                ])
            let writer: MediaWriter
            do throws(ComposeError) {
                try file.prepare()
                writer = try MediaWriter(plan, video: opened.encoder, file: file)
            } catch {
                file.discard()
                throw error
            }
            do throws(ComposeError) {
                try encode(with: writer)
                try writer.finish()
            } catch {
                file.discard()
                guard opened.backend.isHardware, let failure = writer.encoderFailure else { throw error }
                let reason = EncoderReason.failedMidStream(frame: failure.frame, detail: failure.detail)
                search.reject(opened, reason)
                logger.warning(
                    "the encoder failed; another one begins again",
                    metadata: ["encoder": "\(opened.backend.rawValue)", "reason": "\(reason)"])
                continue
            }
            return (writer, video(opened, search.rejected, request, writer))
        }
        throw unavailable(search.rejected)
    }

    private func video(
        _ opened: OpenedEncoder, _ rejected: [EncoderRejection], _ request: EncoderRequest, _ writer: MediaWriter
    ) -> Report.Video {
        let choice = plan.output.video.encoder
        let asked =
            choice == .automatic
            ? "the first that works" : choice.backend == nil ? "\(choice.rawValue) was asked for" : "asked for by name"
        return Report.Video(
            codec: request.codec.rawValue, encoder: opened.backend.rawValue, device: opened.device,
            reason: rejected.isEmpty ? asked : rejected.map(\.description).joined(separator: "; "), rejected: rejected,
            notes: opened.notes, settings: opened.settings, width: plan.size.width, height: plan.size.height,
            frameRate: plan.frameRate.description, frames: writer.framesWritten, bytes: writer.videoBytes)
    }

    /// None of the encoders that the edit allows works here.
    private func unavailable(_ rejected: [EncoderRejection]) -> ComposeError {
        let choice = plan.output.video.encoder
        let reasons = rejected.map(\.description).joined(separator: "; ")
        let advice =
            choice == .automatic || choice == .software
            ? "" : "; use \"automatic\" to go on with another encoder where it cannot be had"
        // What no try can mend is the edit's fault: it asks for what is not here. What the CPU refuses once it always does.
        let isPassing = rejected.contains { $0.reason.isPassing && $0.backend.isHardware }
        return ComposeError(
            isPassing ? .encoderUnavailable : .invalidEdit, path: "output.video.encoder",
            "\(choice.rawValue) cannot encode this here: \(reasons)\(advice)")
    }

    private func encodeSound(_ file: OutputFile) throws(ComposeError) -> MediaWriter {
        do throws(ComposeError) {
            let writer = try MediaWriter(plan, video: nil, file: file)
            var meter = SpeedMeter()
            for index in 0..<plan.frameCount {
                guard !isCancelled() else { throw ComposeError(.cancelled, "the render was cancelled") }
                try writer.writeSound(upToFrame: index + 1)
                if let progress = meter.passed(frame: index + 1, of: plan.frameCount) { report(progress) }
            }
            try writer.finish()
            report(meter.progress(frame: plan.frameCount, of: plan.frameCount))
            return writer
        } catch {
            file.discard()
            throw error
        }
    }

    /// Looks at all pictures for the colours a GIF may have, which means composing them twice.
    private func choosePalette() throws(ComposeError) -> Palette {
        let frames = FrameQueue(plan, workers: workers)
        defer { frames.close() }
        func wrapped<Value>(_ body: () throws(LibavError) -> Value) throws(ComposeError) -> Value {
            do throws(LibavError) { return try body() } catch { throw ComposeError(error, .renderFailed) }
        }
        let palette = try wrapped { () throws(LibavError) in
            try Palette(width: plan.size.width, height: plan.size.height, alpha: plan.output.hasAlpha)
        }
        var last: Frame?
        for _ in 0..<plan.frameCount {
            guard !isCancelled() else { throw ComposeError(.cancelled, "the render was cancelled") }
            let frame = try frames.next()
            if frame !== last { try wrapped { () throws(LibavError) in try palette.add(frame) } }  // held: once
            last = frame
        }
        try wrapped { () throws(LibavError) in try palette.choose() }
        return palette
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

extension EncoderRequest {
    /// What a plan's pictures are encoded with.
    init(_ plan: Plan) {
        self.init(
            plan.output.video, width: plan.size.width, height: plan.size.height,
            rate: Encoder.Rate(plan.frameRate.numerator, plan.frameRate.denominator))
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
