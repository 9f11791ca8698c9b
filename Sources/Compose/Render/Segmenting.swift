// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav
internal import Logging

/// A renderer's settings for segments: how many are encoded at once, and where they are stored.
struct Segmenting: Sendable {
    var workers: Int?
    var maxMemory: Int
    var store: (any SegmentStore)?
    var identity: MediaIdentity

    /// Returns the access to the store; `nil` if there is none.
    func kept(_ logger: Logger) -> KeptSegments? {
        store.map { KeptSegments(store: $0, identity: identity, logger: logger) }
    }

    /// Returns the number of segments to encode at once, limited by cores and by memory.
    func workers(for plan: Plan) -> Int {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let wanted = workers ?? max(1, cores / plan.encoderThreads)
        return max(1, min(wanted, maxMemory / max(plan.segmentMemory, 1), plan.segmentFrames.count))
    }

    /// Returns the number of threads that compose the frames of a segment, limited by cores and by memory.
    ///
    /// It is more than one where there are fewer segments than cores, which else wait for one to decode and compose. More than
    /// four would hold many pictures for nothing.
    func composers(for plan: Plan) -> Int {
        let cores = workers ?? ProcessInfo.processInfo.activeProcessorCount
        let segments = max(1, plan.segmentFrames.count)
        return max(1, min(cores / segments, maxMemory / max(plan.segmentMemory, 1) / segments, 4))
    }

    /// Returns the number of chunks of sound to encode at once, each of which takes little memory.
    func soundWorkers(for plan: Plan) -> Int {
        max(1, min(workers ?? ProcessInfo.processInfo.activeProcessorCount, plan.soundChunks.count))
    }
}
