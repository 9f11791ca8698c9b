// SPDX-License-Identifier: Apache-2.0

/// A queue of jobs, stored in SQLite on one machine or in Redis for several.
///
/// Every job is run at least once. A worker holds a claim on its job and renews it. When a claim has not been renewed
/// for ``leaseSeconds``, another worker may take over the job, and the old claim is void. A job therefore ends exactly
/// once.
///
/// Every call is one transaction, and calls are thread-safe. They throw ``QueueError/unavailable(_:)`` if the queue
/// cannot be reached; a later call may succeed. A call runs to completion even if its task is cancelled.
public protocol JobQueue: Sendable {
    /// The lifetime in seconds of a claim that is not renewed.
    var leaseSeconds: Double { get }

    /// Submits a job.
    ///
    /// Returns the existing job if there is one with this identifier or this generation ID, whichever caller submitted
    /// it. A new job can be claimed immediately, unless it follows others (``NewJob/after``):
    ///
    /// - It can be claimed when all of them are completed.
    /// - When one of them fails or is cancelled, it fails too, without having been claimed; ``Job/endedBy`` is the caller's
    ///   name of the first such job. This may be so from the beginning.
    ///
    /// Throws ``QueueError/unknownJob(_:)`` if there is no such job of the same caller. A job can therefore follow only
    /// jobs that were submitted before it, and there are no circles. The jobs that it follows are not forgotten before it
    /// has ended.
    func submit(_ new: NewJob) async throws -> Job
    /// Returns the job with an identifier.
    func job(_ id: String) async throws -> Job?
    /// Returns the job that was submitted with a generation ID.
    func job(generationID: String) async throws -> Job?
    /// Returns a caller's newest jobs, newest first, without those of the service's own kinds.
    func recent(of caller: String, limit: Int) async throws -> [Job]
    /// Returns the number of a caller's jobs that have not ended, without those of the service's own kinds.
    func unfinished(of caller: String) async throws -> Int
    /// Returns the number of waiting and claimed jobs.
    func counts() async throws -> QueueCounts

    /// Claims the next job of a lane: the first one of the highest priority that can be claimed.
    ///
    /// A job can be claimed after it was submitted, after it was released and its delay has passed, after all its parts
    /// are completed, or after its claim has expired. Its state becomes `running`, and its attempts increase by one. A
    /// job that was cancelled while no worker held it is not returned. Returns `nil` immediately if there is no job to
    /// claim.
    func claim(for worker: String, lane: Lane) async throws -> Claim?
    /// Waits until a job of a lane may be available, or until a number of seconds has passed.
    ///
    /// It may return early although no job is available. Cancelling the task ends the wait.
    func waitForWork(seconds: Double, lane: Lane) async
    /// Renews a claim and updates the job's status.
    func heartbeat(_ claim: Claim, status: String?) async throws -> Heartbeat
    /// Ends a job as completed, failed or cancelled.
    ///
    /// If the job is a part, its end affects the job it belongs to (the parent):
    ///
    /// - When a part completes, the parent waits for one part fewer and its ``Job/unitsDone`` grows by the part's
    ///   ``Job/units``. The parent can be claimed again when no part is left.
    /// - When a part fails, the parent fails with the same status and its other parts are cancelled.
    /// - When a part is cancelled, the parent is cancelled.
    ///
    /// Returns `false`, and changes nothing, if the claim is no longer valid.
    @discardableResult
    func finish(_ claim: Claim, as state: Job.State, status: String) async throws -> Bool
    /// Releases a claim; the job can be claimed again after a delay.
    ///
    /// Set `isAttempt` to `false` if the work done does not count as an attempt. ``Job/attempts`` then decreases by
    /// one. The state remains `running`, except that it becomes `queued` when no attempt is left. If cancellation was
    /// requested, the job is cancelled instead. Returns `false` if the claim is no longer valid.
    @discardableResult
    func release(_ claim: Claim, afterSeconds delay: Double, status: String?, isAttempt: Bool) async throws -> Bool
    /// Splits a job into parts, which can be claimed immediately, and releases the claim until they are completed.
    ///
    /// The ``Job/parent`` of each part is the job. A part that is already completed counts as completed. If all of them
    /// are, the job can be claimed again immediately. The job's ``Job/priority`` rises by one step, so that work in
    /// progress comes before waiting jobs. Parts have no generation IDs. Throws ``QueueError/invalid(_:)`` if a part
    /// has the identifier of another job that is not completed. If cancellation was requested, the job is cancelled
    /// instead. Returns `false` if the claim is no longer valid.
    @discardableResult
    func split(_ claim: Claim, into parts: [NewJob], status: String) async throws -> Bool
    /// Cancels a job.
    ///
    /// If no worker holds the job, it is cancelled immediately together with its parts; otherwise its worker is
    /// notified. A job that has ended is left unchanged. Returns the updated job, or `nil` if it does not exist.
    func cancel(_ id: String) async throws -> Job?
    /// Removes the jobs that ended more than a number of seconds ago.
    func forget(endedBefore seconds: Double) async throws
    /// Throws if the queue cannot be reached.
    func check() async throws
    /// Closes connections and files.
    ///
    /// No other method may be called afterwards.
    func close() async
}

/// The result of renewing a claim.
public enum Heartbeat: Sendable, Hashable {
    /// The claim is valid.
    case goOn
    /// Cancellation of the job was requested.
    case cancelled
    /// The claim is no longer valid, because another worker has the job or the job has ended.
    case lost
}

/// The number of jobs that wait or are claimed.
public struct QueueCounts: Sendable, Hashable, Codable {
    /// The number of jobs that no worker holds, including those whose delay has not passed.
    public var waiting: Int
    /// The number of jobs that a worker holds.
    public var claimed: Int

    /// Creates counts.
    public init(waiting: Int = 0, claimed: Int = 0) {
        self.waiting = waiting
        self.claimed = claimed
    }
}
