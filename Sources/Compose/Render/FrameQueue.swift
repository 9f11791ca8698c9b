// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A plan's frames in order, composed on threads of their own while the ones before are encoded.
///
/// Each worker takes the next frame that nobody has begun. What a frame looks like depends on the plan and its index alone, so
/// the number of workers changes nothing but the time. Never more frames are begun and not yet taken than there are workers:
/// one that waits is enough to keep both sides busy, and each costs a picture's memory.
final class FrameQueue: @unchecked Sendable {  // unchecked: all mutable state is guarded by `condition`
    private let condition = NSCondition()
    private let plan: Plan
    private let stills: StillStore
    private let workers: Int
    /// Composed frames that wait for their turn.
    private var finished: [Int: Frame] = [:]
    private var inWork: Set<Int> = []
    private var nextToBegin = 0
    private var nextToTake = 0
    private var failure: (frame: Int, error: ComposeError)?
    private var isClosed = false

    /// Starts to compose all frames.
    init(_ plan: Plan, workers: Int = 1, pool: StillPool? = nil) {
        precondition(workers > 0)
        self.plan = plan
        self.workers = workers
        stills = StillStore(plan, from: 0, pool: pool)
        for _ in 0..<min(workers, plan.frameCount) {
            let thread = Thread { [self] in work() }
            thread.name = "compose.frames"
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// The next frame.
    ///
    /// Blocks until it is there; throws what kept it from being composed. To be called as often as there are frames.
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

    /// Ends the threads; nothing may be asked for afterwards.
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
            // No frame to blame: none that is still to come can be had.
            condition.lock()
            failure = (0, error)
            condition.broadcast()
            condition.unlock()
        }
    }

    /// The next frame to compose, once there is room for it; `nil` when there is nothing left to do.
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
