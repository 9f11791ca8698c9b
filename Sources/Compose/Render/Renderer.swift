// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Libav
public import Logging

/// Renders edits.
///
/// Thread-safe: one renderer may serve a whole process, and run several renders at once.
public struct Renderer: Sendable {
    private let logger: Logger
    private let composeWorkers: Int?
    let segmenting: Segmenting

    /// Creates a renderer.
    ///
    /// - Parameters:
    ///   - logger: Where the renderer logs what it decides. FFmpeg's own log is another matter: see ``FFmpegLog``.
    ///   - composeWorkers: How many threads compose pictures while others encode, 1…64; the result does not depend on it.
    ///     Each holds a few pictures of the canvas's size. `nil` is one, and another for every four threads the encoder runs:
    ///     composing is several times as fast as encoding. It does not apply where segments are encoded in parallel.
    ///   - segmentWorkers: How many segments are encoded in parallel, 1…256; `nil` is as many as there are cores. The result does
    ///     not depend on it.
    ///   - maxMemory: The bytes that segments encoded in parallel may take, by ``Plan/segmentMemory``; there are fewer where they
    ///     would take more, and always at least one.
    ///   - cache: Where encoded segments are stored and looked up, so that only what changed is rendered again, and a render that
    ///     was killed resumes.
    ///   - mediaIdentity: How the renderer knows that a file is unchanged.
    ///
    /// A value out of range is reported by the renders, as a ``ComposeError`` with code `invalidSettings`.
    public init(
        logger: Logger = Logger(label: "compose"), composeWorkers: Int? = nil, segmentWorkers: Int? = nil,
        maxMemory: Int = 4 << 30, cache: (any SegmentStore)? = nil, mediaIdentity: MediaIdentity = .fingerprint
    ) {
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
        if !problems.isEmpty { throw ComposeError(.invalidSettings, problems: problems) }
    }

    /// Starts rendering an edit into a file, and returns at once.
    ///
    /// Paths in the edit are relative to `folder`. The file appears under its name only when it is complete; until then, and if
    /// the render fails or is cancelled, an existing file stays. Errors are thrown by ``Render/result``.
    public func render(_ edit: Edit, in folder: String = ".", to path: String) -> Render {
        Render { cancelled, report throws(ComposeError) in
            try job(for: try edit.makePlan(in: folder, for: path), to: path, cancelled, report).run()
        }
    }

    /// Starts rendering a plan into a file, and returns at once.
    ///
    /// As ``render(_:in:to:)-(Edit,_,_)``, but media are not examined again: the render fails if they have changed since, or if
    /// `path` is a name for another format than the plan's.
    public func render(_ plan: Plan, to path: String) -> Render {
        Render { cancelled, report throws(ComposeError) in
            try plan.checkName(path)
            return try job(for: plan, to: path, cancelled, report).run()
        }
    }

    func job(
        for plan: Plan, to path: String, _ isCancelled: @escaping @Sendable () -> Bool,
        _ report: @escaping @Sendable (Render.Progress) -> Void,
        finished: (@Sendable (_ segment: Int) throws -> Data)? = nil
    ) throws(ComposeError) -> RenderJob {
        try checkSettings()
        return RenderJob(
            plan: plan, target: path, workers: composeWorkers ?? 1 + (plan.output.video.threads ?? 0) / 4,
            segmenting: segmenting, finished: finished, logger: logger, isCancelled: isCancelled, report: report)
    }

    /// Writes the picture of one moment: the frame that shows the timeline at `time`, as it would be encoded.
    ///
    /// The name's extension says the format: `.jpg`, `.webp`, `.tif`, and PNG for everything else. PNG, WebP and TIFF keep the
    /// transparency of a background that is not solid. The output's quality applies. Throws ``ComposeError``, with `invalidEdit`
    /// for a time outside the timeline. Runs on a thread of its own.
    public func still(
        _ edit: Edit, at time: Duration, in folder: String = ".", to path: String
    ) async throws(ComposeError) {
        try await onOwnThread("compose.still") { () throws(ComposeError) in
            let poster = Poster(edit, path: path)
            let plan = try poster.edit.makePlan(in: folder)
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
    /// The frame that is on the screen at a time: the last one that began by then.
    func frame(showing time: Duration) throws(ComposeError) -> Int {
        guard time >= .zero, time < .seconds(24 * 3600 + 1) else { throw outside(time) }
        let scale = Int128(frameRate.denominator) * 1_000_000_000_000_000_000
        // Rounded within a millionth of a frame, as everywhere: 17/30 s, which no decimal can hold exactly, is frame 17.
        let frame = Int((time.attoseconds * Int128(frameRate.numerator) + scale / 1_000_000) / scale)
        guard (0..<frameCount).contains(frame) else { throw outside(time) }
        return frame
    }

    /// Refuses a name that stands for another format.
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

/// Composes one frame on the calling thread.
///
/// Blocks.
package func compose(_ frame: Int, of plan: Plan) throws(ComposeError) -> Frame {
    let stills = StillStore(plan, from: frame, ahead: 0)
    defer { stills.close() }
    return try FrameComposer(plan, stills: stills).frame(at: frame)
}
