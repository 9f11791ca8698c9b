// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// A handler of SIGINT, SIGTERM and SIGHUP.
///
/// The first signal cancels, the second ends the process immediately.
final class Signals: Sendable {
    private struct State {
        var count = 0
        var cancel: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    /// Installs the handler, which stays until the process ends.
    init() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // Otherwise the kernel ends the process before the source below receives the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler { self.received(source) }
            source.activate()
        }
    }

    /// Calls `cancel` at the first signal, or immediately if it has already arrived.
    func onFirst(_ cancel: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.cancel = cancel
            return state.count > 0
        }
        if isLate { cancel() }
    }

    /// Makes writing to a closed pipe an error, so that a render can clean up.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    private func received(_ source: any DispatchSourceSignal) {
        let (count, cancel) = state.withLock { state in
            state.count += Int(source.data)
            return (state.count, state.cancel)
        }
        if count > 1 { _exit(Exit.cancelled) }
        cancel?()
    }
}

/// Does work in a task that a signal cancels.
func untilSignal<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let signals = Signals()
    let task = Task { try await work() }
    signals.onFirst { task.cancel() }
    return try await task.value
}
