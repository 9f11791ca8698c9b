// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A plan's segments in order, taken from a store or encoded, several at once.
///
/// A segment does not depend on which worker makes it, or when. Segments are begun in order, but none while many
/// finished ones wait: then the next segment in order, or the sound, is slow.
// unchecked: all mutable state is guarded by `condition`
final class SegmentQueue: SegmentSource, @unchecked Sendable {
    private let condition = NSCondition()
    private let plan: Plan
    private let segments: [Segment]
    private let encoder: SegmentEncoder
    private let kept: KeptSegments?
    private let workers: Int
    private var finished: [Int: EncodedSegment] = [:]
    /// The bytes of the finished segments.
    private var waiting = 0
    private var nextToBegin = 0
    private var nextToTake = 0
    private var failure: (segment: Int, error: ComposeError)?
    private var isClosed = false
    /// The number of threads that have not ended.
    private var running: Int
    private var tally = SegmentCounts()

    /// The maximum bytes of waiting segments per worker: five minutes of content that changes little, on two cores.
    static let room = 16 << 20

    /// Creates a queue and starts making all segments.
    ///
    /// `kept` is the store that is searched for segments and receives new ones.
    init(_ plan: Plan, encoder: SegmentEncoder, workers: Int, kept: KeptSegments?) {
        precondition(workers > 0)
        self.plan = plan
        self.encoder = encoder
        self.workers = workers
        self.kept = kept
        segments = plan.segments
        running = min(workers, segments.count)
        for _ in 0..<min(workers, segments.count) {
            startThread("compose.segments") { [self] in work() }
        }
    }

    func next() throws(ComposeError) -> EncodedSegment? {
        condition.lock()
        defer { condition.unlock() }
        let end = Date(timeIntervalSinceNow: 0.1)
        while true {
            if let segment = finished.removeValue(forKey: nextToTake) {
                nextToTake += 1
                waiting -= segment.memory
                condition.broadcast()
                return segment
            }
            if let failure, failure.segment <= nextToTake { throw failure.error }
            guard condition.wait(until: end) else { return nil }
        }
    }

    var counts: SegmentCounts {
        condition.lock()
        defer { condition.unlock() }
        return tally
    }

    /// Stops the threads and waits for them, so that no work outlives the render, but not for an unresponsive store.
    func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        finished = [:]
        condition.broadcast()
        let end = Date(timeIntervalSinceNow: 2)
        while running > 0, condition.wait(until: end) {}
    }

    private func work() {
        defer {
            condition.lock()
            running -= 1
            condition.broadcast()
            condition.unlock()
        }
        while let index = begin() {
            let result: Result<EncodedSegment?, ComposeError>
            do throws(ComposeError) { result = .success(try make(segments[index])) } catch { result = .failure(error) }
            condition.lock()
            switch result {
            case .success(let segment):
                if !isClosed {
                    finished[index] = segment
                    waiting += segment?.memory ?? 0
                }
            case .failure(let error): if index < failure?.segment ?? .max { failure = (index, error) }
            }
            condition.broadcast()
            condition.unlock()
        }
    }

    private func begin() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        while !isClosed, failure == nil, nextToBegin < segments.count, waiting >= workers * Self.room {
            condition.wait()
        }
        guard !isClosed, failure == nil, nextToBegin < segments.count else { return nil }
        defer { nextToBegin += 1 }
        return nextToBegin
    }

    private func passed(_ frames: Int, reused: Bool = false) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        tally.frames += frames
        if reused {
            tally.reusedFrames += frames
            tally.reused += 1
        }
        return !isClosed
    }

    private func make(_ segment: Segment) throws(ComposeError) -> EncodedSegment? {
        let part = plan.part(segment)
        guard let kept else { return try encoder.encode(part) { passed(1) } }
        let key = try plan.key(of: part, encoder.encoding, kept.identity)
        let found = kept.read(key) { bytes throws(LibavError) -> EncodedSegment? in
            guard case .whole(let found) = try EncodedSegment.read(bytes, as: key, frames: part.frameCount) else {
                return nil
            }
            return found
        }
        if let found {
            _ = passed(part.frameCount, reused: true)
            return found
        }
        guard let made = try encoder.encode(part, passed: { passed(1) }) else { return nil }
        kept.keep(key) { () throws(LibavError) in try made.serialized(as: key) }
        return made
    }
}
