// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Listens on the channel on which scripts say that something has become claimable, and wakes those who wait here.
///
/// One for all who wait: it has a connection and a thread of its own, from the first wait to ``close()``.
final class RedisSubscriber: Sendable {
    private enum Phase { case idle, running, closed }

    private let connection: RedisConnection
    private let channel: String
    private let signal: WakeSignal
    private let phase = Mutex(Phase.idle)
    /// How soon it is noticed that it is to end, and a lost connection is made again.
    private static let pauseMilliseconds: Int32 = 200

    init(_ address: RedisAddress, channel: String, signal: WakeSignal) {
        connection = RedisConnection(address, label: "jobs.redis.wake")
        self.channel = channel
        self.signal = signal
    }

    /// Begins to listen, if that was not begun; waits for the first subscription, or for it to fail.
    func start() async {
        let isFirst = phase.withLock { phase in
            defer { if phase == .idle { phase = .running } }
            return phase == .idle
        }
        guard isFirst else { return }
        try? await connection.perform { [channel] in _ = try $0.send(["SUBSCRIBE", channel]) }
        // Others may have begun to wait meanwhile.
        signal.wake()
        Task { [self] in try? await connection.perform { self.listen($0) } }
    }

    /// Ends listening, which takes a moment.
    func close() async {
        phase.withLock { $0 = .closed }
        // Its turn comes when the loop has ended.
        try? await connection.perform { $0.disconnect() }
    }

    /// Blocks until it is closed.
    private func listen(_ connection: RedisConnection) {
        while phase.withLock({ $0 != .closed }) {
            do {
                if connection.isConnected {
                    guard connection.isReadable(milliseconds: Self.pauseMilliseconds) else { continue }
                    try connection.skipMessages()
                } else {
                    _ = try connection.send(["SUBSCRIBE", channel])
                }
                // Also after a new subscription: something may have been missed.
                signal.wake()
            } catch {
                connection.pause(milliseconds: Self.pauseMilliseconds)
            }
        }
    }
}
