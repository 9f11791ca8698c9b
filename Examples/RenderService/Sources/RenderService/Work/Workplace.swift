// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue
import Logging
import ObjectStorage

/// The dependencies of all work: the configuration, the queue, the stores, the clients and the limits.
struct Workplace: Sendable {
    let configuration: Configuration
    let queue: any JobQueue
    let store: any ObjectStore
    let media: MediaFetcher
    let web: WebClient
    let remote: (any RemoteRendering)?
    let archive: ServiceArchive?
    let recorder: RecordWriter?
    let credits: Credits?
    let logger: Logger
    /// The scratch folder for running renders.
    let room: WorkRoom
    /// The limit for the memory of segments that are encoded at the same time.
    let gate: MemoryGate

    /// Creates an empty folder for one piece of work, and removes it afterwards even if the work throws.
    func withFolder<Result>(
        for job: String, _ work: (_ folder: WorkFolder) async throws -> Result
    ) async throws -> Result {
        let own = WorkFolder(path: "\(room.path)/\(job)-\(UUID().uuidString.prefix(8))")
        do { try FileManager.default.createDirectory(atPath: own.media, withIntermediateDirectories: true) } catch {
            throw WorkFailure("disk", "there is no room to work: \(error.localizedDescription)", mayHeal: true)
        }
        defer { try? FileManager.default.removeItem(atPath: own.path) }
        return try await work(own)
    }

    /// Downloads an edit's media to a folder and plans the edit; throws if it exceeds the limits.
    ///
    /// References to other jobs lead to what these have made.
    func plan(
        _ edit: Edit, of caller: String, with inputs: JobInputs = JobInputs([]), in folder: WorkFolder
    ) async throws -> (fetched: FetchedEdit, plan: Plan) {
        try checkLimits(of: edit)
        let (edit, keys) = try inputs.resolve(edit)
        var media = media
        media.rules.granted = keys
        let fetched = try await media.fetch(edit, of: caller, into: folder.media)
        let plan = try await fetched.edit.plan(
            in: folder.media, for: Deliverable.fileName(of: edit), decoding: .untrusted)
        try checkLimits(of: plan)
        return (fetched, plan)
    }

    /// Returns a renderer with the configured memory limit.
    func renderer(cache: (any SegmentStore)? = nil) -> Renderer {
        Renderer(
            logger: logger, maxMemory: configuration.limits.memory / max(configuration.workers, 1), cache: cache,
            mediaIdentity: .contents, decoding: .untrusted)
    }
}

extension MediaDecoding {
    /// Where videos of callers are decoded: in processes of their own, if this system can lock them.
    static var untrusted: MediaDecoding { canIsolate ? .isolated : .inProcess }
}

extension Workplace {
    /// Throws ``ComposeProblems`` if an edit exceeds the limits, as far as the edit alone shows it.
    func checkLimits(of edit: Edit) throws(ComposeProblems) {
        let limits = configuration.limits
        var problems: [Problem] = []
        let size = edit.timeline.size
        if size.width.multipliedReportingOverflow(by: size.height).partialValue > limits.pixels
            || size.width > limits.pixels
        {
            problems.append(
                Problem(
                    path: "size",
                    message: "\(size.width) × \(size.height) pixels are more than the \(limits.pixels) allowed"))
        }
        if let format = edit.output.format, format.isFolder {
            problems.append(
                Problem(
                    path: "output.format",
                    message:
                        "\(format.rawValue) is a folder of files, and a job's result is one file; use mp4, mov, webm or mkv"
                ))
        }
        if let backend = edit.output.video.threads, backend > 16 {
            problems.append(Problem(path: "output.video.threads", message: "there are at most 16 here"))
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
    }

    /// Throws ``ComposeProblems`` if a plan exceeds the limits.
    func checkLimits(of plan: Plan) throws(ComposeProblems) {
        let limits = configuration.limits
        let seconds = plan.durationInSeconds
        func refuse(_ message: String) throws(ComposeProblems) -> Never {
            throw ComposeProblems([Problem(path: "tracks", message: message)])
        }
        if seconds > limits.durationSeconds + 0.001 {
            try refuse(
                "the video would last \(seconds) s, more than the \(limits.durationSeconds) s allowed; render it in parts"
            )
        }
        if plan.frameCount > limits.frames {
            try refuse("the video would have \(plan.frameCount) frames, more than the \(limits.frames) allowed")
        }
        if plan.segmentMemory > limits.memory / max(configuration.workers, 1) {
            try refuse(
                "the video would take about \(plan.segmentMemory >> 20) MB of memory, more than is allowed; make it or its pictures smaller"
            )
        }
    }
}

/// The properties of a job's result file.
enum Deliverable {
    /// Returns the name of the file, which is an MP4 unless the edit specifies another format.
    static func fileName(of edit: Edit) -> String { "output." + ((edit.output.format ?? .mp4).fileExtension ?? "mp4") }

    /// Returns the MIME type that a file's name stands for.
    static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "jpg", "jpeg": "image/jpeg"
        case "png": "image/png"
        case "json": "application/json"
        default: Output.Format(path: name)?.mimeType ?? "application/octet-stream"
        }
    }

    /// Returns the prefix of the keys of a job's results.
    static func prefix(of job: Job) -> String { "compose/renders/\(job.generationID ?? job.id)/" }
}
