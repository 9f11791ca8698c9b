// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue
import ObjectStorage

/// A converter of jobs to what their callers see, with links and times and without other callers' data.
struct JobPresenter: Sendable {
    /// The store at the address at which callers reach it.
    let links: any ObjectStore
    /// The secret that signs links to results if the store has no public URLs.
    let secret: String
    /// The lifetime of links in seconds.
    let linkSeconds = 3600

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// Returns a job as its caller sees it.
    func view(of job: Job, callbacks: [Job] = []) async -> JobView {
        let status = JobStatus(job.status)
        var view = JobView(
            id: job.id, kind: job.kind.rawValue, generationId: job.generationID,
            after: job.after.isEmpty ? nil : job.after, state: job.state.rawValue, priority: job.priority.name,
            createdAt: Self.text(job.createdAt), startedAt: job.startedAt.map(Self.text),
            finishedAt: job.finishedAt.map(Self.text), attempts: job.attempts, notes: status.notes)
        if let progress = status.progress {
            var progress = progress
            progress.frame = min(
                progress.frame + (job.partsLeft > 0 ? job.unitsDone : 0), max(progress.totalFrames, 1))
            view.progress = JobView.Progress(progress)
        } else if let fraction = status.fraction, (0...1).contains(fraction) {
            view.progress = JobView.Progress(fraction: fraction)
        }
        view.renderer = status.renderer
        view.rendererReason = status.rendererReason
        view.encoder = status.encoder
        if job.parts > 0 { view.parts = .init(total: job.parts, completed: job.parts - job.partsLeft) }
        if job.state == .failed { view.error = job.failure(status) }
        if job.state == .completed { view.result = await result(of: job, status) }
        if let request = job.eventRequest {
            // The video has not been begun, whether or not the event has been sent.
            view.id = request.generationID
            view.generationId = request.generationID
            view.state = Self.state(ofRequest: job).rawValue
            view.startedAt = nil
            view.finishedAt = job.state == .failed ? view.finishedAt : nil
            view.rendererReason = "asked for by an event"
        }
        if !callbacks.isEmpty {
            view.callbacks = callbacks.map { callback in
                let task = try? JSONDecoder().decode(CallbackTask.self, from: Data(callback.payload.utf8))
                let status = JobStatus(callback.status)
                return .init(
                    name: task?.name(for: job) ?? "", state: callback.state.rawValue, attempts: callback.attempts,
                    error: status.failure?.message ?? status.notes.last)
            }
        }
        return view
    }

    /// Returns the result of a job, with addresses of what it has stored.
    private func result(of job: Job, _ status: JobStatus) async -> JSONValue? {
        if let result = status.result {
            var members: [String: JSONValue] = [
                "key": .string(result.key), "url": .string(await link(to: result.key, "output", of: job)),
                "bytes": .number(String(result.bytes)), "duration": .number(String(result.duration)),
                "frames": .number(String(result.frames)),
            ]
            if let key = result.posterKey { members["posterURL"] = .string(await link(to: key, "poster", of: job)) }
            if let key = result.reportKey { members["reportURL"] = .string(await link(to: key, "report", of: job)) }
            return .object(members)
        }
        guard let output = status.output, case .object(var members) = output else { return nil }
        if let key = job.storedKey(in: output) { members["url"] = .string(await link(to: key, "output", of: job)) }
        return .object(members)
    }

    /// Returns the state of a video that was asked for by an event, as long as nothing else is known of it.
    static func state(ofRequest job: Job) -> Job.State { job.state == .failed ? .failed : .queued }

    /// Returns the object's own public URL, or a signed link to this service.
    private func link(to key: String, _ what: String, of job: Job) async -> String {
        if let url = try? await links.publicURL(key, expiresIn: linkSeconds) { return url.absoluteString }
        // The expiry is rounded up, so that the status does not change with every request.
        let now = Int(Date().timeIntervalSince1970)
        let expires = (now / linkSeconds + 2) * linkSeconds
        return "/job/\(job.id)/\(what)?expires=\(expires)&signature=\(signature(job.id, what, expires))"
    }

    /// Returns whether a link was signed by this service and has not expired.
    func isSigned(_ job: String, _ what: String, expires: Int, signature given: String) -> Bool {
        expires >= Int(Date().timeIntervalSince1970)
            && SafeComparison.equal(given, signature(job, what, expires))
    }

    private func signature(_ job: String, _ what: String, _ expires: Int) -> String {
        Signature.hex(of: "\(job)/\(what)/\(expires)", key: secret)
    }

    static func text(_ date: Date) -> String {
        date.formatted(
            .iso8601.year().month().day().timeZone(separator: .omitted).time(includingFractionalSeconds: true))
    }
}

extension Job {
    /// Returns why the job has failed.
    func failure(_ status: JobStatus) -> JobStatus.Failure {
        if let endedBy {
            return .init(
                code: "predecessor", message: "the job \(endedBy), which it follows, was not completed")
        }
        return status.failure ?? .init(code: "internal", message: "no reason was recorded")
    }
}

/// A comparison of secrets.
enum SafeComparison {
    /// Returns whether two texts are equal, in a time that does not depend on where they differ.
    static func equal(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
