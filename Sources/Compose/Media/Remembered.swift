// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Values that were worked out before, by what they were worked out from.
///
/// Services meet the same files again and again. When there are too many values, all are forgotten. Thread-safe.
final class Remembered<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let known = Locked<[Key: Value]>([:])
    private let most: Int

    /// Creates an empty memory for at most `most` values.
    init(most: Int) { self.most = most }

    /// Returns the value of a key, which is made if it is not known, perhaps by several threads at once.
    func value<Failure>(for key: Key, _ make: () throws(Failure) -> Value) throws(Failure) -> Value {
        if let value = known.withLock({ $0[key] }) { return value }
        let value = try make()
        known.withLock {
            if $0.count >= most { $0.removeAll() }
            $0[key] = value
        }
        return value
    }
}
