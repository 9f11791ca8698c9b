// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A notice that a job was begun or has ended, which is itself a job of kind ``Job/Kind/callback``.
///
/// The queue submits it in the same transaction, however the job ends: by its worker, by a part that has failed, by a job
/// that it follows, or by being cancelled. Its identifier is that of the job with `.started` or `.ended`, so that there is
/// one of each.
public struct JobNotice: Sendable, Hashable, Codable {
    /// What has happened.
    public enum Moment: String, Sendable, Codable {
        /// The job was claimed for the first time.
        case started
        /// The job has ended.
        case ended
    }

    /// What has happened.
    public let notice: Moment
    /// The identifier of the job.
    public let job: String

    /// Creates a notice.
    init(_ notice: Moment, of job: String) {
        self.notice = notice
        self.job = job
    }

    /// Creates the notice that a job is, or `nil` if it is none.
    public init?(_ job: Job) {
        guard job.kind == .callback, job.payload.contains(#""notice""#),
            let notice = try? JSONDecoder().decode(JobNotice.self, from: Data(job.payload.utf8))
        else { return nil }
        self = notice
    }

    /// The job that the notice is.
    func newJob(of caller: String) throws -> NewJob {
        NewJob(
            id: "\(job).\(notice.rawValue)", kind: .callback, caller: caller, priority: .high,
            payload: String(decoding: try JSONEncoder().encode(self), as: UTF8.self))
    }
}
