// SPDX-License-Identifier: Apache-2.0

internal import DatabaseAccess
internal import Synchronization

/// A subscriber to the channel on which scripts announce available jobs, which wakes the waiting tasks.
///
/// All waiting tasks share it. It uses its own connection and thread from the first wait until ``close()``.
final class RedisSubscriber: Sendable {
    private enum Phase { case idle, running, closed }

    private let connection: RedisConnection
    private let channel: String
    private let signal: WakeSignal
    private let phase = Mutex(Phase.idle)
    /// The interval at which it checks whether it was closed and reopens a lost connection.
    private static let pauseMilliseconds: Int32 = 200

    init(_ address: RedisAddress, channel: String, signal: WakeSignal) {
        connection = RedisConnection(address, label: "jobs.redis.wake")
        self.channel = channel
        self.signal = signal
    }

    /// Starts to listen if it has not started yet, and waits until the first subscription succeeds or fails.
    func start() async {
        let isFirst = phase.withLock { phase in
            defer { if phase == .idle { phase = .running } }
            return phase == .idle
        }
        guard isFirst else { return }
        try? await connection.perform { [channel] in _ = try $0.send(["SUBSCRIBE", channel]) }
        // Other tasks may have started to wait in the meantime.
        signal.wake()
        Task { [self] in try? await connection.perform { self.listen($0) } }
    }

    /// Stops listening, which takes a moment.
    func close() async {
        phase.withLock { $0 = .closed }
        // This runs after the loop has ended.
        try? await connection.perform { $0.disconnect() }
    }

    /// Listens until the subscriber is closed; blocks.
    private func listen(_ connection: RedisConnection) {
        while phase.withLock({ $0 != .closed }) {
            do {
                if connection.isConnected {
                    guard connection.isReadable(milliseconds: Self.pauseMilliseconds) else { continue }
                    try connection.skipMessages()
                } else {
                    _ = try connection.send(["SUBSCRIBE", channel])
                }
                // This also runs after a new subscription, since a message may have been missed.
                signal.wake()
            } catch {
                connection.pause(milliseconds: Self.pauseMilliseconds)
            }
        }
    }
}
