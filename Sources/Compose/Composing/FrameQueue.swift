// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A plan's frames in order, composed on separate threads while earlier ones are encoded.
///
/// A frame depends only on the plan and its index, so the number of workers affects only the time. The frames begun and
/// not yet taken never exceed the workers: one waiting frame is enough to keep both sides busy, and each takes a
/// picture's memory.
struct FrameQueue {
    private let queue: OrderedQueue<Frame>
    private let pictures: PictureSchedule

    /// Creates a queue and starts composing all frames, which are those from `offset` on of the rack's plan.
    init(_ plan: Plan, workers: Int = 1, rack: Rack? = nil, offset: Int = 0, remarks: MediaRemarks? = nil) {
        let pictures = PictureSchedule(plan, rack: rack ?? Rack(plan, remarks: remarks), offset: offset)
        self.pictures = pictures
        queue = OrderedQueue(
            "compose.frames", count: plan.frameCount, workers: workers, ahead: workers,
            progressed: { pictures.advance(to: $0) }
        ) { _ throws(ComposeError) in
            Composing(composer: try FrameComposer(plan, pictures))
        }
    }

    private struct Composing: OrderedWork {
        let composer: FrameComposer
        func make(_ index: Int) throws(ComposeError) -> Frame? { try composer.frame(at: index) }
    }

    /// Returns the next frame.
    ///
    /// Blocks until it is composed; throws if it could not be. Call it as often as there are frames.
    func next() throws(ComposeError) -> Frame {
        guard case .element(let frame) = try queue.next() else { preconditionFailure("the plan has no more frames") }
        return frame
    }

    /// Ends the threads; the queue must not be used afterwards.
    func close() {
        queue.close()
        pictures.close()
    }
}
