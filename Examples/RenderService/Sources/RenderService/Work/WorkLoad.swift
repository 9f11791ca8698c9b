// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Synchronization

/// The load of a worker: renders fill it, segments use one core each, and callbacks mostly wait.
final class WorkLoad: Sendable {
    private struct Counts {
        var renders = 0
        var segments = 0
        var callbacks = 0
    }
    private let counts = Mutex(Counts())
    private let renders: Int
    private let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
    private let room: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(renders: Int) {
        self.renders = max(1, renders)
        (room, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var isEmpty: Bool { counts.withLock { $0.renders + $0.segments + $0.callbacks == 0 } }

    var isFull: Bool {
        counts.withLock {
            Double($0.renders) / Double(renders) + Double($0.segments) / Double(cores) >= 0.999 || $0.callbacks >= 32
        }
    }

    func begin(_ kind: Job.Kind) { change(kind, by: 1) }

    func end(_ kind: Job.Kind) {
        change(kind, by: -1)
        signal.yield()
    }

    private func change(_ kind: Job.Kind, by number: Int) {
        counts.withLock {
            switch kind {
            case .render: $0.renders += number
            case .segment: $0.segments += number
            case .callback: $0.callbacks += number
            }
        }
    }

    /// Waits until a job has ended since the last call, or until the task is cancelled.
    func waitForRoom() async {
        for await _ in room { return }
    }
}
