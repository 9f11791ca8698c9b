// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue
import ObjectStorage

/// Encodes one segment of a job that was spread, and stores it under its key.
struct SegmentWork: Sendable {
    let workplace: Workplace
    let job: Job

    func run() async throws -> WorkOutcome {
        let task = try JSONDecoder().decode(SegmentTask.self, from: Data(job.payload.utf8))
        guard let whole = try await workplace.queue.job(task.job) else {
            throw WorkFailure("lost", "the job \(task.job), which this is a part of, is gone")
        }
        let render = try JSONDecoder().decode(RenderTask.self, from: Data(whole.payload.utf8))
        let segments = StoredSegments(store: workplace.store)
        // Another job may have needed the same one.
        if try await segments.has(task.key) { return .completed }
        return try await workplace.withFolder(for: job.id) { folder in
            var edit = try Edit(json: render.edit)
            edit.output.video.encoder = .software
            let plan = try await workplace.plan(edit, of: whole.caller, in: folder).plan
            let renderer = workplace.renderer()
            let keys = try await renderer.segmentKeys(of: plan)
            guard keys.indices.contains(task.index), keys[task.index] == task.key else {
                // Another build of FFmpeg or Compose would make another segment, which fits none of the others.
                throw WorkFailure(
                    "mismatch", "this worker would make another segment: its media, FFmpeg or Compose are not the same",
                    mayHeal: true)
            }
            // One for each core, but no more than memory is for.
            let bytes = try await workplace.gate.pass(bytes: plan.segmentMemory) {
                try await renderer.renderSegment(task.index, of: plan)
            }
            try await segments.put(task.key, bytes)
            return .completed
        }
    }
}
