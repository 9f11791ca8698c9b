// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation
import JobQueue
import ObjectStorage

/// The handler of segment jobs, which use one core each.
struct SegmentHandler: JobHandler {
    let workplace: Workplace
    let kind = Job.Kind.segment

    var limits: JobLimits {
        let configuration = workplace.configuration
        return JobLimits(
            attempts: configuration.maxAttempts, seconds: configuration.limits.renderSeconds,
            concurrency: max(1, ProcessInfo.processInfo.activeProcessorCount))
    }

    func run(_ job: Job, _ status: StatusBox) async throws -> WorkOutcome {
        try await SegmentWork(workplace: workplace, job: job, status: status).run()
    }
}

/// The work of a segment job, which encodes one segment of a split job, or a chunk of its sound, and stores it under its key.
struct SegmentWork: Sendable {
    let workplace: Workplace
    let job: Job
    let status: StatusBox

    /// The approximate memory for encoding a chunk of sound, in bytes.
    private static let soundMemory = 32 << 20

    func run() async throws -> WorkOutcome {
        let task = try JSONDecoder().decode(SegmentTask.self, from: Data(job.payload.utf8))
        guard let whole = try await workplace.queue.job(task.job) else {
            throw WorkFailure("lost", "the job \(task.job), which this is a part of, is gone")
        }
        let render = try JSONDecoder().decode(RenderTask.self, from: Data(whole.payload.utf8))
        let segments = StoredSegments(store: workplace.store)
        // Another job may have stored the same segment.
        if try await segments.has(task.key) { return .completed }
        let inputs = try await JobInputs(of: whole, in: workplace.queue)
        return try await workplace.withFolder(for: job.id) { folder in
            var edit = try Edit(json: render.edit)
            edit.output.video.encoder = .software
            let plan = try await workplace.plan(edit, of: whole.caller, with: inputs, in: folder).plan
            let renderer = workplace.renderer()
            let isSound = task.isSound == true
            let keys = try await isSound ? renderer.soundKeys(of: plan) : renderer.segmentKeys(of: plan)
            guard keys.indices.contains(task.index), keys[task.index] == task.key else {
                // A different build of FFmpeg or Compose would encode a segment that does not fit the others.
                throw WorkFailure(
                    "mismatch", "this worker would make another segment: its media, FFmpeg or Compose are not the same",
                    mayHeal: true)
            }
            // One segment is encoded per core, within the memory limit.
            let bytes = try await workplace.gate.pass(bytes: isSound ? Self.soundMemory : plan.segmentMemory) {
                let begin = ContinuousClock.now
                let bytes =
                    try await isSound
                    ? renderer.renderSound(task.index, of: plan) : renderer.renderSegment(task.index, of: plan)
                let seconds = begin.duration(to: .now).seconds
                status.change { $0.cost = Generation.Cost(elapsedSeconds: seconds, cpuSeconds: seconds) }
                return bytes
            }
            try await segments.put(task.key, bytes)
            return .completed
        }
    }
}
