// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The level of a plan's sound, found once for all threads that encode it.
///
/// Thread-safe.
final class SharedLevel: Sendable {
    private enum State {
        case unknown
        case found(Mastering.Result?)
    }

    private let state = Mutex(State.unknown)

    /// Returns the result, which the first caller finds while the others wait; `nil` for silence.
    ///
    /// Blocks.
    func result(_ find: () throws(ComposeError) -> Mastering.Result?) throws(ComposeError) -> Mastering.Result? {
        try state.withLock { (state: inout State) throws(ComposeError) -> Mastering.Result? in
            if case .found(let result) = state { return result }
            let result = try find()
            state = .found(result)
            return result
        }
    }

    /// The result, if it was found; `nil` for silence, too.
    var known: Mastering.Result? {
        state.withLock { state in if case .found(let result) = state { result } else { nil } }
    }
}
