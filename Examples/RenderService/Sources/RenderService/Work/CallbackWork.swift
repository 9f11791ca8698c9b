// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Foundation
import JobQueue

/// The handler of callback jobs, which mostly wait.
struct CallbackHandler: JobHandler {
    let workplace: Workplace
    let presenter: JobPresenter
    let kind = Job.Kind.callback

    /// Callbacks have more attempts, because receivers may be down for longer.
    var limits: JobLimits {
        let configuration = workplace.configuration
        return JobLimits(
            attempts: configuration.callbackAttempts, seconds: configuration.limits.renderSeconds, concurrency: 32)
    }

    func run(_ job: Job, _ status: StatusBox) async throws -> WorkOutcome {
        try await CallbackWork(workplace: workplace, presenter: presenter, job: job).run()
    }
}

/// The work of a callback job, which notifies a receiver about another job.
struct CallbackWork: Sendable {
    let workplace: Workplace
    let presenter: JobPresenter
    let job: Job

    func run() async throws -> WorkOutcome {
        if let request = job.eventRequest { return try await ask(request) }
        if let notice = JobNotice(job) { return try await tell(notice) }
        let task = try JSONDecoder().decode(CallbackTask.self, from: Data(job.payload.utf8))
        if let earlier = task.after, let before = try await workplace.queue.job(earlier), !before.state.isFinal {
            throw NotYet()
        }
        guard let subject = try await workplace.queue.job(task.job) else { return .completed }
        if !task.isStart, !subject.state.isFinal { throw NotYet() }
        if task.receiver == .archive {
            try await RecordWork(workplace: workplace, subject: subject, isStart: task.isStart).run()
            return .completed
        }
        var view = await presenter.view(of: subject)
        // The callback may be late. What has happened to the job since then is reported by the next callback.
        if task.isStart { view = view.asStarted }
        let event = Event(
            name: task.name(for: subject), id: job.id, ts: Int((job.createdAt.timeIntervalSince1970 * 1000).rounded()),
            data: view)
        let body = try JobPresenter.encoder.encode(event)
        let (url, headers): (URL, [(String, String)])
        switch task.receiver {
        case .url(let receiver):
            url = receiver
            headers =
                [("content-type", "application/json")]
                + Signature.headers(of: body, key: workplace.configuration.callbackSecret)
        case .events:
            guard let address = workplace.configuration.events?.address else { return .completed }
            url = address
            headers = [("content-type", "application/json")]
        case .archive: return .completed
        }
        try await deliver(body, to: url, task.receiver, headers)
        Metric.callbacks("delivered").increment()
        return .completed
    }

    /// Tells everybody who is to know of the start or the end of a job.
    ///
    /// Each receiver gets a job of its own, so that none waits for another. Records are usually written at once.
    private func tell(_ notice: JobNotice) async throws -> WorkOutcome {
        guard let subject = try await workplace.queue.job(notice.job) else { return .completed }
        let callbacks = Callbacks(configuration: workplace.configuration)
        // What is told of the end waits for what is told of the start, which must therefore be there first.
        var next = subject.startedAt == nil ? [] : callbacks.jobs(for: .started, of: subject)
        if notice.notice == .ended { next += callbacks.jobs(for: .ended, of: subject) }
        for callback in next { _ = try await workplace.queue.submit(callback) }
        guard workplace.archive != nil || workplace.credits != nil else { return .completed }
        do {
            try await RecordWork(workplace: workplace, subject: subject, isStart: notice.notice == .started).run()
        } catch is NotYet {
            _ = try await workplace.queue.submit(try callbacks.record(subject, notice.notice))
        }
        return .completed
    }

    /// Asks for a video by an event.
    private func ask(_ request: EventRequest) async throws -> WorkOutcome {
        guard let address = workplace.configuration.events?.address else {
            throw WorkFailure("events", "there is no event engine any more; set INNGEST_EVENT_KEY")
        }
        let body = try request.event(at: job.createdAt)
        try await deliver(body, to: address, .events, [("content-type", "application/json")])
        return .completed
    }

    private func deliver(
        _ body: Data, to url: URL, _ receiver: CallbackTask.Receiver, _ headers: [(String, String)]
    ) async throws {
        let status: UInt
        do { status = try await send(to: url, receiver, headers, body) } catch let error as WebClient.Refusal {
            throw WorkFailure("callback", error.description)
        } catch {
            throw WorkFailure("callback", "\(url.host ?? "") cannot be reached: \(error)", mayHeal: true)
        }
        guard (200..<300).contains(status) else {
            // A retry does not help if the receiver rejects the request itself, but it may help if the receiver is
            // starting up or limits the rate.
            throw WorkFailure(
                "callback", "\(url.host ?? "") answers \(status)", mayHeal: status >= 404 || status == 401)
        }
    }

    /// An error thrown if the preceding callback has not ended, or the job has not.
    struct NotYet: Error {
        /// The maximum number of seconds until the next look.
        var longestWait = 10.0
    }

    /// An event in the format of event engines.
    private struct Event: Encodable {
        let name: String
        let id: String
        let ts: Int
        let data: JobView
    }

    /// Sends an event to a receiver; the event engine may be at any address, since the operator configures it.
    private func send(
        to url: URL, _ receiver: CallbackTask.Receiver, _ headers: [(String, String)], _ body: Data
    ) async throws -> UInt {
        var web = workplace.web
        if receiver == .events { web = WebClient(allowsPrivateAddresses: true, hosts: [], logger: web.logger) }
        return try await web.post(url, headers: headers, body: body)
    }
}

extension Configuration.Events {
    /// The address of events, with the key.
    var address: URL { key.map { url.appendingPathComponent($0) } ?? url }
}
