// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Why a queue did not do what it was asked.
public enum QueueError: Error, Sendable, Hashable, CustomStringConvertible, LocalizedError {
    /// The store cannot be reached, or cannot work now; the same call may succeed later.
    case unavailable(String)
    /// What was asked for can never be done.
    case invalid(String)

    /// What went wrong, and what to do about it.
    public var description: String {
        switch self {
        case .unavailable(let why), .invalid(let why): why
        }
    }

    /// The same, for those who print errors.
    public var errorDescription: String? { description }
}
