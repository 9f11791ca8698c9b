// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import NIOFoundationCompat
import NIOFoundationEssentialsCompat
import ObjectStorage

/// The steps that requests have in common: reading the body, checking the edit and finding the job.
struct RequestDesk: Sendable {
    let workplace: Workplace

    /// Returns the render request in a request's body.
    func read(_ request: Request) async throws -> RenderRequest {
        let limit = workplace.configuration.limits.bodyBytes
        let body = try await request.body.collect(upTo: limit)
        let wanted = try RenderRequest(body: Data(buffer: body))
        try wanted.fields.checkCallback(workplace.configuration.access)
        return wanted
    }

    /// Returns the request for a job of any kind in a request's body.
    func readJob(_ request: Request) async throws -> JobRequest {
        let body = try await request.body.collect(upTo: workplace.configuration.limits.bodyBytes)
        let wanted = try JobRequest(body: Data(buffer: body))
        try wanted.fields.checkCallback(workplace.configuration.access)
        return wanted
    }

    /// Submits a render for a request, or returns the job that was submitted before with the same generation ID.
    func submit(_ wanted: RenderRequest, of caller: String, _ place: RenderTask.Place) async throws -> Job {
        if place == .remote, workplace.remote == nil {
            throw APIError(.serviceUnavailable, "remote", "no remote renderer is configured here")
        }
        return try await submit(.render, wanted.fields, of: caller) { inputs, name in
            try await check(wanted.edit, of: caller, with: inputs)
            if let credits = workplace.credits {
                // What other jobs have not made yet cannot be estimated.
                if inputs.areComplete || !wanted.edit.media.contains(where: { $0.src.hasPrefix(JobReference.prefix) }) {
                    let plan = try await workplace.withFolder(for: "price") { folder in
                        try await workplace.plan(wanted.edit, of: caller, with: inputs, in: folder).plan
                    }
                    try await credits.reserve(plan, for: name, of: caller)
                } else {
                    try await credits.reserve(.render, for: name, of: caller)
                }
            }
            return try RenderTask(wanted, place: place).text
        }
    }

    /// Submits a job of any kind, or returns the one that was submitted before with the same generation ID.
    func submit(_ wanted: JobRequest, of caller: String) async throws -> Job {
        if wanted.kind == .render {
            var request = try RenderRequest(wanted.payload)
            request.fields = wanted.fields
            return try await submit(request, of: caller, RenderTask.Place(workplace.configuration.remoteUse))
        }
        return try await submit(wanted.kind, wanted.fields, of: caller) { inputs, name in
            guard let kind = workplace.configuration.kinds[wanted.kind] else {
                let problem = workplace.configuration.kinds.problem(with: wanted.kind) ?? ""
                throw ComposeProblems([Problem(path: "kind", message: problem)])
            }
            try await check(try kind.files(in: wanted.payload), of: caller, with: inputs)
            try await workplace.credits?.reserve(wanted.kind, for: name, of: caller)
            return try KindTask(wanted).text
        }
    }

    /// Submits a job whose payload is made, checked and reserved for only if there is no job of its generation ID yet.
    private func submit(
        _ kind: Job.Kind, _ fields: RequestFields, of caller: String,
        payload: (_ inputs: JobInputs, _ name: String) async throws -> String
    ) async throws -> Job {
        // The earlier job is looked up before all other checks, so that a caller who repeats a request because its
        // response was lost gets the same response even if the queue is full.
        if let name = fields.generationID, let known = try await workplace.queue.job(generationID: name) {
            return try expect(known, of: caller)
        }
        let limit = workplace.configuration.limits.jobsPerCaller
        let inputs = JobInputs(try await followed(fields, of: caller))
        // A job that was submitted without a generation ID is identified by its own ID.
        let id = UUID().uuidString.lowercased()
        let name = fields.generationID ?? id
        guard try await workplace.queue.unfinished(of: caller) < limit else {
            throw APIError(
                .tooManyRequests, "tooManyJobs",
                "you have \(limit) unfinished jobs, which is the limit; wait until some end",
                headers: [.retryAfter: "30"])
        }
        let job = try await workplace.queue.submit(
            NewJob(
                id: id, kind: kind, caller: caller, generationID: name, priority: fields.priority,
                payload: try await payload(inputs, name), after: fields.after, hasNotices: true))
        if job.id == id { workplace.recorder?.note(job) }
        if job.caller != caller { await workplace.credits?.release(name, of: caller) }
        return try expect(job, of: caller)
    }

    /// Returns the jobs that a request is to follow; those of other callers are treated as if they did not exist.
    func followed(_ fields: RequestFields, of caller: String) async throws -> [Job] {
        var jobs: [Job] = []
        var problems: [Problem] = []
        for (index, name) in fields.after.enumerated() {
            if let job = try await job(named: name, of: caller) {
                jobs.append(job)
            } else {
                problems.append(
                    Problem(
                        path: "after[\(index)]",
                        message: "there is no job \(name); a job can only follow jobs that were submitted before it"))
            }
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
        return jobs
    }

    /// Returns a caller's job by its identifier or its generation ID.
    private func job(named name: String, of caller: String) async throws -> Job? {
        for job in [try await workplace.queue.job(name), try await workplace.queue.job(generationID: name)] {
            if let job, job.kind.isOfCallers, job.caller == caller { return job }
        }
        return nil
    }

    /// Asks for a video by an event, and returns the job that sends it, or the one that was submitted before.
    func ask(_ wanted: RenderRequest, of caller: String) async throws -> Job {
        let name = wanted.fields.generationID ?? UUID().uuidString.lowercased()
        for known in [
            try await workplace.queue.job(generationID: name),
            try await workplace.queue.job(EventRequest.name(of: name)),
        ] {
            if let known { return try expect(known, of: caller) }
        }
        try await check(
            wanted.edit, of: caller, with: JobInputs(try await followed(wanted.fields, of: caller)))
        let request = try EventRequest(wanted, of: caller, generationID: name)
        let job = try await workplace.queue.submit(
            NewJob(
                id: EventRequest.name(of: name), kind: .callback, caller: caller, priority: .high,
                payload: String(decoding: try JSONEncoder().encode(request), as: UTF8.self)))
        return try expect(job, of: caller)
    }

    private func expect(_ job: Job, of caller: String) throws -> Job {
        guard job.caller == caller else {
            throw APIError(.conflict, "conflict", "another caller uses this generationId; choose another")
        }
        return job
    }

    /// Throws the problems of an edit that can be found without opening its files.
    func check(_ edit: Edit, of caller: String, with inputs: JobInputs = JobInputs([])) async throws {
        var problems = edit.valueProblems(for: Deliverable.fileName(of: edit))
        do throws(ComposeProblems) { try workplace.checkLimits(of: edit) } catch { problems += error.problems }
        try await check(edit.files, of: caller, with: inputs, problems)
    }

    /// Throws the problems with files that can be found without opening them, and those that were found before.
    private func check(
        _ files: [NamedFile], of caller: String, with inputs: JobInputs, _ found: [Problem] = []
    ) async throws {
        var problems = found + inputs.problems(with: files)
        var uploads: [MediaSource: NamedFile] = [:]
        for file in files where !file.src.hasPrefix(JobReference.prefix) {
            do throws(ComposeProblems) {
                let source = try MediaSource(file, of: caller, workplace.media.rules)
                if case .object = source.origin, uploads[source] == nil { uploads[source] = file }
            } catch { problems += error.problems }
        }
        let sources = Set(files.map(\.src)).count
        if sources > workplace.configuration.limits.sources {
            problems.append(
                Problem(
                    path: "",
                    message:
                        "there are \(sources) files, more than the \(workplace.configuration.limits.sources) allowed"
                ))
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
        let missing = try await withThrowingTaskGroup(of: Problem?.self) { group in
            var missing: [Problem] = []
            var waiting = Array(uploads)[...]
            func ask() {
                guard let (source, file) = waiting.popFirst(), case .object(let key) = source.origin else { return }
                group.addTask {
                    guard try await workplace.store.info(key) == nil else { return nil }
                    return Problem(path: file.path, message: source.missing)
                }
            }
            for _ in 0..<16 { ask() }
            while let answer = try await group.next() {
                if let answer { missing.append(answer) }
                ask()
            }
            return missing
        }
        guard missing.isEmpty else {
            throw ComposeProblems(missing.sorted { $0.path < $1.path })
        }
    }

    /// Returns the job that a request is about.
    ///
    /// Jobs of other callers are treated as if they did not exist.
    func job(_ context: ServiceContext) async throws -> Job {
        guard let id = context.parameters.get("id"), let job = try await workplace.queue.job(id), job.kind.isOfCallers,
            context.isLink || job.caller == context.caller
        else { throw Self.noSuchJob }
        return job
    }

    /// Returns the job that a request is about, by its identifier or by its generation ID.
    ///
    /// What was asked for by an event, and has not been begun, is the job that sends the event.
    func jobOrGeneration(_ context: ServiceContext) async throws -> Job {
        guard let id = context.parameters.get("id") else { throw Self.noSuchJob }
        if let job = try await job(named: id, of: context.caller) { return job }
        if let job = try await workplace.queue.job(EventRequest.name(of: id)), job.kind == .callback,
            job.caller == context.caller
        {
            return job
        }
        throw Self.noSuchJob
    }

    static let noSuchJob = APIError(.notFound, "notFound", "there is no such job")
}
