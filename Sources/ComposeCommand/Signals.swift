// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// The signals that ask for an end, SIGINT, SIGTERM and SIGHUP: the first one cancels, the second one ends the process at once.
final class Signals: Sendable {
    private struct State {
        var count = 0
        var cancel: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    /// Takes the signals, from now on until the process ends.
    init() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // Else the kernel ends the process before the source below hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler { self.received(source) }
            source.activate()
        }
    }

    /// Calls `cancel` at the first signal, or now if there has been one.
    func onFirst(_ cancel: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.cancel = cancel
            return state.count > 0
        }
        if isLate { cancel() }
    }

    /// Writing to a closed pipe becomes an error, so that a render can clean up.
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
