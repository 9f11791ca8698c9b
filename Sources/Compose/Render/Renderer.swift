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

    /// A renderer that logs to `logger`; libav's own warnings go there too, for the whole process.
    ///
    /// `composeWorkers`, 1…64, is how many threads compose pictures while others encode; the result does not depend on it.
    /// Each holds a few pictures of the canvas' size. `nil` is one, and another for every four threads the encoder runs:
    /// composing is several times as quick as encoding. It does not count where segments are encoded side by side.
    ///
    /// `segmentWorkers`, 1…256, is how many segments are encoded at once; `nil` is as many as there are cores. There are fewer
    /// where they would together take more than `maxMemory` bytes, by ``Plan/segmentMemory``. The result does not depend on it.
    ///
    /// `cache` is where encoded segments are kept for the next render, and looked for: what did not change is not rendered
    /// again, and a render that was killed goes on from what it had finished. `mediaIdentity` says how it is known that a file is
    /// still the same.
    public init(
        logger: Logger = Logger(label: "compose"), composeWorkers: Int? = nil, segmentWorkers: Int? = nil,
        maxMemory: Int = 4 << 30, cache: (any SegmentStore)? = nil, mediaIdentity: MediaIdentity = .fingerprint
    ) {
        precondition((1...64).contains(composeWorkers ?? 1), "composeWorkers is 1…64")
        precondition((1...256).contains(segmentWorkers ?? 1), "segmentWorkers is 1…256")
        self.logger = logger
        self.composeWorkers = composeWorkers
        segmenting = Segmenting(
            workers: segmentWorkers, maxMemory: maxMemory, store: cache, identity: mediaIdentity)
        Library.log(to: logger)
    }

    /// Starts to render an edit into a file, and returns at once.
    ///
    /// Paths in the edit are relative to `folder`. The file appears under its name only when it is whole; until then, and if the
    /// render fails or is cancelled, what was there before stays. Nothing is thrown here: see ``Render/result``.
    public func render(_ edit: Edit, in folder: String = ".", to path: String) -> Render {
        Render { cancelled, report throws(ComposeError) in
            try job(for: try edit.makePlan(in: folder, for: path), to: path, cancelled, report).run()
        }
    }

    /// Starts to render a plan into a file, and returns at once.
    ///
    /// As ``render(_:in:to:)-(Edit,_,_)``, but nothing is looked at again: media that changed since are refused, and so is a
    /// name that stands for another format than the plan's.
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
    ) -> RenderJob {
        RenderJob(
            plan: plan, target: path, workers: composeWorkers ?? 1 + (plan.output.video.threads ?? 0) / 4,
            segmenting: segmenting, finished: finished, logger: logger, isCancelled: isCancelled, report: report)
    }

    /// Writes the picture of one moment: the frame that shows the timeline at `time`, as it would be encoded.
    ///
    /// What the name ends in says what it becomes: `.jpg`, `.webp`, `.tif`, and PNG for everything else. Where the background is
    /// not solid, PNG, WebP and TIFF keep that. The output's quality is used. Throws ``ComposeError``, with `invalidEdit` for a
    /// time outside the timeline. Runs on a thread of its own.
    public func still(_ edit: Edit, at time: Duration, in folder: String = ".", to path: String) async throws {
        let result: Result<Void, ComposeError> = await onOwnThread("compose.still") {
            do throws(ComposeError) {
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
                return .success(())
            } catch { return .failure(error) }
        }
        try result.get()
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
        guard let named = Output.Format(path: path), named.muxer?.name != output.settledFormat.muxer?.name else { return }
        throw ComposeError(
            .invalidEdit, path: "output.format",
            "the plan is for \(output.settledFormat.rawValue), and \(quoted(path)) is a name for \(named.rawValue); "
                + "plan the edit for that file, or use another name")
    }

    private func outside(_ time: Duration) -> ComposeError {
        let length = Duration.seconds(frameCount * frameRate.denominator) / frameRate.numerator
        return ComposeError(
            .invalidEdit, path: "time",
            "\(seconds(time)) is not on the timeline, which goes from 0 s up to, and not including, \(seconds(length))")
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
