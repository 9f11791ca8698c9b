// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A plan's frames in order, composed on separate threads while earlier ones are encoded.
///
/// Each worker takes the next frame that is not begun. A frame depends only on the plan and its index, so the number of
/// workers affects only the time. The frames begun and not yet taken never exceed the workers: one waiting frame is
/// enough to keep both sides busy, and each takes a picture's memory.
final class FrameQueue: @unchecked Sendable {  // unchecked: all mutable state is guarded by `condition`
    private let condition = NSCondition()
    private let plan: Plan
    private let stills: StillStore
    private let workers: Int
    /// The composed frames that wait for their turn.
    private var finished: [Int: Frame] = [:]
    private var inWork: Set<Int> = []
    private var nextToBegin = 0
    private var nextToTake = 0
    private var failure: (frame: Int, error: ComposeError)?
    private var isClosed = false

    /// Creates a queue and starts composing all frames.
    init(_ plan: Plan, workers: Int = 1, pool: StillPool? = nil) {
        precondition(workers > 0)
        self.plan = plan
        self.workers = workers
        stills = StillStore(plan, from: 0, pool: pool)
        for _ in 0..<min(workers, plan.frameCount) {
            startThread("compose.frames") { [self] in work() }
        }
    }

    /// Returns the next frame.
    ///
    /// Blocks until it is composed; throws if it could not be. Call it as often as there are frames.
    func next() throws(ComposeError) -> Frame {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let frame = finished.removeValue(forKey: nextToTake) {
                nextToTake += 1
                condition.broadcast()
                return frame
            }
            if let failure, failure.frame <= nextToTake { throw failure.error }
            condition.wait()
        }
    }

    /// Ends the threads; the queue must not be used afterwards.
    func close() {
        condition.lock()
        isClosed = true
        finished = [:]
        condition.broadcast()
        condition.unlock()
        stills.close()
    }

    private func work() {
        do throws(ComposeError) {
            let composer = try FrameComposer(plan, stills: stills)
            while let index = begin() {
                do throws(ComposeError) {
                    finish(index, .success(try composer.frame(at: index)))
                } catch {
                    finish(index, .failure(error))
                }
            }
        } catch {
            // The error concerns no particular frame, so all remaining ones fail.
            condition.lock()
            failure = (0, error)
            condition.broadcast()
            condition.unlock()
        }
    }

    /// Waits for room and returns the next frame to compose; `nil` if there is nothing left to do.
    private func begin() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        while !isClosed, failure == nil, nextToBegin < plan.frameCount, nextToBegin - nextToTake >= workers {
            condition.wait()
        }
        guard !isClosed, failure == nil, nextToBegin < plan.frameCount else { return nil }
        let index = nextToBegin
        nextToBegin += 1
        inWork.insert(index)
        stills.advance(to: inWork.min() ?? index)
        return index
    }

    private func finish(_ index: Int, _ result: Result<Frame, ComposeError>) {
        condition.lock()
        defer { condition.unlock() }
        inWork.remove(index)
        stills.advance(to: inWork.min() ?? nextToBegin)
        switch result {
        case .success(let frame): if !isClosed { finished[index] = frame }
        case .failure(let error): if index < failure?.frame ?? .max { failure = (index, error) }
        }
        condition.broadcast()
    }
}
