// SPDX-License-Identifier: Apache-2.0

import Compose
import JobQueue
import ObjectStorage

/// An error that ends an attempt at a job.
struct WorkFailure: Error, CustomStringConvertible {
    /// The failure to report in the job's status.
    let failure: JobStatus.Failure
    /// Whether a retry may succeed.
    let mayHeal: Bool

    init(_ code: String, _ message: String, problems: [Problem] = [], mayHeal: Bool = false) {
        failure = JobStatus.Failure(
            code: code, message: message, problems: problems.map { .init(path: $0.path, message: $0.message) })
        self.mayHeal = mayHeal
    }

    /// Creates a failure from any error, and determines whether a retry may succeed.
    init(_ error: any Error) {
        switch error {
        case let error as WorkFailure: self = error
        case let error as ComposeProblems:
            self.init(
                "invalidEdit", error.problems.map(\.description).joined(separator: "\n"), problems: error.problems)
        case let error as ComposeError: self.init(error.code.rawValue, error.description, problems: error.problems)
        case let error as StorageError: self.init("storage", error.description, mayHeal: error.mayHeal)
        case let error as QueueError: self.init("queue", error.description, mayHeal: true)
        default: self.init("internal", String(describing: error), mayHeal: true)
        }
    }

    var description: String { failure.message }
}
