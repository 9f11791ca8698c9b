// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A circuit breaker, which stops the use of a failing service for a while and then allows a single attempt.
///
/// It is thread-safe.
final class CircuitBreaker: Sendable {
    private struct State {
        var failures = 0
        var openUntil: ContinuousClock.Instant?
    }
    private let state = Mutex(State())
    private let threshold: Int
    private let pause: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Creates a breaker that opens for `pause` after `threshold` failures in a row.
    ///
    /// After the pause, every further failure opens it again until an attempt succeeds.
    init(
        threshold: Int = 3, pause: Duration = .seconds(30),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.threshold = threshold
        self.pause = pause
        self.now = now
    }

    /// Returns whether an attempt is allowed; after a pause, only the first caller may make one.
    func mayTry() -> Bool {
        state.withLock { state in
            guard let until = state.openUntil else { return true }
            guard now() >= until else { return false }
            // Other callers wait for the result of this attempt.
            state.openUntil = now() + pause
            return true
        }
    }

    /// Whether attempts are currently blocked.
    var isOpen: Bool { state.withLock { state in state.openUntil.map { now() < $0 } ?? false } }

    func succeeded() { state.withLock { $0 = State() } }

    func failed() {
        state.withLock { state in
            state.failures += 1
            if state.failures >= threshold { state.openUntil = now() + pause }
        }
    }
}
