// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// An error thrown by a job queue.
public enum QueueError: Error, Sendable, Hashable, CustomStringConvertible, LocalizedError {
    /// The database cannot be reached or used at the moment; the same call may succeed later.
    case unavailable(String)
    /// The request can never succeed.
    case invalid(String)
    /// The job cannot follow the one of this name, which there is not among its caller's.
    case unknownJob(String)

    /// The error message, with a suggested fix.
    public var description: String {
        switch self {
        case .unavailable(let why), .invalid(let why): why
        case .unknownJob(let name):
            "There is no job \(name.prefix(200).debugDescription) of yours to follow; submit it first."
        }
    }

    /// The error message, for use through `LocalizedError`.
    public var errorDescription: String? { description }
}
