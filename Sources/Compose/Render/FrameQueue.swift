// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A plan's frames in order, composed on a thread of its own while the ones before are encoded.
///
/// Never more than `depth` ahead.
final class FrameQueue: @unchecked Sendable {  // unchecked: all mutable state is guarded by `condition`
    private let condition = NSCondition()
    private let depth: Int
    private var frames: [Frame] = []
    private var failure: ComposeError?
    private var isClosed = false

    /// Starts to compose.
    ///
    /// One frame waiting is enough to keep both sides busy; each costs a picture's memory.
    init(_ plan: Plan, depth: Int = 1) {
        self.depth = depth
        let thread = Thread { [self] in
            let stills = StillStore(plan)
            defer { stills.close() }
            do throws(ComposeError) {
                let composer = try Composer(plan, stills: stills)
                for index in 0..<plan.frameCount {
                    guard waitForRoom() else { return }
                    append(try composer.frame(at: index))
                }
            } catch {
                fail(error)
            }
        }
        thread.name = "compose.frames"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// The next frame.
    ///
    /// Blocks until it is there; throws what kept it from being composed. To be called as often as there are frames.
    func next() throws(ComposeError) -> Frame {
        condition.lock()
        defer { condition.unlock() }
        while frames.isEmpty {
            if let failure { throw failure }
            condition.wait()
        }
        let frame = frames.removeFirst()
        condition.signal()
        return frame
    }

    /// Ends the thread; nothing may be asked for afterwards.
    func close() {
        condition.lock()
        isClosed = true
        frames = []
        condition.broadcast()
        condition.unlock()
    }

    private func waitForRoom() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while frames.count >= depth, !isClosed { condition.wait() }
        return !isClosed
    }

    private func append(_ frame: Frame) {
        condition.lock()
        if !isClosed { frames.append(frame) }
        condition.signal()
        condition.unlock()
    }

    private func fail(_ error: ComposeError) {
        condition.lock()
        failure = error
        condition.signal()
        condition.unlock()
    }
}
