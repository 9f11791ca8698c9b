// SPDX-License-Identifier: Apache-2.0

import JobQueue
import Synchronization

/// The load of one lane of a process, to which each job adds its share of what its kind may run at the same time.
final class WorkLoad: Sendable {
    private let counts = Mutex<[Job.Kind: Int]>([:])
    private let handlers: JobHandlers
    private let room: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(_ handlers: JobHandlers) {
        self.handlers = handlers
        (room, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var isEmpty: Bool { counts.withLock { $0.values.allSatisfy { $0 == 0 } } }

    var isFull: Bool {
        counts.withLock { counts in
            let load = counts.reduce(0) { $0 + Double($1.value) / Double(handlers[$1.key]?.limits.concurrency ?? 1) }
            // Thirds do not add up to exactly one.
            return load >= 0.999
        }
    }

    func begin(_ kind: Job.Kind) { counts.withLock { $0[kind, default: 0] += 1 } }

    func end(_ kind: Job.Kind) {
        counts.withLock { $0[kind, default: 0] -= 1 }
        signal.yield()
    }

    /// Waits until a job has ended since the last call, or until the task is cancelled.
    func waitForRoom() async {
        for await _ in room { return }
    }
}
