// SPDX-License-Identifier: Apache-2.0

import Archive
import AsyncHTTPClient
import Compose
import Foundation
import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// The requests to a program that runs jobs of a kind, and its answers.
struct ProgramCalls: Sendable {
    let program: Configuration.JobKind
    /// The secret with which requests are signed.
    let secret: String?
    /// How long the program may not be reached while it works on a job.
    let patienceSeconds: Double
    let client: HTTPClient
    let logger: Logger

    /// The body of a submission.
    struct Submission: Encodable, Sendable {
        /// Where a program writes its file.
        struct Output: Encodable, Sendable {
            let url: String
            let contentType: String
            let key: String
        }
        let id: String
        let kind: String
        let payload: JSONValue
        let inputs: JSONValue
        let output: Output?
        let attempt: Int
        let timeoutSeconds: Double
    }

    /// An answer to a submission, or to a request for the status.
    struct Answer: Decodable, Sendable {
        enum State: String, Decodable { case queued, running, completed, failed }
        struct Failure: Decodable {
            let code: String?
            let message: String?
            let retry: Bool?
        }
        /// What the work has cost, as far as it is told.
        struct Cost: Decodable {
            let elapsedSeconds: Double?
            let cpuSeconds: Double?
            let gpuSeconds: Double?

            var cost: Generation.Cost {
                func limited(_ seconds: Double?) -> Double { min(max(0, seconds ?? 0), 1e9) }
                return Generation.Cost(
                    elapsedSeconds: limited(elapsedSeconds), cpuSeconds: limited(cpuSeconds),
                    gpuSeconds: limited(gpuSeconds))
            }
        }
        let callId: String?
        let status: State?
        let progress: Double?
        let result: JSONValue?
        let error: Failure?
        let cost: Cost?

        /// Returns the answer if it says that the work is completed, and otherwise throws why it is not.
        func ended() throws(CallFailed) -> Answer {
            if status == .completed { return self }
            throw CallFailed(
                failure: WorkFailure(
                    error?.code.map { String($0.prefix(100)) } ?? "program",
                    error?.message.map { String($0.prefix(2000)) } ?? "the program gives no reason",
                    mayHeal: error?.retry ?? false))
        }
    }

    /// An error thrown if a call has ended without a result.
    struct CallFailed: Error { let failure: WorkFailure }

    /// An error thrown if the program does not know a call.
    struct UnknownCall: Error {}

    /// The largest answer.
    private static let maximumBytes = 256 << 10

    /// Submits a job; with the same key, the program makes one call of several submissions.
    ///
    /// Throws a ``WorkFailure``, after which another attempt may help unless the program refuses the job.
    func submit(_ submission: Submission, key: String) async throws -> Answer {
        guard let url = program.submit else { throw WorkFailure("program", "the kind has no submitURL any more") }
        let body = try JobPresenter.encoder.encode(submission)
        // A program without another address answers when it is done.
        let seconds = program.status == nil ? program.seconds : 60
        let (status, answer) = try await exchange(.POST, url, body, key: key, seconds: seconds)
        switch status {
        case 200..<300: return try decoded(answer)
        case 408, 425, 429, 500...:
            throw WorkFailure("program", "the program answers \(status)\(Self.reason(answer))", mayHeal: true)
        default:
            let error = (try? JSONDecoder().decode(Refused.self, from: answer))?.error
            throw WorkFailure(
                error?.code.map { String($0.prefix(100)) } ?? "program",
                "the program answers \(status)\(Self.reason(answer))", mayHeal: error?.retry ?? false)
        }
    }

    /// Asks for the status of a call until it is completed, and returns the last answer.
    ///
    /// Throws ``CallFailed``, ``UnknownCall``, and a ``WorkFailure`` if the program cannot be asked for a while.
    func wait(for call: String, _ status: StatusBox) async throws -> Answer {
        let url = try address(of: call)
        var heard = ContinuousClock.now
        var delay = 0.1
        while true {
            do {
                let answer = try await look(at: url)
                heard = .now
                switch answer.status {
                case .completed, .failed: return try answer.ended()
                case .running:
                    if let progress = answer.progress, (0...1).contains(progress) {
                        status.change { $0.fraction = progress }
                    }
                case .queued: break
                case nil: throw WorkFailure("program", "the program's answer has no status")
                }
            } catch let failure as WorkFailure where failure.mayHeal && failure.failure.code == Self.unreachable {
                // One request that fails is no reason to begin again.
                guard heard.duration(to: .now) < .seconds(patienceSeconds) else { throw failure }
                logger.debug("a program cannot be asked", metadata: ["error": "\(failure)"])
            }
            try await Task.sleep(for: .seconds(min(delay, patienceSeconds / 4)))
            delay = min(delay * 1.5, 5)
        }
    }

    private static let unreachable = "programUnreachable"

    private func look(at url: URL) async throws -> Answer {
        let (code, body) = try await exchange(.GET, url, nil, key: nil, seconds: 30)
        switch code {
        case 200: return try decoded(body)
        case 404, 410: throw UnknownCall()
        default:
            throw WorkFailure(
                Self.unreachable, "the program answers \(code) for the status\(Self.reason(body))", mayHeal: true)
        }
    }

    /// Returns the address of a call's status.
    private func address(of call: String) throws(WorkFailure) -> URL {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let name = call.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        let template = program.status ?? ""
        let text =
            template.contains("{id}")
            ? template.replacingOccurrences(of: "{id}", with: name)
            : template + (template.contains("?") ? "&" : "?") + "id=" + name
        // A name that is nothing but dots would lead elsewhere in a path.
        guard !name.isEmpty, name != ".", name != "..", let url = URL(string: text) else {
            throw WorkFailure("program", "the program's callId cannot be part of an address")
        }
        return url
    }

    private struct Refused: Decodable { let error: Answer.Failure }

    private static func reason(_ body: ByteBuffer) -> String {
        let error = (try? JSONDecoder().decode(Refused.self, from: body))?.error
        return error?.message.map { ": " + $0.prefix(2000) } ?? ""
    }

    private func decoded(_ body: ByteBuffer) throws(WorkFailure) -> Answer {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: body) else {
            throw WorkFailure("program", "the program's answer is not the JSON that it is to be")
        }
        return answer
    }

    /// Sends a signed request; redirects are not followed.
    private func exchange(
        _ method: HTTPMethod, _ url: URL, _ body: Data?, key: String?, seconds: Double
    ) async throws -> (UInt, ByteBuffer) {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        for (name, value) in program.headers { request.headers.add(name: name, value: value) }
        for (name, value) in Signature.headers(of: body ?? Data(), key: secret) {
            request.headers.add(name: name, value: value)
        }
        if let key { request.headers.add(name: "idempotency-key", value: key) }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(data: body))
        }
        do {
            let response = try await client.execute(request, timeout: .milliseconds(Int64(seconds * 1000)))
            return (response.status.code, try await response.body.collect(upTo: Self.maximumBytes))
        } catch is NIOTooManyBytesError {
            throw WorkFailure("program", "the program's answer is larger than \(Self.maximumBytes) bytes")
        } catch {
            try Task.checkCancellation()
            throw WorkFailure(Self.unreachable, "the program cannot be reached: \(error)", mayHeal: true)
        }
    }
}
