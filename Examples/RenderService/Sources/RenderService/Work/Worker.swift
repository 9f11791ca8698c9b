// SPDX-License-Identifier: Apache-2.0

import Archive
import CoreMetrics
import Foundation
import JobQueue
import Logging
import ServiceLifecycle

/// A worker, which claims jobs from the queue and runs them until it is told to stop.
///
/// It then claims no more jobs, cancels the running ones and releases them, so that another instance can run them.
struct Worker: Service, CustomStringConvertible {
    /// The name in the lifecycle's logs, which must not contain the configuration with its secrets.
    let description = "Worker"
    let workplace: Workplace
    let handlers: JobHandlers
    let name =
        "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(4))"

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let lanes = handlers.lanes.map { ($0, WorkLoad(handlers)) }
            let isIdle: @Sendable () -> Bool = { lanes.allSatisfy { $1.isEmpty } }
            await withTaskGroup(of: Void.self) { group in
                for (lane, load) in lanes { group.addTask { await takeJobs(of: lane, load, isIdle) } }
                // The lane of renders ends when there is nothing to do, and all others with it.
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Claims jobs until the task is cancelled, or until the worker has been idle for the configured time.
    private func takeJobs(of lane: Lane, _ load: WorkLoad, _ isIdle: @Sendable () -> Bool) async {
        var lastJob = ContinuousClock.now
        var lastCleaning = ContinuousClock.now
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                if load.isFull {
                    await load.waitForRoom()
                    lastJob = .now
                    continue
                }
                let claim: Claim?
                do { claim = try await workplace.queue.claim(for: name, lane: lane) } catch {
                    if Task.isCancelled { break }
                    workplace.logger.warning("the queue cannot be reached", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(1))
                    continue
                }
                if let claim {
                    lastJob = .now
                    load.begin(claim.job.kind)
                    group.addTask {
                        await work(claim)
                        load.end(claim.job.kind)
                    }
                    continue
                }
                if !isIdle() { lastJob = .now }
                if lane == .rendering, let patience = workplace.configuration.exitWhenIdle,
                    lastJob.duration(to: .now) > .seconds(patience)
                {
                    workplace.logger.info("nothing to do", metadata: ["seconds": "\(patience)"])
                    break
                }
                if lane == .callbacks, lastCleaning.duration(to: .now) > .seconds(600) {
                    lastCleaning = .now
                    try? await workplace.queue.forget(endedBefore: workplace.configuration.keepJobsSeconds)
                    try? await workplace.archive?.records.forget(olderThan: workplace.configuration.keepRecordsSeconds)
                }
                if lane == .callbacks, let credits = workplace.credits, credits.isTimeToReconcile() {
                    await credits.reconcile(with: workplace.queue, logger: workplace.logger)
                }
                await workplace.queue.waitForWork(seconds: 1, lane: lane)
            }
            group.cancelAll()
        }
    }

    /// Returns the limits of a job's kind.
    private func limits(of job: Job) -> JobLimits {
        handlers[job.kind]?.limits
            ?? JobLimits(attempts: 1, seconds: workplace.configuration.limits.renderSeconds, concurrency: 1)
    }

    /// Runs a job until it has ended in one way or another.
    private func work(_ claim: Claim) async {
        let job = claim.job
        var logger = workplace.logger
        logger[metadataKey: "job"] = "\(job.id)"
        let status = StatusBox(JobStatus(job.status))
        let began = ContinuousClock.now
        let end: End
        if Self.attempts(of: job) > limits(of: job).attempts {
            // The workers that held the job died every time.
            end = .failed(
                WorkFailure("gaveUp", "it was begun \(Self.attempts(of: job) - 1) times, and never came to an end"))
        } else {
            logger.info("begun", metadata: ["kind": "\(job.kind.rawValue)", "attempt": "\(job.attempts)"])
            end = await raced(claim, status)
        }
        // The end must be recorded even if this task was cancelled in the meantime.
        await Task {
            do {
                try await conclude(end, claim, status, logger)
                let seconds = began.duration(to: .now).seconds
                if job.kind == .render { Metric.renderSeconds.record(seconds) }
            } catch {
                // The claim expires, and another worker takes over the job.
                logger.error("its end cannot be recorded", metadata: ["error": "\(error)"])
            }
        }.value
    }

    /// Returns the number of attempts, without the one that ended with a split, which is not a failure.
    private static func attempts(of job: Job) -> Int {
        job.attempts - (JobStatus(job.status).isSpread == true ? 1 : 0)
    }

    /// The end of the work on a claim.
    private enum End: Sendable {
        case done(WorkOutcome)
        case failed(WorkFailure)
        case cancelled
        case lost
        /// The process stops, or the work must wait for another job.
        case handedBack(afterSeconds: Double)
    }

    /// Runs a job while its claim is renewed; whichever ends first ends the other.
    private func raced(_ claim: Claim, _ status: StatusBox) async -> End {
        await withTaskGroup(of: End?.self) { group in
            group.addTask {
                do { return .done(try await perform(claim, status)) } catch let notYet as CallbackWork.NotYet {
                    // The longer the callback has waited, the longer the next delay is.
                    let age = Date().timeIntervalSince(claim.job.createdAt)
                    return .handedBack(afterSeconds: min(notYet.longestWait, max(0.1, age / 10)))
                } catch {
                    return Task.isCancelled ? nil : .failed(WorkFailure(error))
                }
            }
            group.addTask { await renew(claim, status) }
            group.addTask {
                let limit = limits(of: claim.job).seconds
                guard (try? await Task.sleep(for: .seconds(limit))) != nil else { return nil }
                return .failed(WorkFailure("timeout", "it took longer than the \(limit) s allowed"))
            }
            // Cancelling this task cancels the three child tasks, none of which then returns an end.
            var end: End?
            while end == nil, let next = await group.next() { end = next }
            group.cancelAll()
            await group.waitForAll()
            return end ?? .handedBack(afterSeconds: 0)
        }
    }

    private func perform(_ claim: Claim, _ status: StatusBox) async throws -> WorkOutcome {
        let job = claim.job
        guard let handler = handlers[job.kind] else {
            throw WorkFailure("kind", "there is nothing here that runs jobs of the kind \(job.kind.rawValue)")
        }
        return try await handler.run(job, status)
    }

    /// Renews the claim and reports the status, until another worker has the job or the job is cancelled.
    private func renew(_ claim: Claim, _ status: StatusBox) async -> End? {
        let lease = workplace.queue.leaseSeconds
        var said = claim.job.status
        var last = ContinuousClock.now
        while (try? await Task.sleep(for: .seconds(min(0.25, lease / 4)))) != nil {
            let text = claim.job.kind.isOfCallers ? status.value.text : ""
            // A cancellation request is also noticed here.
            guard text != said || last.duration(to: .now) > .seconds(min(1, lease / 4)) else { continue }
            do {
                switch try await workplace.queue.heartbeat(claim, status: text == said ? nil : text) {
                case .goOn: break
                case .cancelled: return .cancelled
                case .lost: return .lost
                }
                said = text
                last = .now
            } catch {
                // The queue may recover before the claim expires. If it does not, ending the job reports it.
                workplace.logger.debug("a claim cannot be renewed", metadata: ["error": "\(error)"])
            }
        }
        return nil
    }

    private func conclude(
        _ end: End, _ claim: Claim, _ status: StatusBox, _ logger: Logger
    ) async throws {
        let queue = workplace.queue
        let job = claim.job
        func finish(_ state: Job.State) async throws {
            let text = status.value.text
            let isMine = try await retried(logger) {
                try await queue.finish(claim, as: state, status: text)
            }
            if isMine, job.kind == .render { Metric.jobs(state.rawValue).increment() }
            if isMine, job.kind.isOfCallers { Metric.jobs(job.kind.rawValue, state.rawValue).increment() }
            logger.info(
                "ended",
                metadata: ["state": "\(state.rawValue)", "counted": "\(isMine)", "kind": "\(job.kind.rawValue)"])
        }
        switch end {
        case .done(.completed):
            if let frames = status.value.result?.frames { Metric.frames.increment(by: frames) }
            try await finish(.completed)
        case .done(.split(let parts)):
            let text = status.value.text
            try await retried(logger) { try await queue.split(claim, into: parts, status: text) }
            logger.info("spread", metadata: ["parts": "\(parts.count)"])
        case .failed(let failure):
            if failure.failure.code == "storage" { Metric.storageErrors.increment() }
            if failure.mayHeal, Self.attempts(of: job) < limits(of: job).attempts {
                let delay =
                    workplace.configuration.retrySeconds * Double(1 << min(job.attempts - 1, 10))
                    * Double.random(in: 0.8...1.2)
                status.change { $0.note("attempt \(job.attempts) failed: \(failure)") }
                let text = status.value.text
                logger.warning("failed, and will be tried again", metadata: ["error": "\(failure)"])
                try await retried(logger) {
                    try await queue.release(claim, afterSeconds: delay, status: text, isAttempt: true)
                }
            } else {
                status.change { $0.failure = failure.failure }
                logger.warning("failed", metadata: ["error": "\(failure)"])
                if job.kind == .callback { Metric.callbacks("failed").increment() }
                try await finish(.failed)
            }
        case .cancelled: try await finish(.cancelled)
        case .lost: logger.warning("somebody else has taken the job over")
        case .handedBack(let delay):
            let text = status.value.text
            try await retried(logger) {
                try await queue.release(claim, afterSeconds: delay, status: text, isAttempt: false)
            }
            logger.info("handed back")
        }
    }

    /// Retries for as long as a claim lasts, because the queue may be restarting.
    @discardableResult
    private func retried(_ logger: Logger, _ work: () async throws -> Bool) async throws -> Bool {
        let start = ContinuousClock.now
        var delay = 0.05
        while true {
            do { return try await work() } catch {
                guard start.duration(to: .now) < .seconds(workplace.queue.leaseSeconds) else { throw error }
                logger.debug("the queue cannot be reached", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(delay))
                delay = min(delay * 2, 1)
            }
        }
    }
}

extension Duration {
    /// The duration as a number of seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
