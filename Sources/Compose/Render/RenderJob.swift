// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav
internal import Logging
internal import Synchronization

/// A render that runs on the calling thread: compose, encode, mux, move the file into place.
struct RenderJob {
    let plan: Plan
    let target: String
    let workers: Int
    let segmenting: Segmenting
    /// Returns the bytes of a segment that was encoded elsewhere; `nil` if this job encodes.
    var finished: (@Sendable (_ segment: Int) throws -> Data)?
    /// Returns the bytes of a chunk of sound that was encoded elsewhere; `nil` if this job encodes the sound.
    var finishedSound: (@Sendable (_ chunk: Int) throws -> Data)?
    let logger: Logger
    let isCancelled: @Sendable () -> Bool
    let report: @Sendable (Render.Progress) -> Void
    /// What is found wrong with files.
    let remarks = MediaRemarks()

    func run() throws(ComposeError) -> Report {
        let started = ContinuousClock.now
        let before = ProcessUsage.current
        let file = try OutputFile(target, isFolder: plan.output.container.isFolder)
        try file.protect(plan)
        let writer: MediaWriter
        let video: Report.Video?
        let bytes: Int
        do throws(ComposeError) {
            (writer, video) = try encode(into: file)
            bytes = try file.commit()
        } catch {
            file.discard()
            throw error
        }
        let usage = ProcessUsage.current
        let elapsed = (ContinuousClock.now - started) / .seconds(1)
        let result = Report(
            path: target, bytes: bytes,
            duration: plan.durationInSeconds,
            video: video, audio: sound(writer), warnings: warnings(writer), spans: plan.spanCount,
            foldedFrames: plan.foldedFrameCount,
            elapsedSeconds: elapsed, cpuSeconds: usage.cpuSeconds - before.cpuSeconds,
            framesPerSecond: Double(plan.frameCount) / max(elapsed, 1e-9), peakMemoryBytes: usage.peakBytes,
            ffmpegVersion: Library.version)
        logger.debug("render finished", metadata: ["output": "\(target)", "seconds": "\(fixed(elapsed, 2))"])
        return result
    }

    /// Returns the report on the sound; `nil` if there is none.
    private func sound(_ writer: MediaWriter) -> Report.Sound? {
        writer.soundWritten.map { written in
            Report.Sound(
                codec: (plan.output.audio.codec ?? AudioSettings.Codec.noSound).rawValue, samples: written.samples,
                samplesOfVideo: plan.outputSamples, peak: Double(written.summary.peak), bytes: written.bytes,
                samplesLost: written.summary.losses.reduce(0) { $0 + $1.count }, samplesClipped: written.summary.over,
                loudness: loudness(writer.mastered, written.summary))
        }
    }

    /// Returns the report on the loudness; `nil` if the sound is as it was mixed.
    private func loudness(_ mastered: Mastering.Result?, _ summary: SoundSummary) -> Report.Loudness? {
        guard let target = plan.audio.loudness.target else { return nil }
        return Report.Loudness(
            integrated: mastered?.measured.integrated, target: target, range: mastered?.measured.range ?? 0,
            truePeak: mastered?.measured.truePeakLevel, gain: mastered?.level.gain ?? 0,
            gainReduction: -20 * log10(max(1 - summary.reduction, 1e-6)))
    }

    /// Returns what the file has that nobody may have wanted, in words.
    private func warnings(_ writer: MediaWriter) -> [String] {
        let summary = writer.soundWritten?.summary ?? SoundSummary()
        var warnings = remarks.all
        warnings += summary.losses.map { loss in
            let sound = plan.audio.buses[loss.bus].sounds[loss.sound]
            func time(_ samples: Int) -> String { seconds(.milliseconds((samples + 24) / 48)) }
            return
                "\(sound.path).src: \(sound.src) is damaged at \(time(loss.first)); \(time(loss.count)) of it are silent"
        }
        if summary.over > 0 {
            warnings.append(
                "\(summary.over) samples are above full scale (peak \(fixed(Double(summary.peak), 3))) and will be cut; lower a volume"
            )
        }
        if let loudness = loudness(writer.mastered, summary), let heard = loudness.integrated,
            abs(heard - loudness.target) > 0.5
        {
            warnings.append(
                "the loudness is \(fixed(heard, 1)) LUFS in place of \(fixed(loudness.target, 1)): more gain would only turn the "
                    + "peaks down more; compress the sound, or use another target"
            )
        }
        for warning in warnings { logger.warning("\(warning)") }
        return warnings
    }

    private func encode(into file: OutputFile) throws(ComposeError) -> (MediaWriter, Report.Video?) {
        guard plan.output.hasVideo else { return (try encodeSound(file), nil) }
        ProcessUsage.trim()  // memory used to examine the media
        if let finished { return try assemble(finished, file) }
        return try encodeVideo(file)
    }

    /// Encodes pictures and sound with the first encoder that works to the end.
    ///
    /// An encoder that fails midway has written parameter sets that do not fit any other encoder's pictures. Its output
    /// is discarded, and the next encoder starts again.
    private func encodeVideo(_ file: OutputFile) throws(ComposeError) -> (MediaWriter, Report.Video?) {
        if segmenting.store != nil { try MediaCheck.expectUnchanged(plan) }
        let palette = plan.output.video.codec == .gif ? try choosePalette() : nil
        var search = EncoderSearch(EncoderRequest(plan))
        var inSegments = plan.output.hasSegments
        while let attempt = try nextAttempt(&search, palette: palette, inSegments: inSegments, file) {
            do throws(ComposeError) {
                guard let encoding = attempt.segments else {
                    try encode(with: attempt.writer)
                    return (attempt.writer, video(attempt, search.rejected))
                }
                let queue = SegmentQueue(
                    plan, encoder: SegmentEncoder(encoding: encoding, composers: segmenting.composers(for: plan)),
                    workers: attempt.encoder.backend.isSole ? 1 : segmenting.workers(for: plan),
                    kept: kept, remarks: remarks)
                if let counts = try write(queue, with: attempt.writer) {
                    return (attempt.writer, video(attempt, search.rejected, counts))
                }
                logger.warning(
                    "the encoder wrote different headers for different segments; the video is encoded in one piece")
                inSegments = false
                search = EncoderSearch(EncoderRequest(plan))
            } catch {
                guard attempt.encoder.backend.isHardware, let failure = attempt.writer.encoderFailure else {
                    throw error
                }
                let reason = EncoderReason.failedMidStream(frame: failure.frame, detail: failure.detail)
                search.reject(attempt.encoder, reason)
                logger.warning(
                    "the encoder failed; starting again with the next one",
                    metadata: ["encoder": "\(attempt.encoder.backend.rawValue)", "reason": "\(reason)"])
            }
            file.discard()
        }
        throw unavailable(search.rejected)
    }

    /// An attempt to encode a whole video with one encoder.
    struct Attempt {
        let encoder: EncoderChosen
        /// The encoder of segments; `nil` if one encoder receives every frame.
        let segments: SegmentEncoding?
        let writer: MediaWriter
    }

    /// Opens the next encoder and creates its output file; returns `nil` if no encoder is left.
    func nextAttempt(
        _ search: inout EncoderSearch, palette: Palette? = nil, inSegments: Bool, _ file: OutputFile
    ) throws(ComposeError) -> Attempt? {
        guard let opened = search.next(palette: palette, isCancelled: isCancelled) else {
            try expectGoingOn()
            return nil
        }
        let inSegments = inSegments && !opened.chosen.backend.isHardware
        logger.debug(
            "render started",
            metadata: [
                "output": "\(target)", "frames": "\(plan.frameCount)", "encoder": "\(opened.chosen.backend.rawValue)",
            ])
        try file.prepare()
        let writer = try MediaWriter(
            plan, inSegments ? .segments(opened.encoder) : .frames(opened), file: file, sound: sound,
            isCancelled: isCancelled)
        return Attempt(
            encoder: opened.chosen, segments: inSegments ? SegmentEncoding(opened) : nil, writer: writer)
    }

    /// Returns the report on the pictures.
    func video(
        _ attempt: Attempt, _ rejected: [EncoderRejection], _ counts: SegmentCounts = SegmentCounts()
    ) -> Report.Video {
        let choice = plan.output.video.encoder
        let asked =
            choice == .automatic
            ? "the first that works" : choice.backend == nil ? "\(choice.rawValue) was asked for" : "asked for by name"
        let (encoder, writer) = (attempt.encoder, attempt.writer)
        return Report.Video(
            codec: EncoderRequest(plan).codec.rawValue, encoder: encoder.backend.rawValue, device: encoder.device,
            reason: rejected.isEmpty ? asked : rejected.map(\.description).joined(separator: "; "), rejected: rejected,
            notes: encoder.notes, settings: encoder.settings, width: plan.size.width, height: plan.size.height,
            frameRate: plan.frameRate.description, frames: writer.framesWritten, bytes: writer.videoBytes,
            segments: attempt.segments == nil ? 1 : plan.segmentFrames.count, reusedSegments: counts.reused,
            reusedFrames: counts.reusedFrames, heldFrames: writer.heldFrames)
    }

    /// Returns the error for an edit none of whose encoders works on this machine.
    private func unavailable(_ rejected: [EncoderRejection]) -> ComposeError {
        if rejected.contains(where: \.reason.isOutOfMemory) { return .outOfMemory(plan, rejected) }
        let choice = plan.output.video.encoder
        let reasons = rejected.map(\.description).joined(separator: "; ")
        let advice =
            choice == .automatic || choice == .software
            ? "" : "; use \"automatic\" to fall back to another encoder"
        // If no retry can help, the edit requests what this machine lacks. A CPU encoder that failed once always fails.
        let isTemporary = rejected.contains { $0.reason.isTemporary && $0.backend.isHardware }
        return ComposeError(
            isTemporary ? .encoderUnavailable : .invalidEdit, path: "output.video.encoder",
            "\(choice.rawValue) cannot encode this video on this machine: \(reasons)\(advice)")
    }

    private func encodeSound(_ file: OutputFile) throws(ComposeError) -> MediaWriter {
        try file.prepare()
        let writer = try MediaWriter(plan, .none, file: file, sound: sound, isCancelled: isCancelled)
        var meter = SpeedMeter()
        for index in 0..<plan.frameCount {
            try expectGoingOn()
            try writer.writeSound(upToFrame: index + 1)
            if let progress = meter.passed(frame: index + 1, of: plan.frameCount) { report(progress) }
        }
        try writer.finish()
        report(meter.progress(frame: plan.frameCount, of: plan.frameCount))
        return writer
    }

    /// Chooses a GIF's colours from all its pictures, which are therefore composed twice.
    private func choosePalette() throws(ComposeError) -> Palette {
        let frames = FrameQueue(plan, workers: workers)
        defer { frames.close() }
        let palette = try rendering { () throws(LibavError) in
            try Palette(width: plan.size.width, height: plan.size.height, alpha: plan.output.hasAlpha)
        }
        var last: Frame?
        for _ in 0..<plan.frameCount {
            try expectGoingOn()
            let frame = try frames.next()
            // A held picture counts once.
            if frame !== last { try rendering { () throws(LibavError) in try palette.add(frame) } }
            last = frame
        }
        try rendering { () throws(LibavError) in try palette.choose() }
        return palette
    }

    private func encode(with writer: MediaWriter) throws(ComposeError) {
        let frames = FrameQueue(plan, workers: workers, remarks: remarks)
        defer { frames.close() }
        var meter = SpeedMeter()
        report(meter.progress(frame: 0, of: plan.frameCount))
        for index in 0..<plan.frameCount {
            try expectGoingOn()
            try writer.write(try frames.next(), at: index)
            if let progress = meter.passed(frame: index + 1, of: plan.frameCount) { report(progress) }
        }
        try writer.finish()
        report(meter.progress(frame: plan.frameCount, of: plan.frameCount))
    }

    /// Throws if the render was cancelled.
    func expectGoingOn() throws(ComposeError) {
        guard !isCancelled() else { throw ComposeError(.cancelled, "the render was cancelled") }
    }

    /// Where encoded sound comes from.
    private var sound: SoundQueue.Source {
        SoundQueue.Source(
            workers: segmenting.soundWorkers(for: plan), kept: kept, identity: segmenting.identity,
            finished: finishedSound)
    }

    private var kept: KeptSegments? { segmenting.kept(logger) }
}
