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
    let segmenting: Segmenting
    /// Where the bytes of segments come from that were encoded elsewhere.
    var finished: (@Sendable (_ segment: Int) throws -> Data)?
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
    private func encodeVideo(
        _ file: OutputFile, inSegments: Bool = true
    ) throws(ComposeError) -> (MediaWriter, Report.Video?) {
        if segmenting.store != nil { try MediaCheck.expectUnchanged(plan) }
        let palette = plan.output.video.codec == .gif ? try choosePalette() : nil
        let request = finished == nil ? EncoderRequest(plan) : plan.segmentRequest
        if finished != nil { _ = try plan.segmentEncoding() }  // or says why there can be none
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
                writer = try MediaWriter(plan, video: opened.encoder, file: file, kept: kept, isCancelled: isCancelled)
            } catch {
                file.discard()
                throw error
            }
            var counts: SegmentCounts?
            do throws(ComposeError) {
                if inSegments, !opened.backend.isHardware, plan.output.hasSegments {
                    counts = try encodeSegments(SegmentEncoding(opened), with: writer)
                } else {
                    try encode(with: writer)
                    try writer.finish()
                }
            } catch {
                file.discard()
                if writer.segmentsDiffer, finished == nil {
                    logger.warning("segments came out with different headers; the video is encoded in one piece")
                    return try encodeVideo(file, inSegments: false)
                }
                guard opened.backend.isHardware, let failure = writer.encoderFailure else { throw error }
                let reason = EncoderReason.failedMidStream(frame: failure.frame, detail: failure.detail)
                search.reject(opened, reason)
                logger.warning(
                    "the encoder failed; another one begins again",
                    metadata: ["encoder": "\(opened.backend.rawValue)", "reason": "\(reason)"])
                continue
            }
            return (writer, video(opened, search.rejected, request, writer, counts))
        }
        throw unavailable(search.rejected)
    }

    private func video(
        _ opened: OpenedEncoder, _ rejected: [EncoderRejection], _ request: EncoderRequest, _ writer: MediaWriter,
        _ counts: SegmentCounts?
    ) -> Report.Video {
        let choice = plan.output.video.encoder
        let asked =
            choice == .automatic
            ? "the first that works" : choice.backend == nil ? "\(choice.rawValue) was asked for" : "asked for by name"
        return Report.Video(
            codec: request.codec.rawValue, encoder: opened.backend.rawValue, device: opened.device,
            reason: rejected.isEmpty ? asked : rejected.map(\.description).joined(separator: "; "), rejected: rejected,
            notes: opened.notes, settings: opened.settings, width: plan.size.width, height: plan.size.height,
            frameRate: plan.frameRate.description, frames: writer.framesWritten, bytes: writer.videoBytes,
            segments: counts?.segments ?? 1, reusedSegments: counts?.reused ?? 0,
            reusedFrames: counts?.reusedFrames ?? 0,
            heldFrames: counts?.heldFrames ?? 0)
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
            try file.prepare()
            let writer = try MediaWriter(plan, video: nil, file: file, kept: kept, isCancelled: isCancelled)
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

    private var kept: KeptSegments? {
        segmenting.store.map { KeptSegments(store: $0, identity: segmenting.identity, logger: logger) }
    }

    /// What came of a video's segments.
    private struct SegmentCounts {
        var segments = 0
        var reused = 0
        var reusedFrames = 0
        var heldFrames = 0
    }

    private func encodeSegments(
        _ encoding: SegmentEncoding, with writer: MediaWriter
    ) throws(ComposeError) -> SegmentCounts {
        ProcessUsage.trim()  // what looking at the media took
        if let finished { return try assemble(finished, encoding, with: writer) }
        let workers = segmenting.workers(for: plan)
        let queue = SegmentQueue(
            plan, encoder: SegmentEncoder(encoding: encoding), workers: workers,
            kept: kept)
        defer { queue.close() }
        var meter = SpeedMeter()
        report(meter.progress(frame: 0, of: plan.frameCount))
        var counts = SegmentCounts()
        for frames in plan.segmentFrames {
            var segment: EncodedSegment?
            while segment == nil {
                guard !isCancelled() else { throw ComposeError(.cancelled, "the render was cancelled") }
                segment = try queue.next()
                if let progress = meter.passed(frame: queue.counts.frames, of: plan.frameCount) { report(progress) }
            }
            guard let segment else { continue }
            try writer.write(segment, from: frames.lowerBound)
            counts.segments += 1
            counts.heldFrames += segment.heldFrames
        }
        try writer.finishSegments()
        (_, counts.reusedFrames, counts.reused) = queue.counts
        report(meter.progress(frame: plan.frameCount, of: plan.frameCount))
        return counts
    }

    /// Puts segments together that were encoded elsewhere.
    private func assemble(
        _ finished: @Sendable (_ segment: Int) throws -> Data, _ encoding: SegmentEncoding, with writer: MediaWriter
    ) throws(ComposeError) -> SegmentCounts {
        var meter = SpeedMeter()
        var counts = SegmentCounts()
        for segment in plan.segments {
            guard !isCancelled() else { throw ComposeError(.cancelled, "the render was cancelled") }
            let part = plan.part(segment)
            let key = try plan.key(of: part, encoding, .fingerprint)
            let problem: String
            do {
                switch try EncodedSegment.read(Array(try finished(segment.index)), as: key, frames: part.frameCount) {
                case .whole(let encoded):
                    try writer.write(encoded, from: segment.frames.lowerBound)
                    counts.segments += 1
                    counts.heldFrames += encoded.heldFrames
                    if let progress = meter.passed(frame: segment.frames.upperBound, of: plan.frameCount) {
                        report(progress)
                    }
                    continue
                case .damaged: problem = "is damaged, or no segment"
                case .other:
                    problem = "was made for another plan, or by another encoder, FFmpeg or Compose"
                }
            } catch let error as ComposeError {
                throw error
            } catch {
                problem = "cannot be read: \(error)"
            }
            throw ComposeError(
                .unreadableMedia, path: "segments[\(segment.index)]",
                "segment \(segment.index) \(problem); render it again")
        }
        try writer.finishSegments()
        report(meter.progress(frame: plan.frameCount, of: plan.frameCount))
        return counts
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
            rate: Encoder.Rate(plan.frameRate.numerator, plan.frameRate.denominator), threads: plan.encoderThreads)
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
