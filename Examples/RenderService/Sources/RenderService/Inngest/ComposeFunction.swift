// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue

/// The function `composeVideo`, which makes the video that an event `video/compose` asks for.
///
/// Its steps are to submit a job, to wait for its end without holding a request, and to finish with its result.
struct ComposeFunction: Sendable {
    static let name = "composeVideo"
    static let event = "video/compose"

    let workplace: Workplace
    let desk: RequestDesk

    /// The longest time between two looks at a job, in seconds, and the number of looks.
    private static let longestSleep = 30.0
    private static let looks = 300

    /// Runs the function as far as this call gets, and returns its result if that is the end.
    func run(_ event: JSONValue, _ steps: FunctionSteps) async throws -> JSONValue {
        let asked = try await steps.run("submit") { try await submit(event) }
        guard case .object(let members) = asked, case .string(let id) = members["jobId"] else {
            throw FunctionFailure(name: "internal", message: "the first step has no jobId", isFinal: true)
        }
        var delay = 2.0
        for number in 1...Self.looks {
            try steps.sleep("wait \(number)", seconds: delay)
            let state = try await steps.run("look \(number)") { .string(try await job(id).state.rawValue) }
            if case .string(let text) = state, Job.State(rawValue: text)?.isFinal != false {
                return try await steps.run("finish") { try await result(of: id) }
            }
            delay = min(delay * 1.5, Self.longestSleep)
        }
        throw FunctionFailure(name: "timeout", message: "the job \(id) has not ended in hours", isFinal: true)
    }

    /// Submits the job that an event asks for; the same event again is the same job.
    private func submit(_ event: JSONValue) async throws -> JSONValue {
        guard case .object(let members) = event, case .object(var data) = members["data"] else {
            throw FunctionFailure(name: "invalidEvent", message: "the event has no data", isFinal: true)
        }
        func text(_ value: JSONValue?) -> String? { if case .string(let text) = value { text } else { nil } }
        let names = [data.removeValue(forKey: "caller"), data.removeValue(forKey: "userId")]
        let caller = names.lazy.compactMap(text).first ?? CallerName.anyone
        guard CallerName.isValid(caller) else {
            throw FunctionFailure(
                name: "invalidEvent", message: "the caller is up to 64 letters, digits, '.', '_' and '-'", isFinal: true
            )
        }
        if text(data["generationId"]) == nil { data["generationId"] = members["id"] }
        let wanted = try RenderRequest(body: try JSONEncoder().encode(JSONValue.object(data)))
        try wanted.fields.checkCallback(workplace.configuration.access)
        let place = RenderTask.Place(workplace.configuration.remoteUse)
        let job = try await desk.submit(wanted, of: caller, place)
        return .object(["jobId": .string(job.id), "generationId": .string(job.generationID ?? job.id)])
    }

    private func job(_ id: String) async throws -> Job {
        guard let job = try await workplace.queue.job(id) else {
            throw FunctionFailure(name: "notFound", message: "the job \(id) is no longer known", isFinal: true)
        }
        return job
    }

    /// Returns the result of a job that has ended; a job without one ends the function with its error.
    private func result(of id: String) async throws -> JSONValue {
        let job = try await job(id)
        let status = JobStatus(job.status)
        guard job.state == .completed, let result = status.result else {
            let failure = job.state == .failed ? job.failure(status) : nil
            throw FunctionFailure(
                name: failure?.code ?? job.state.rawValue,
                message: failure?.message ?? "the job is \(job.state.rawValue)", isFinal: true)
        }
        return .object([
            "jobId": .string(job.id), "generationId": .string(job.generationID ?? job.id), "key": .string(result.key),
            "bytes": .number(String(result.bytes)), "duration": .number(String(result.duration)),
            "frames": .number(String(result.frames)), "renderer": status.renderer.map { .string($0) } ?? .null,
            "encoder": status.encoder.map { .string($0.name) } ?? .null,
        ])
    }

    /// Returns the configuration that the orchestrator is told, with the address at which it calls the function.
    static func configuration(_ inngest: Configuration.Inngest, at address: URL) -> JSONValue {
        let id = "\(inngest.app)-\(name)"
        var parts = URLComponents(url: address, resolvingAgainstBaseURL: false)
        parts?.queryItems = [URLQueryItem(name: "fnId", value: id), URLQueryItem(name: "stepId", value: "step")]
        let step: [String: JSONValue] = [
            "id": .string("step"), "name": .string("step"), "retries": .object(["attempts": .number("4")]),
            "runtime": .object(["type": .string("http"), "url": .string(parts?.url?.absoluteString ?? "")]),
        ]
        var members: [String: JSONValue] = [
            "id": .string(id), "name": .string("Compose a video"),
            "triggers": .array([.object(["event": .string(event)])]), "steps": .object(["step": .object(step)]),
            "concurrency": .array([.object(["limit": .number(String(inngest.concurrency))])]),
        ]
        if let runs = inngest.runsPerMinute {
            members["rateLimit"] = .object(["limit": .number(String(runs)), "period": .string("60s")])
        }
        return .object(members)
    }
}
