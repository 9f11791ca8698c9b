// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Runs something and cancels it when it takes too long; that is ``StorageError/unavailable(_:)``.
func withTimeout<Result: Sendable>(
    _ timeout: Duration, on loops: any EventLoopGroup, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let task = Task { try await body() }
    // A loop's timer costs less than a task that sleeps, and this is done for every piece.
    let timer = loops.any().scheduleTask(in: TimeAmount(timeout)) { task.cancel() }
    defer { timer.cancel() }
    do {
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    } catch {
        if task.isCancelled, !Task.isCancelled { throw StorageError.unavailable("nothing came for \(timeout)") }
        throw error
    }
}
