// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import JobQueue
import Logging
import ServiceLifecycle
import Synchronization

/// A writer of the records of jobs that were just submitted, behind the requests that submit them.
///
/// What is waiting here is lost if the process dies. The record is then made when the job is begun or ends, by a job of
/// the queue, which nothing loses.
final class RecordWriter: Service, CustomStringConvertible {
    /// The name in the lifecycle's logs.
    let description = "RecordWriter"
    private let records: Records
    private let logger: Logger
    private let waiting = Mutex(Waiting())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    /// The maximum size of the edits that wait; beyond it, records are made when their jobs are begun.
    private static let maximumBytes = 64 << 20
    private static let batch = 200

    private struct Waiting {
        var records: [Generation] = []
        var bytes = 0
    }

    init(_ records: Records, logger: Logger) {
        self.records = records
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Has the record of a job written soon, and returns immediately.
    func note(_ job: Job) {
        guard let record = Generation(job) else { return }
        let isTaken = waiting.withLock { waiting in
            guard waiting.bytes + record.edit.utf8.count <= Self.maximumBytes else { return false }
            waiting.records.append(record)
            waiting.bytes += record.edit.utf8.count
            return true
        }
        if isTaken { signal.yield() }
    }

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            while await !writeSome(), !Task.isShuttingDownGracefully {
                try? await Task.sleep(for: .seconds(1))
            }
        }
        _ = await writeSome()
    }

    /// Writes all that waits, and returns whether that succeeded.
    private func writeSome() async -> Bool {
        while true {
            let some = waiting.withLock { Array($0.records.prefix(Self.batch)) }
            guard !some.isEmpty else { return true }
            do { try await records.save(some) } catch ArchiveError.unavailable(let reason) {
                logger.debug("records cannot be written yet", metadata: ["error": "\(reason)"])
                return false
            } catch {
                logger.warning("records cannot be written", metadata: ["error": "\(error)"])
            }
            waiting.withLock { waiting in
                waiting.records.removeFirst(some.count)
                waiting.bytes -= some.reduce(0) { $0 + $1.edit.utf8.count }
            }
        }
    }
}
