// SPDX-License-Identifier: Apache-2.0
internal import Libav

/// The number of videos this process encodes on NVIDIA GPUs at once.
///
/// Drivers for consumer boards allow a few sessions per system; beyond that, `automatic` continues with the next
/// encoder. A service that shares a board with others can set a limit of its own. Thread-safe.
public enum NVENCSessions {
    private static let state = Locked<(open: Int, limit: Int?)>((0, nil))

    /// The maximum number of sessions in this process; `nil`, the default, leaves it to the driver.
    public static var limit: Int? {
        get { state.withLock { $0.limit } }
        set { state.withLock { $0.limit = newValue } }
    }

    /// The number of open sessions.
    public static var open: Int { state.withLock { $0.open } }

    /// Returns a session that ends when it is released; throws if the limit is reached.
    static func begin() throws(EncoderReason) -> Session {
        let full: Int? = state.withLock { state in
            if let limit = state.limit, state.open >= limit { return state.open }
            state.open += 1
            return nil
        }
        if let full { throw .sessionLimit(detail: "\(full) are open in this process, which is the limit that was set") }
        return Session()
    }

    package final class Session: Sendable {
        deinit { NVENCSessions.state.withLock { $0.open -= 1 } }
    }
}
