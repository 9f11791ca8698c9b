// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue

/// The callbacks of a job's start and end.
struct Callbacks: Sendable {
    let configuration: Configuration

    /// Returns the callbacks for an event of a job.
    ///
    /// The identifiers are the same every time, so that each callback is submitted only once.
    func jobs(for moment: JobNotice.Moment, of job: Job) -> [NewJob] {
        var receivers: [CallbackTask.Receiver] = []
        if let url = job.callbackURL { receivers.append(.url(url)) }
        if configuration.events != nil { receivers.append(.events) }
        return receivers.enumerated().compactMap { number, receiver in
            let callback = CallbackTask(
                receiver: receiver, job: job.id, isStart: moment == .started,
                after: moment == .started ? nil : Self.name(job, .started, number))
            return try? newJob(callback, Self.name(job, moment, number), of: job)
        }
    }

    /// Returns the job that records the start or the end of a job, when that has to wait.
    func record(_ job: Job, _ moment: JobNotice.Moment) throws -> NewJob {
        let task = CallbackTask(receiver: .archive, job: job.id, isStart: moment == .started, after: nil)
        return try newJob(task, "\(job.id).\(moment.rawValue).record", of: job)
    }

    private func newJob(_ task: CallbackTask, _ name: String, of job: Job) throws -> NewJob {
        NewJob(
            id: name, kind: .callback, caller: job.caller, priority: .high,
            payload: String(decoding: try JSONEncoder().encode(task), as: UTF8.self))
    }

    /// Returns the identifiers of all callbacks that a job's caller may have.
    static func names(of job: Job) -> [String] {
        (0..<2).flatMap { number in [name(job, .started, number), name(job, .ended, number)] }
    }

    private static func name(_ job: Job, _ moment: JobNotice.Moment, _ number: Int) -> String {
        "\(job.id).\(moment.rawValue)\(number)"
    }
}

extension Job {
    /// The address to which the events of the job are posted.
    var callbackURL: URL? {
        guard kind.isOfCallers, payload.contains("\"callbackURL\"") else { return nil }
        struct Task: Decodable { let callbackURL: URL? }
        return (try? JSONDecoder().decode(Task.self, from: Data(payload.utf8)))?.callbackURL
    }
}
