// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Libav
public import Logging

/// A renderer of edits.
///
/// It is thread-safe: one renderer can serve a whole process and run several renders at once.
public struct Renderer: Sendable {
    let logger: Logger
    private let composeWorkers: Int?
    let segmenting: Segmenting
    /// Where videos are decoded.
    let decoding: MediaDecoding

    /// Creates a renderer.
    ///
    /// - Parameters:
    ///   - logger: The logger for the renderer's decisions. FFmpeg's own log is redirected separately: see
    ///     ``FFmpegLog``.
    ///   - composeWorkers: The number of threads that compose pictures while others encode, 1…64; the output does not
    ///     depend on it. Each holds a few pictures of the canvas's size. `nil` means one, plus one for every four
    ///     threads of the encoder, as composing is several times as fast as encoding. It has no effect if segments are
    ///     encoded in parallel.
    ///   - segmentWorkers: The number of segments encoded in parallel, 1…256; `nil` means the number of cores. The
    ///     output does not depend on it. Where a video has fewer segments, up to four threads compose the frames of each.
    ///     AV1 on the CPU is encoded one segment after the other, on all cores.
    ///   - maxMemory: The memory in bytes that segments encoded in parallel may use, as estimated by
    ///     ``Plan/segmentMemory``. The number of parallel segments is reduced to fit, but is at least one.
    ///   - cache: The store of encoded segments. With it only what has changed is rendered again, and a render that was
    ///     killed resumes.
    ///   - mediaIdentity: How the renderer recognises an unchanged media file.
    ///   - decoding: Where videos are decoded; the output does not depend on it.
    ///
    /// Values out of range are reported by the renders, as a ``ComposeError`` with code `invalidSettings`.
    public init(
        logger: Logger = Logger(label: "compose"), composeWorkers: Int? = nil, segmentWorkers: Int? = nil,
        maxMemory: Int = 4 << 30, cache: (any SegmentStore)? = nil, mediaIdentity: MediaIdentity = .fingerprint,
        decoding: MediaDecoding = .inProcess
    ) {
        self.decoding = decoding
        self.logger = logger
        self.composeWorkers = composeWorkers
        segmenting = Segmenting(
            workers: segmentWorkers, maxMemory: maxMemory, store: cache, identity: mediaIdentity)
    }

    /// Throws if a setting is out of range.
    private func checkSettings() throws(ComposeError) {
        var problems: [Problem] = []
        func check(_ value: Int?, in range: ClosedRange<Int>, _ name: String) {
            guard let value, !range.contains(value) else { return }
            problems.append(
                Problem(
                    path: name,
                    message: "\(value) is out of range; use \(range.lowerBound)…\(range.upperBound), or nil"))
        }
        check(composeWorkers, in: 1...64, "composeWorkers")
        check(segmenting.workers, in: 1...256, "segmentWorkers")
        if decoding == .isolated, !MediaDecoding.canIsolate {
            problems.append(
                Problem(
                    path: "decoding", message: "videos cannot be decoded in processes of their own here; use .inProcess"
                ))
        }
        if !problems.isEmpty { throw ComposeError(.invalidSettings, problems: problems) }
    }

    /// Starts rendering an edit into a file, and returns immediately.
    ///
    /// Paths in the edit are relative to `folder`. The file appears under its name only when it is complete; until
    /// then, and if the render fails or is cancelled, an existing file is kept. Errors are thrown by ``Render/result``.
    public func render(_ edit: Edit, in folder: String = ".", to path: String) -> Render {
        Render { cancelled, report throws(ComposeError) in
            try checkSettings()
            let plan = try edit.makePlan(in: folder, for: path, decoding: decoding)
            return try job(for: plan, to: path, cancelled, report).run()
        }
    }

    /// Starts rendering a plan into a file, and returns immediately.
    ///
    /// It works like ``render(_:in:to:)-(Edit,_,_)``, but does not examine the media again: the render fails if they
    /// have changed since, or if the extension of `path` is that of another format than the plan's.
    public func render(_ plan: Plan, to path: String) -> Render {
        Render { cancelled, report throws(ComposeError) in
            try plan.checkName(path)
            return try job(for: plan, to: path, cancelled, report).run()
        }
    }

    func job(
        for plan: Plan, to path: String, _ isCancelled: @escaping @Sendable () -> Bool,
        _ report: @escaping @Sendable (Render.Progress) -> Void,
        finished: (@Sendable (_ segment: Int) throws -> Data)? = nil,
        finishedSound: (@Sendable (_ chunk: Int) throws -> Data)? = nil
    ) throws(ComposeError) -> RenderJob {
        try checkSettings()
        return RenderJob(
            plan: changed(plan) { $0.decoding = decoding }, target: path,
            workers: composeWorkers ?? 1 + (plan.output.video.threads ?? 0) / 4,
            segmenting: segmenting, finished: finished, finishedSound: finishedSound, logger: logger,
            isCancelled: isCancelled, report: report)
    }

    /// Writes a still picture: the frame that the timeline shows at `time`, as it would be encoded.
    ///
    /// The file extension chooses the format: `.jpg`, `.webp`, `.tif`, and PNG for any other. PNG, WebP and TIFF keep
    /// the transparency of the background. The output's quality setting applies. Throws ``ComposeError``, with code
    /// `invalidEdit` for a time outside the timeline. The work runs on its own thread.
    public func still(
        _ edit: Edit, at time: Duration, in folder: String = ".", to path: String
    ) async throws(ComposeError) {
        try await onOwnThread("compose.still") { () throws(ComposeError) in
            let poster = Poster(edit, path: path)
            try checkSettings()
            let plan = try poster.edit.makePlan(in: folder, decoding: decoding)
            let frame = try plan.frame(showing: time)
            let file = try OutputFile(path)
            try file.protect(plan)
            let bytes = try poster.encode(try compose(frame, of: plan), plan)
            do throws(ComposeError) {
                do throws(LibavError) { try FileSystem.write(bytes, to: file.temporary) } catch {
                    throw file.failure(error)
                }
                _ = try file.commit()
            } catch {
                file.discard()
                throw error
            }
        }
    }
}

extension Plan {
    /// Returns the frame that is visible at a time: the last one that starts at or before it.
    ///
    /// Throws ``ComposeError`` with code `invalidEdit` for a time outside the timeline.
    func frame(showing time: Duration) throws(ComposeError) -> Int {
        guard time >= .zero, time < .seconds(24 * 3600 + 1) else { throw outside(time) }
        let scale = Int128(frameRate.denominator) * 1_000_000_000_000_000_000
        // Within a millionth of a frame, times are rounded up: 17/30 s, which no decimal can represent exactly, is
        // frame 17.
        let frame = Int((time.attoseconds * Int128(frameRate.numerator) + scale / 1_000_000) / scale)
        guard (0..<frameCount).contains(frame) else { throw outside(time) }
        return frame
    }

    /// Throws if the file extension of `path` is that of another format than the plan's.
    func checkName(_ path: String) throws(ComposeError) {
        guard let named = Output.Format(path: path), named.muxer?.name != output.settledFormat.muxer?.name else {
            return
        }
        throw ComposeError(
            .invalidEdit, path: "output.format",
            "the plan is for \(output.settledFormat.rawValue), and \(quoted(path)) is a name for \(named.rawValue); "
                + "plan the edit for that file, or use another name")
    }

    private func outside(_ time: Duration) -> ComposeError {
        ComposeError(
            .invalidEdit, path: "time",
            "\(seconds(time)) is not on the timeline, which goes from 0 s up to, and not including, \(seconds(duration))"
        )
    }
}

/// Composes one frame on the calling thread, and blocks until it is done.
package func compose(_ frame: Int, of plan: Plan) throws(ComposeError) -> Frame {
    let pictures = PictureSchedule(plan, rack: Rack(plan), only: frame)
    defer { pictures.close() }
    return try FrameComposer(plan, pictures).frame(at: frame)
}
