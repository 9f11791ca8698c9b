// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Runs a closure, and cancels it and throws ``StorageError/unavailable(_:)`` if it takes too long.
func withTimeout<Result: Sendable>(
    _ timeout: Duration, on loops: any EventLoopGroup, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let task = Task { try await body() }
    // An event loop's timer costs less than a sleeping task, and this function runs for every buffer.
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
