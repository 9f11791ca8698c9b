// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import JobQueue
import Logging

/// The work of a callback job that records how another job goes.
///
/// The job waits in the queue for as long as the database cannot be reached, without using up its attempts.
struct RecordWork: Sendable {
    let workplace: Workplace
    /// The job that is recorded.
    let subject: Job
    /// Whether the start of the job is recorded rather than its end.
    let isStart: Bool

    func run() async throws {
        guard var record = Generation(subject) else { return }
        do {
            if !isStart { record.cents = try await workplace.credits?.conclude(subject, record) }
            try await workplace.archive?.records.save([record])
        } catch ArchiveError.unavailable(let reason) {
            workplace.logger.warning(
                "a record cannot be written yet", metadata: ["job": "\(subject.id)", "error": "\(reason)"])
            // Thousands may wait, and should not keep the queue busy.
            throw CallbackWork.NotYet(longestWait: 300)
        } catch let error as ArchiveError {
            throw WorkFailure("record", error.description)
        }
    }
}
