// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A job's status while it is worked on: changed by the work, read by what renews the claim.
final class StatusBox: Sendable {
    private let status: Mutex<JobStatus>

    init(_ status: JobStatus) { self.status = Mutex(status) }

    var value: JobStatus { status.withLock { $0 } }

    func change(_ change: (inout JobStatus) -> Void) { status.withLock { change(&$0) } }
}
