// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A plan's segments in order, taken from a store or encoded, several at once.
///
/// A segment does not depend on which worker makes it, or when. None is begun while many finished ones wait: then the
/// next segment in order, or the sound, is slow.
final class SegmentQueue: SegmentSource {
    private let queue: OrderedQueue<EncodedSegment>
    private let tally: Tally

    /// Creates a queue and starts making all segments.
    ///
    /// `kept` is the store that is searched for segments and receives new ones; `remarks` takes what is wrong with files.
    init(
        _ plan: Plan, encoder: SegmentEncoder, workers: Int, kept: KeptSegments?, remarks: MediaRemarks? = nil
    ) {
        let tally = Tally()
        let segments = plan.segments
        let rack = Rack(plan, parts: segments.map(\.frames), remarks: remarks)
        self.tally = tally
        queue = OrderedQueue(
            "compose.segments", count: segments.count, workers: workers, room: workers * Plan.segmentRoom,
            weight: \.memory
        ) { queue in
            Encoding(
                plan: plan, segments: segments, encoder: encoder, rack: rack, kept: kept, tally: tally,
                isClosed: { queue.isClosed })
        }
    }

    func next() throws(ComposeError) -> EncodedSegment? {
        guard case .element(let segment) = try queue.next(within: 0.1) else { return nil }
        return segment
    }

    var counts: SegmentCounts { tally.counts.withLock { $0 } }

    /// Stops the threads and waits for them, so that no work outlives the render, but not for an unresponsive store.
    func close() { queue.close(within: 2) }

    /// The progress of all threads.
    private final class Tally: Sendable {
        let counts = Locked(SegmentCounts())
    }

    private struct Encoding: OrderedWork {
        let plan: Plan
        let segments: [Segment]
        let encoder: SegmentEncoder
        let rack: Rack
        let kept: KeptSegments?
        let tally: Tally
        let isClosed: () -> Bool

        func make(_ index: Int) throws(ComposeError) -> EncodedSegment? {
            let segment = segments[index]
            defer { rack.passed(segment.frames) }
            let part = plan.part(segment)
            guard let kept else { return try encode(part, of: segment) }
            let key = try plan.key(of: part, encoder.encoding, kept.identity)
            let found = kept.read(key) { bytes throws(LibavError) -> EncodedSegment? in
                guard case .whole(let found) = try EncodedSegment.read(bytes, as: key, frames: part.frameCount) else {
                    return nil
                }
                return found
            }
            if let found {
                tally.counts.withLock { counts in
                    counts.frames += part.frameCount
                    counts.reusedFrames += part.frameCount
                    counts.reused += 1
                }
                return found
            }
            guard let made = try encode(part, of: segment) else { return nil }
            kept.keep(key) { () throws(LibavError) in try made.serialized(as: key) }
            return made
        }

        private func encode(_ part: Plan, of segment: Segment) throws(ComposeError) -> EncodedSegment? {
            try encoder.encode(part, from: rack, offset: segment.frames.lowerBound, isCancelled: isClosed) {
                tally.counts.withLock { $0.frames += 1 }
            }
        }
    }
}
