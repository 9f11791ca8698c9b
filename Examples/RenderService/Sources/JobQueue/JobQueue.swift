// SPDX-License-Identifier: Apache-2.0

/// Jobs that wait, are worked on, or have ended: on this machine in SQLite, or for many in Redis.
///
/// Every job is worked on at least once. Whoever works on one holds a claim, and renews it; a claim that was not renewed for
/// ``leaseSeconds`` is anyone's to take over, and with the old one nothing can be done any more: what ends a job, ends it once.
/// Every call is one transaction. Thread-safe. Throws ``QueueError/unavailable(_:)`` where the queue itself cannot be reached,
/// which may heal. Calls of a cancelled task are carried out all the same.
public protocol JobQueue: Sendable {
    /// How long a claim lasts that is not renewed.
    var leaseSeconds: Double { get }

    /// Takes in a job.
    ///
    /// Returns the one there is where there is one with this id, or with this generation ID: whoever asked for that. It can be
    /// claimed at once.
    func submit(_ new: NewJob) async throws -> Job
    /// A job by its name.
    func job(_ id: String) async throws -> Job?
    /// The job that was submitted with a generation ID.
    func job(generationID: String) async throws -> Job?
    /// A caller's newest jobs of kind `render`, newest first.
    func recent(of caller: String, limit: Int) async throws -> [Job]
    /// How many of a caller's jobs of kind `render` have not ended.
    func unfinished(of caller: String) async throws -> Int
    /// How many jobs there are of each sort.
    func counts() async throws -> QueueCounts

    /// Takes the job of a lane that is to be worked on next: the first of the highest priority among those that can be claimed.
    ///
    /// Jobs can be claimed that were submitted, released after their delay has passed, whose parts are all completed, or whose
    /// claim was not renewed. Its state becomes `running` and its attempts one more. A job that was called off while nobody
    /// worked on it is not handed out. Returns `nil` at once where there is none.
    func claim(for worker: String, lane: Lane) async throws -> Claim?
    /// Returns when there may be a job of a lane to claim, or after so many seconds.
    ///
    /// May return early for nothing. Cancelling the task ends the wait.
    func waitForWork(seconds: Double, lane: Lane) async
    /// Renews a claim, and says what there is to say of the job.
    func heartbeat(_ claim: Claim, status: String?) async throws -> Heartbeat
    /// Ends a job as completed, failed or cancelled, and takes in the jobs that follow from it.
    ///
    /// Where it is a part and completed, the job it is part of has one part less to wait for and ``Job/units`` more done, and can
    /// be claimed again when none is left; where it has failed, that job has failed too, with the same status, and its other
    /// parts are cancelled; where it was cancelled, so is that job. Returns false, and changes nothing, where the claim is no
    /// longer good.
    @discardableResult
    func finish(_ claim: Claim, as state: Job.State, status: String, then: [NewJob]) async throws -> Bool
    /// Gives a claim back: the job can be claimed again after a delay.
    ///
    /// `isAttempt` is false where it was handed back unworked, and then ``Job/attempts`` is one less again. Its state stays
    /// `running`; with `isAttempt` false and no attempt left it is `queued`. One that was called off is cancelled instead.
    /// Returns false where the claim is no longer good.
    @discardableResult
    func release(_ claim: Claim, afterSeconds delay: Double, status: String?, isAttempt: Bool) async throws -> Bool
    /// Splits a job into parts, which can be claimed at once, and gives the claim back: the job waits for them.
    ///
    /// The parts' ``Job/parent`` is the job. Where a part of that name is completed already, it counts as such. With no parts
    /// that are not, the job can be claimed again at once. Its ``Job/priority`` is one step higher from then on: what was begun
    /// goes before what waits. Parts have no generation IDs; a name of another job that is not completed is
    /// ``QueueError/invalid(_:)``. A job that was called off is cancelled instead. Returns false where the claim is no longer good.
    @discardableResult
    func split(_ claim: Claim, into parts: [NewJob], status: String) async throws -> Bool
    /// Calls a job off.
    ///
    /// One that nobody works on is cancelled at once, and so are its parts; otherwise whoever works on it is told. Does nothing
    /// where it has ended. Returns the job as it is then; `nil` where there is none.
    func cancel(_ id: String) async throws -> Job?
    /// Forgets jobs that ended so many seconds ago.
    func forget(endedBefore seconds: Double) async throws
    /// Throws where the queue cannot be reached.
    func check() async throws
    /// Lets go of connections and files. Nothing may be called after it.
    func close() async
}

/// Jobs of one lane wait for each other, and never for those of the other: a callback is not to wait for a render's end.
public enum Lane: Sendable, Hashable, CaseIterable {
    /// ``Job/Kind/render`` and ``Job/Kind/segment``.
    case rendering
    /// ``Job/Kind/callback``. In Redis a stream of its own, `jobs:callbacks`, whatever their priority.
    case callbacks
}

/// What whoever works on a job is told when it renews its claim.
public enum Heartbeat: Sendable, Hashable {
    /// The claim is good.
    case goOn
    /// Somebody called the job off.
    case cancelled
    /// The claim is no longer good: somebody else has the job, or it has ended.
    case lost
}

/// How many jobs there are of each sort.
public struct QueueCounts: Sendable, Hashable, Codable {
    /// That can be claimed, or could be but for a delay.
    public var waiting: Int
    /// That somebody holds a claim on.
    public var claimed: Int

    /// How many jobs there are of each sort.
    public init(waiting: Int = 0, claimed: Int = 0) {
        self.waiting = waiting
        self.claimed = claimed
    }
}
