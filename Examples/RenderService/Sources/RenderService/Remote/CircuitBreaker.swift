// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keeps away from something that fails: after a few failures in a row it is left alone for a while, and then tried once.
///
/// Thread-safe.
final class CircuitBreaker: Sendable {
    private struct State {
        var failures = 0
        var openUntil: ContinuousClock.Instant?
    }
    private let state = Mutex(State())
    private let threshold: Int
    private let pause: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Left alone for `pause` after `threshold` failures in a row, and again after each failed try that follows.
    init(
        threshold: Int = 3, pause: Duration = .seconds(30),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.threshold = threshold
        self.pause = pause
        self.now = now
    }

    /// Whether it may be tried; of those who ask after a pause, one may.
    func mayTry() -> Bool {
        state.withLock { state in
            guard let until = state.openUntil else { return true }
            guard now() >= until else { return false }
            // Others wait for what this try finds out.
            state.openUntil = now() + pause
            return true
        }
    }

    /// Whether it is left alone at the moment.
    var isOpen: Bool { state.withLock { state in state.openUntil.map { now() < $0 } ?? false } }

    func succeeded() { state.withLock { $0 = State() } }

    func failed() {
        state.withLock { state in
            state.failures += 1
            if state.failures >= threshold { state.openUntil = now() + pause }
        }
    }
}
