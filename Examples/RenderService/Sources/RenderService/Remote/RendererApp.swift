// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Compose
import Foundation
import JobQueue
import Logging
import NIOCore
import NIOFoundationCompat
import NIOFoundationEssentialsCompat
import NIOHTTP1
import ObjectStorage

/// A client that renders with another program of two addresses, one for submitting and one for the status.
///
/// The program reads the media from the store and writes the video to it, by addresses that are valid for a while; it
/// has no credentials of the store. OPERATIONS.md describes the requests. It need not be this program, and usually is a
/// serverless one.
struct RendererApp: RemoteRendering {
    let configuration: Configuration.Remote
    let limits: Configuration.Limits
    let store: any ObjectStore
    /// The store at the address at which others reach it.
    let links: any ObjectStore
    let breaker: CircuitBreaker
    let client: HTTPClient
    let logger: Logger

    var isWell: Bool { !breaker.isOpen }

    func render(
        _ fetched: FetchedEdit, _ plan: Plan, job: Job, folder: WorkFolder, to path: String, _ status: StatusBox
    ) async throws -> RemoteVideo {
        try await breaker.attempt {
            let inputs = "compose/inputs/\(job.id)/"
            var temporary: [String] = []
            let result: Result<RemoteVideo, any Error>
            do {
                let request = try await request(for: fetched, job, folder, path, inputs: inputs, &temporary)
                // Whatever an earlier attempt has left there is not this one's video.
                try await store.remove(request.output.key)
                let call = try await submit(request)
                let made = try await wait(for: call, frames: plan.frameCount, status)
                result = .success(try await checked(made, request.output.key, plan, at: path, status))
            } catch { result = .failure(error) }
            // The task may be cancelled.
            await Task { [temporary] in for key in temporary { try? await store.remove(key) } }.value
            return try result.get()
        }
    }

    /// Returns the request for a render; what is downloaded from elsewhere is put into the store for it.
    private func request(
        for fetched: FetchedEdit, _ job: Job, _ folder: WorkFolder, _ path: String, inputs: String,
        _ temporary: inout [String]
    ) async throws -> Submission {
        let expiry = Int(limits.renderSeconds) + 300
        var sources: [Submission.Input] = []
        for name in Set(fetched.edit.media.map(\.src)).sorted() {
            var key = inputs + String(sources.count)
            if case .object(let own) = fetched.sources[name]?.origin {
                key = own
            } else {
                temporary.append(key)
                try await store.upload(
                    file: folder.media + "/" + name, to: key, contentType: Deliverable.contentType(of: name))
            }
            guard let url = try await links.publicURL(key, expiresIn: expiry) else { throw Self.noStore }
            sources.append(.init(src: name, url: url.absoluteString))
        }
        let name = Deliverable.fileName(of: fetched.edit)
        let key = Deliverable.prefix(of: job) + name
        guard let url = try await links.uploadURL(key, expiresIn: expiry) else { throw Self.noStore }
        return Submission(
            id: job.generationID ?? job.id, edit: try JSONValue(json: try fetched.edit.json()), inputs: sources,
            output: .init(url: url.absoluteString, contentType: Deliverable.contentType(of: name), key: key),
            gpu: fetched.edit.output.video.encoder != .software, timeoutSeconds: Int(limits.renderSeconds))
    }

    private static let noStore = RemoteUnavailable("the store has no addresses for others; use S3", isFinal: true)

    /// Fetches the video that the program says it has stored, and throws if it is not the requested one.
    private func checked(
        _ answer: StatusAnswer, _ key: String, _ plan: Plan, at path: String, _ status: StatusBox
    ) async throws -> RemoteVideo {
        guard let body = try await store.read(key, range: nil) else {
            throw RemoteUnavailable("it says that it is done, but has stored no video at \(key)")
        }
        guard body.info.size <= limits.uploadBytes * 20, body.info.size > 0 else {
            throw RemoteUnavailable("it has stored \(body.info.size) bytes")
        }
        if let bytes = answer.result?.bytes, bytes != body.info.size {
            throw RemoteUnavailable("it has stored \(body.info.size) bytes instead of \(bytes)")
        }
        _ = try await write(body.bytes, to: path, limit: body.info.size)
        try checkDuration(at: path, plan)
        if let encoder = answer.result?.encoder {
            status.change { $0.encoder = .init(name: encoder, reason: "chosen by the remote renderer") }
        }
        return RemoteVideo(
            bytes: Int(body.info.size), duration: plan.durationInSeconds, frames: plan.frameCount, isStored: true)
    }
}

/// The requests to the program and its responses.
extension RendererApp {
    /// The body of a submission.
    struct Submission: Encodable, Sendable {
        struct Input: Encodable, Sendable {
            let src: String
            let url: String
        }
        struct Output: Encodable, Sendable {
            let url: String
            let contentType: String
            let key: String
        }
        let id: String
        let edit: JSONValue
        let inputs: [Input]
        let output: Output
        let gpu: Bool
        let timeoutSeconds: Int
    }

    /// The response to a request for the status.
    struct StatusAnswer: Decodable, Sendable {
        enum State: String, Decodable { case queued, running, completed, failed }
        struct Result: Decodable {
            let seconds: Double?
            let bytes: Int64?
            let encoder: String?
        }
        struct Failure: Decodable {
            let code: String
            let message: String
            let retry: Bool?
        }
        let status: State
        let progress: Double?
        let result: Result?
        let error: Failure?
    }

    private struct Refused: Decodable { let error: StatusAnswer.Failure }

    /// Submits a render, and returns the name of the call; a busy or failing program is asked again for a while.
    private func submit(_ submission: Submission) async throws -> String {
        let body = try JSONEncoder().encode(submission)
        let start = ContinuousClock.now
        var delay = 0.1
        while true {
            do { return try await submitOnce(body) } catch let error as RemoteUnavailable {
                guard !error.isFinal, start.duration(to: .now) < .seconds(configuration.patienceSeconds) else {
                    throw error
                }
                logger.debug("the remote renderer does not accept a job yet", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .seconds(min(delay, configuration.patienceSeconds / 4)))
                delay = min(delay * 2, 5)
            }
        }
    }

    private func submitOnce(_ json: Data) async throws -> String {
        var request = request(.POST, configuration.submit)
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(data: json))
        let (status, body) = try await answer(to: request)
        switch status {
        case 200, 202:
            struct Accepted: Decodable { let callId: String }
            guard let accepted = try? JSONDecoder().decode(Accepted.self, from: body),
                (1...1000).contains(accepted.callId.utf8.count)
            else { throw RemoteUnavailable("its answer has no callId") }
            return accepted.callId
        case 408, 429, 500...: throw RemoteUnavailable("it answers \(status)")
        default:
            let refusal = try? JSONDecoder().decode(Refused.self, from: body).error
            if let refusal, refusal.code == "invalidEdit" { throw WorkFailure(refusal.code, refusal.message) }
            throw RemoteUnavailable("it answers \(status): \(refusal?.message ?? "no reason given")", isFinal: true)
        }
    }

    /// Polls a call until it has ended; throws if there is no status, or no end in the time for a render.
    private func wait(for call: String, frames: Int, _ status: StatusBox) async throws -> StatusAnswer {
        guard var parts = URLComponents(string: configuration.status) else {
            throw RemoteUnavailable("MODAL_STATUS_URL is not a URL", isFinal: true)
        }
        parts.queryItems = (parts.queryItems ?? []) + [URLQueryItem(name: "id", value: call)]
        // URLComponents leaves + as it is, which servers read as a space.
        parts.percentEncodedQuery = parts.percentEncodedQuery?.replacingOccurrences(of: "+", with: "%2B")
        guard let url = parts.url else { throw RemoteUnavailable("MODAL_STATUS_URL is not a URL", isFinal: true) }
        let start = ContinuousClock.now
        var heard = ContinuousClock.now
        var delay = 0.1
        while true {
            var answer: StatusAnswer?
            do {
                answer = try await look(at: url)
                heard = .now
            } catch let error as RemoteUnavailable where !error.isFinal {
                // A single failed request is not a reason to render elsewhere.
                guard heard.duration(to: .now) < .seconds(configuration.patienceSeconds) else { throw error }
            }
            if let answer {
                switch answer.status {
                case .completed: return answer
                case .failed: throw Self.failure(answer.error)
                case .running: tell(answer.progress, frames, status)
                case .queued: break
                }
            }
            guard start.duration(to: .now) < .seconds(limits.renderSeconds) else {
                throw RemoteUnavailable("it has not ended in \(limits.renderSeconds) s")
            }
            try await Task.sleep(for: .seconds(min(delay, configuration.patienceSeconds / 4)))
            delay = min(delay * 1.5, 2)
        }
    }

    private func look(at url: URL) async throws -> StatusAnswer {
        let (code, body) = try await answer(to: request(.GET, url))
        guard code == 200 else { throw RemoteUnavailable("it answers \(code) for the status") }
        guard let answer = try? JSONDecoder().decode(StatusAnswer.self, from: body) else {
            throw RemoteUnavailable("its answer is not a status")
        }
        return answer
    }

    private func tell(_ progress: Double?, _ frames: Int, _ status: StatusBox) {
        guard let progress, (0...1).contains(progress) else { return }
        status.change {
            $0.progress = Render.Progress(frame: Int(progress * Double(frames)), totalFrames: max(frames, 1))
        }
    }

    /// Returns the error for a render that failed there.
    private static func failure(_ failure: StatusAnswer.Failure?) -> any Error {
        if let failure, failure.code == "invalidEdit" { return WorkFailure(failure.code, failure.message) }
        return RemoteUnavailable(
            "the render failed there: \(failure?.message ?? "no reason given")", isFinal: failure?.retry == false)
    }

    private func answer(to request: HTTPClientRequest) async throws -> (status: UInt, body: ByteBuffer) {
        let limit = min(30, max(1, Int64(configuration.patienceSeconds)))
        do {
            let response = try await client.execute(request, timeout: .seconds(limit))
            return (response.status.code, try await response.body.collect(upTo: 1 << 20))
        } catch {
            try Task.checkCancellation()
            throw RemoteUnavailable("it cannot be reached: \(error)")
        }
    }
}
