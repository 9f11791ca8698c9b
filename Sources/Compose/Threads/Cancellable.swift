// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Does work on a thread of its own, which is told when the task is cancelled.
func cancellable<Value: Sendable>(
    _ name: String,
    _ work: @escaping @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) throws(ComposeError) -> Value
) async throws(ComposeError) -> Value {
    let flag = Flag()
    let result: Result<Value, ComposeError> = await withTaskCancellationHandler {
        await onOwnThread(name) {
            do throws(ComposeError) { return .success(try work { flag.isSet }) } catch { return .failure(error) }
        }
    } onCancel: {
        flag.set()
    }
    return try result.get()
}

/// A flag that can be set once.
private final class Flag: Sendable {
    private let value = Locked(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}
