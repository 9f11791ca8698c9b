// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A job's status while it is worked on: changed by the work, read by what renews the claim.
final class StatusBox: Sendable {
    private let status: Mutex<RenderStatus>

    init(_ status: RenderStatus) { self.status = Mutex(status) }

    var value: RenderStatus { status.withLock { $0 } }

    func change(_ change: (inout RenderStatus) -> Void) { status.withLock { change(&$0) } }
}
