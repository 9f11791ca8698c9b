// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import CoreMetrics
import Foundation
import JobQueue
import Logging
import ObjectStorage

/// The handler of render jobs, which fill the workers of a process.
struct RenderHandler: JobHandler {
    let workplace: Workplace
    let kind = Job.Kind.render

    var limits: JobLimits {
        let configuration = workplace.configuration
        return JobLimits(
            attempts: configuration.maxAttempts, seconds: configuration.limits.renderSeconds,
            concurrency: max(1, configuration.workers))
    }

    func run(_ job: Job, _ status: StatusBox) async throws -> WorkOutcome {
        try await RenderWork(workplace: workplace, job: job, status: status).run()
    }
}

/// The work of a render job, which renders a video here or on the remote renderer and stores it.
struct RenderWork: Sendable {
    let workplace: Workplace
    let job: Job
    let status: StatusBox

    /// Runs the job.
    ///
    /// Throws errors that ``WorkFailure/init(_:)`` classifies. Cancelling the task ends it within one frame or
    /// response.
    func run() async throws -> WorkOutcome {
        let task = try JSONDecoder().decode(RenderTask.self, from: Data(job.payload.utf8))
        let edit = try Edit(json: task.edit)
        let inputs = try await JobInputs(of: job, in: workplace.queue)
        return try await workplace.withFolder(for: job.id) { folder in
            let remote = try remoteRenderer(task.place)
            let (fetched, planned) = try await workplace.plan(edit, of: job.caller, with: inputs, in: folder)
            if let remote, let video = try await rendered(by: remote, fetched, planned, task.place, in: folder) {
                try await store(video, in: folder)
                return .completed
            }
            var (edit, plan) = (fetched.edit, planned)
            var cache: StoredSegments?
            if isToBeSpread(plan) {
                cache = StoredSegments(store: workplace.store)
                (edit, plan) = try await onCPUs(edit, in: folder)
                if status.value.isSpread != true, let parts = try await parts(of: plan) { return .split(parts) }
            }
            let video = try await rendered(edit, plan, cache, in: folder)
            if status.value.isSpread == true { try await addCosts(ofPartsOf: plan) }
            try await store(video, in: folder)
            return .completed
        }
    }

    /// The files to store.
    private struct Video {
        var name: String
        var report: Data?
        var bytes: Int
        var duration: Double
        var frames: Int
        var hasPoster: Bool
        /// Whether the video itself is in the store already.
        var isStored = false
    }

    private func rendered(
        _ edit: Edit, _ plan: Plan, _ cache: StoredSegments?, in folder: WorkFolder
    ) async throws -> Video {
        let name = Deliverable.fileName(of: edit)
        let renderer = workplace.renderer(cache: cache)
        let render = renderer.render(plan, to: folder.file(name))
        for await progress in render.progress {
            status.change { $0.progress = progress }
        }
        let report = try await render.result
        status.change { $0.cost = Generation.Cost(report) }
        var hasPoster = false
        if let video = report.video {
            status.change {
                $0.encoder = JobStatus.Encoder(name: video.encoder, device: video.device, reason: video.reason)
            }
            try await makePoster(of: edit, plan, in: folder)
            hasPoster = true
        }
        return Video(
            name: name, report: try JSONEncoder().encode(report), bytes: report.bytes, duration: report.duration,
            frames: report.video?.frames ?? 0, hasPoster: hasPoster)
    }

    private func makePoster(of edit: Edit, _ plan: Plan, in folder: WorkFolder) async throws {
        // After one second, a first picture has faded in. For a short video, the moment is its middle.
        let moment = Duration.milliseconds(Int(min(1, plan.durationInSeconds / 2) * 1000))
        try await workplace.renderer().still(edit, at: moment, in: folder.media, to: folder.file("poster.jpg"))
    }

    private func store(_ video: Video, in folder: WorkFolder) async throws {
        let prefix = Deliverable.prefix(of: job)
        let type = Deliverable.contentType(of: video.name)
        if video.hasPoster {
            try await workplace.store.upload(
                file: folder.file("poster.jpg"), to: prefix + "poster.jpg", contentType: "image/jpeg")
        }
        if let report = video.report {
            try report.write(to: URL(fileURLWithPath: folder.file("report.json")))
            try await workplace.store.upload(
                file: folder.file("report.json"), to: prefix + "report.json", contentType: "application/json")
        }
        if !video.isStored {
            // The video is stored last, so that the other files exist if it does.
            try await workplace.store.upload(file: folder.file(video.name), to: prefix + video.name, contentType: type)
        }
        status.change {
            if let total = $0.progress?.totalFrames { $0.progress?.frame = total }
            $0.progress?.secondsRemaining = nil
            $0.result = JobStatus.Result(
                key: prefix + video.name, posterKey: video.hasPoster ? prefix + "poster.jpg" : nil,
                reportKey: video.report == nil ? nil : prefix + "report.json", bytes: video.bytes,
                duration: video.duration, frames: video.frames,
                contentType: type)
        }
    }
}

/// The splitting of long jobs into segments.
extension RenderWork {
    /// Adds what the other workers have measured for the segments.
    private func addCosts(ofPartsOf plan: Plan) async throws {
        let names = plan.segments.map { "segment\($0.index)" } + plan.soundChunks.map { "sound\($0.index)" }
        for name in names {
            guard let part = try await workplace.queue.job("\(job.id).\(name)"),
                let cost = JobStatus(part.status).cost
            else { continue }
            status.change { $0.cost?.cpuSeconds += cost.cpuSeconds }
        }
    }

    private func isToBeSpread(_ plan: Plan) -> Bool {
        guard let limit = workplace.configuration.spreadSeconds, plan.durationInSeconds > limit else { return false }
        // Segments are encoded on CPUs, so a job that requests a GPU encoder by name is not split.
        return plan.segments.count > 1
            && (plan.output.video.encoder == .automatic || plan.output.video.encoder == .software)
    }

    private func onCPUs(_ edit: Edit, in folder: WorkFolder) async throws -> (Edit, Plan) {
        var edit = edit
        edit.output.video.encoder = .software
        return (edit, try await edit.plan(in: folder.media, for: Deliverable.fileName(of: edit), decoding: .untrusted))
    }

    /// Returns jobs for the segments that are not stored yet, or `nil` if the plan cannot be split.
    private func parts(of plan: Plan) async throws -> [NewJob]? {
        let (keys, soundKeys): ([String], [String])
        do {
            (keys, soundKeys) = (
                try await workplace.renderer().segmentKeys(of: plan), try await workplace.renderer().soundKeys(of: plan)
            )
        } catch {
            status.change { $0.note("rendered in one piece: \(error)") }
            return nil
        }
        let segments = StoredSegments(store: workplace.store)
        var parts: [NewJob] = []
        var kept = 0
        for segment in plan.segments {
            let key = keys[segment.index]
            if try await segments.has(key) {
                kept += segment.frames.count
                continue
            }
            let task = SegmentTask(job: job.id, index: segment.index, key: key)
            parts.append(try part("segment\(segment.index)", task, frames: segment.frames.count))
        }
        let reused = plan.segments.count - parts.count
        // A short sound is encoded where the segments are put together.
        for (index, key) in soundKeys.enumerated() where soundKeys.count > 1 {
            if try await segments.has(key) { continue }
            let task = SegmentTask(job: job.id, index: index, key: key, isSound: true)
            parts.append(try part("sound\(index)", task, frames: 0))
        }
        status.change {
            $0.isSpread = true
            $0.framesKept = kept
            $0.progress = Render.Progress(frame: kept, totalFrames: plan.frameCount)
            $0.note(
                "\(plan.segments.count) segments, \(reused) of them kept from other jobs")
        }
        return parts
    }

    private func part(_ name: String, _ task: SegmentTask, frames: Int) throws -> NewJob {
        NewJob(
            id: "\(job.id).\(name)", kind: .segment, caller: job.caller,
            // It is the job's own priority after the split: work in progress comes before waiting jobs.
            priority: Job.Priority(rawValue: job.priority.rawValue + 1) ?? .high,
            payload: String(decoding: try JSONEncoder().encode(task), as: UTF8.self), units: frames)
    }
}

/// The use of the remote renderer.
extension RenderWork {
    /// Returns the cost of a remote render, which occupies a GPU unless its report says otherwise.
    private func cost(of made: RemoteVideo, since begin: ContinuousClock.Instant) -> Generation.Cost {
        if let report = made.report.flatMap({ try? JSONDecoder().decode(Report.self, from: $0) }) {
            return Generation.Cost(report)
        }
        let seconds = begin.duration(to: .now).seconds
        return Generation.Cost(elapsedSeconds: seconds, gpuSeconds: seconds)
    }

    /// Returns the remote renderer, or `nil` if the job must be rendered here; the status contains the reason.
    private func remoteRenderer(_ place: RenderTask.Place) throws(WorkFailure) -> (any RemoteRendering)? {
        if place != .here, let remote = workplace.remote { return remote }
        if place == .remote { throw WorkFailure("remote", "no remote renderer is configured") }
        if place == .auto || status.value.renderer == nil {
            status.change {
                $0.renderer = "local"
                $0.rendererReason = place == .here ? "asked for" : "no remote renderer is configured"
            }
        }
        return nil
    }

    /// Returns the remote renderer's video, or `nil` if the job must be rendered here; the status contains the reason.
    private func rendered(
        by remote: any RemoteRendering, _ fetched: FetchedEdit, _ plan: Plan, _ place: RenderTask.Place,
        in folder: WorkFolder
    ) async throws -> Video? {
        let name = Deliverable.fileName(of: fetched.edit)
        do {
            status.change {
                $0.renderer = "remote"
                $0.rendererReason = place == .auto ? "the remote renderer is well" : "asked for"
            }
            let begin = ContinuousClock.now
            let made = try await remote.render(
                fetched, plan, job: job, folder: folder, to: folder.file(name), status)
            Metric.remoteRenders("completed").increment()
            status.change { $0.cost = cost(of: made, since: begin) }
            var video = Video(
                name: name, report: made.report, bytes: made.bytes, duration: made.duration, frames: made.frames,
                hasPoster: made.hasPoster, isStored: made.isStored)
            if made.report == nil, !made.hasPoster, plan.output.format?.hasVideo != false {
                try await makePoster(of: fetched.edit, plan, in: folder)
                video.hasPoster = true
            }
            return video
        } catch let error as RemoteUnavailable {
            try Task.checkCancellation()
            Metric.remoteRenders("unavailable").increment()
            status.change {
                $0.note("remote: \(error)")
                $0.progress = nil
                $0.encoder = nil
            }
            if place == .remote {
                throw WorkFailure("remote", "the remote renderer failed: \(error)", mayHeal: !error.isFinal)
            }
            status.change {
                $0.renderer = "local"
                $0.rendererReason = "the remote renderer failed: \(error)"
            }
            // Incomplete files from the remote renderer are removed.
            for name in ["poster.jpg", name] {
                try? FileManager.default.removeItem(atPath: folder.file(name))
            }
            return nil
        }
    }
}
