// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How many videos this process encodes on NVIDIA's processors at once.
///
/// Drivers for consumer boards allow a few per system; where that is reached, `automatic` goes on with the next encoder. A service
/// that shares a board with others can keep to a number of its own. Thread-safe.
public enum NVENCSessions {
    private static let state = Mutex<(open: Int, limit: Int?)>((0, nil))

    /// The most at once in this process; `nil`, the default, leaves it to the driver.
    public static var limit: Int? {
        get { state.withLock { $0.limit } }
        set { state.withLock { $0.limit = newValue } }
    }

    /// How many there are.
    public static var open: Int { state.withLock { $0.open } }

    /// One that lasts as long as it is held; throws where the limit is reached.
    static func begin() throws(EncoderReason) -> Session {
        let full: Int? = state.withLock { state in
            if let limit = state.limit, state.open >= limit { return state.open }
            state.open += 1
            return nil
        }
        if let full { throw .sessionLimit(detail: "\(full) are open in this process, as many as were allowed") }
        return Session()
    }

    package final class Session: Sendable {
        deinit { NVENCSessions.state.withLock { $0.open -= 1 } }
    }
}
