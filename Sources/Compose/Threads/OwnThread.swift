// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// Starts a thread for blocking work, so that Swift's cooperative threads never wait for a disk or a codec.
///
/// `name` is what debuggers and profilers show.
func startThread(_ name: String, _ work: @escaping @Sendable () -> Void) {
    let thread = Thread {
        Library.ownThread()
        work()
    }
    thread.name = name
    thread.stackSize = 4 << 20
    thread.start()
}

/// Runs blocking work on a thread of its own, and returns its result or throws its error.
func onOwnThread<Value: Sendable>(
    _ name: String, _ work: @escaping @Sendable () throws(ComposeError) -> Value
) async throws(ComposeError) -> Value {
    let result: Result<Value, ComposeError> = await onOwnThread(name) {
        do throws(ComposeError) { return .success(try work()) } catch { return .failure(error) }
    }
    return try result.get()
}

/// Runs blocking work on a thread of its own and returns its result.
func onOwnThread<Result: Sendable>(_ name: String, _ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        startThread(name) { continuation.resume(returning: work()) }
    }
}
