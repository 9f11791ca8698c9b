// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue
import ObjectStorage

/// The handler of a kind whose jobs are run by a program of two addresses, one for submitting and one for the status.
///
/// docs/jobs.md describes the requests. The addresses are the operator's, and nothing that the program answers is used
/// as one here.
struct ProgramHandler: JobHandler {
    let program: Configuration.JobKind
    let calls: ProgramCalls
    let queue: any JobQueue
    /// The rules for the files that payloads name.
    let rules: MediaRules
    let store: any ObjectStore
    /// The store at the address at which others reach it.
    let links: any ObjectStore

    var kind: Job.Kind { program.kind }

    var limits: JobLimits {
        JobLimits(attempts: program.attempts, seconds: program.seconds, concurrency: program.concurrency)
    }

    func run(_ job: Job, _ status: StatusBox) async throws -> WorkOutcome {
        do {
            let answer = try await ended(job, status)
            let output = try await checked(answer, job)
            status.change {
                $0.output = output
                $0.fraction = 1
                $0.call = nil
                $0.cost = answer.cost?.cost
            }
            return .completed
        } catch let end as ProgramCalls.CallFailed {
            status.change {
                $0.call = nil
                $0.fraction = nil
                $0.failedCalls = ($0.failedCalls ?? 0) + 1
            }
            throw end.failure
        }
    }

    /// Submits the job, unless an earlier attempt has done so, and returns the last answer.
    private func ended(_ job: Job, _ status: StatusBox) async throws -> ProgramCalls.Answer {
        if let call = status.value.call {
            do { return try await calls.wait(for: call, status) } catch is ProgramCalls.UnknownCall {
                status.change {
                    $0.note("the program no longer knows the call \(call.prefix(100))")
                    $0.call = nil
                    $0.failedCalls = ($0.failedCalls ?? 0) + 1
                }
            }
        }
        let task = try KindTask(job)
        let inputs = try await JobInputs(of: job, in: queue)
        let expiry = Int(program.seconds) + 300
        let submission = ProgramCalls.Submission(
            id: job.name, kind: kind.rawValue, payload: try await payload(of: task, job, inputs, expiry),
            inputs: try await inputs.results(links, expiresIn: expiry), output: try await output(of: job, expiry),
            attempt: job.attempts, timeoutSeconds: program.seconds)
        // An answer that was lost must not make a second call, and one that has failed must.
        let failed = status.value.failedCalls ?? 0
        let answer = try await calls.submit(submission, key: failed == 0 ? job.id : "\(job.id)-\(failed)")
        if [.completed, .failed].contains(answer.status) { return try answer.ended() }
        guard let call = answer.callId, (1...1000).contains(call.utf8.count), program.status != nil else {
            throw WorkFailure(
                "program",
                program.status == nil
                    ? "the program's answer is not the end of the job, and there is no statusURL to ask for it"
                    : "the program's answer has no callId")
        }
        status.change { $0.call = call }
        do { return try await calls.wait(for: call, status) } catch is ProgramCalls.UnknownCall {
            throw WorkFailure("program", "the program does not know the call that it has answered with", mayHeal: true)
        }
    }

    /// Returns the payload with the addresses of its files.
    private func payload(
        of task: KindTask, _ job: Job, _ inputs: JobInputs, _ expiry: Int
    ) async throws -> JSONValue {
        guard case .object(let members) = task.payload else { return task.payload }
        var addresses: [NamedFile: String] = [:]
        for file in try program.files(in: members) {
            var rules = rules
            let named = NamedFile(path: file.path, src: try inputs.resolve(file, &rules.granted))
            switch try MediaSource(named, of: job.caller, rules).origin {
            case .web(let url): addresses[file] = url.absoluteString
            case .object(let key):
                guard let url = try await links.publicURL(key, expiresIn: expiry) else { throw Self.noStore }
                addresses[file] = url.absoluteString
            }
        }
        return .object(try program.mapFiles(of: members, addresses))
    }

    private static let noStore = WorkFailure("storage", "the store has no addresses for others; use S3")

    /// Returns where the program writes its file, if it makes one.
    private func output(of job: Job, _ expiry: Int) async throws -> ProgramCalls.Submission.Output? {
        guard let name = program.output else { return nil }
        let key = Deliverable.prefix(of: job) + name
        guard let url = try await links.uploadURL(key, expiresIn: expiry) else { throw Self.noStore }
        return .init(url: url.absoluteString, contentType: Deliverable.contentType(of: name), key: key)
    }

    /// Returns the result in an answer, with the file that was written.
    private func checked(_ answer: ProgramCalls.Answer, _ job: Job) async throws -> JSONValue {
        guard case .object(var members) = answer.result ?? .object([:]) else {
            throw WorkFailure("program", "the program's result is not an object")
        }
        guard let name = program.output else { return .object(members) }
        let key = Deliverable.prefix(of: job) + name
        guard let info = try await store.info(key), info.size > 0 else {
            throw WorkFailure(
                "program", "the program says that it is done, but has stored nothing at \(key)", mayHeal: true)
        }
        members["key"] = .string(key)
        members["bytes"] = .number(String(info.size))
        members["contentType"] = .string(info.contentType)
        return .object(members)
    }
}
