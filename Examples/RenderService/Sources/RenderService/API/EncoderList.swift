// SPDX-License-Identifier: Apache-2.0

import Encoders
import NIOPosix

/// This machine's encoders, looked at once a minute at most: each is opened for it, and encodes two pictures.
actor EncoderList {
    private var last: (task: Task<[EncoderStatus], any Error>, began: ContinuousClock.Instant)?

    /// What they say; all who ask at the same time wait for the same answer.
    var statuses: [EncoderStatus] {
        get async throws {
            if let last, last.began.duration(to: .now) < .seconds(60) { return try await last.task.value }
            // Not for the threads that answer requests.
            let task = Task { try await NIOThreadPool.singleton.runIfActive { encoderStatuses() } }
            last = (task, .now)
            return try await task.value
        }
    }
}
