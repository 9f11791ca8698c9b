// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Crypto
import Foundation
import JobQueue
import ObjectStorage

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
            let timestamp = String(Int(Date().timeIntervalSince1970))
            var signed = [("content-type", "application/json"), ("x-compose-timestamp", timestamp)]
            if let secret = workplace.configuration.callbackSecret {
                signed.append(("x-compose-signature", "v1=" + Signature.hex(of: timestamp + ".", body, key: secret)))
            }
            headers = signed
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

/// The callbacks of a job's start and end.
struct Callbacks: Sendable {
    let configuration: Configuration

    enum Moment: String { case started, completed, failed, cancelled }

    /// Returns the callbacks for an event of a job.
    ///
    /// The identifiers are the same every time, so that each callback is submitted only once.
    func jobs(for moment: Moment, of job: Job) -> [NewJob] {
        guard job.kind == .render,
            let task = try? JSONDecoder().decode(RenderTask.self, from: Data(job.payload.utf8))
        else { return [] }
        var receivers: [CallbackTask.Receiver] = []
        if let url = task.callbackURL { receivers.append(.url(url)) }
        if configuration.events != nil { receivers.append(.events) }
        let stage = moment == .started ? "started" : "ended"
        let records = record(job, stage)
        return receivers.enumerated().compactMap { number, receiver in
            let callback = CallbackTask(
                receiver: receiver, job: job.id, isStart: moment == .started,
                after: moment == .started ? nil : Self.name(job, "started", number))
            guard let payload = try? JSONEncoder().encode(callback) else { return nil }
            return NewJob(
                id: Self.name(job, stage, number), kind: .callback, caller: job.caller, priority: .high,
                payload: String(decoding: payload, as: UTF8.self))
        } + records
    }

    /// Returns the job that records the start or the end of a job.
    private func record(_ job: Job, _ stage: String) -> [NewJob] {
        let task = CallbackTask(receiver: .archive, job: job.id, isStart: stage == "started", after: nil)
        guard configuration.hasArchive || configuration.credits != nil, let payload = try? JSONEncoder().encode(task)
        else { return [] }
        return [
            NewJob(
                id: "\(job.id).\(stage).record", kind: .callback, caller: job.caller, priority: .high,
                payload: String(decoding: payload, as: UTF8.self))
        ]
    }

    /// Returns the identifiers of all callbacks that a job's caller may have.
    static func names(of job: Job) -> [String] {
        (0..<2).flatMap { number in [name(job, "started", number), name(job, "ended", number)] }
    }

    private static func name(_ job: Job, _ stage: String, _ number: Int) -> String { "\(job.id).\(stage)\(number)" }
}

/// A signature with a shared secret.
enum Signature {
    /// Returns the HMAC-SHA256 in hexadecimal digits.
    static func hex(of prefix: String, _ body: Data = Data(), key: String) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: Data(key.utf8)))
        code.update(data: Data(prefix.utf8))
        code.update(data: body)
        return hexadecimal(code.finalize())
    }
}
