// SPDX-License-Identifier: Apache-2.0

import Encoders
import NIOPosix

/// A list of this machine's encoders, tested at most once a minute by encoding two pictures with each.
actor EncoderList {
    private var last: (task: Task<[EncoderStatus], any Error>, began: ContinuousClock.Instant)?

    /// The status of each encoder; concurrent callers wait for the same result.
    var statuses: [EncoderStatus] {
        get async throws {
            if let last, last.began.duration(to: .now) < .seconds(60) { return try await last.task.value }
            // The tests must not block the threads that serve requests.
            let task = Task { try await NIOThreadPool.singleton.runIfActive { encoderStatuses() } }
            last = (task, .now)
            return try await task.value
        }
    }
}
