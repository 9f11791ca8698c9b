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
import NIOPosix

/// A client that renders on another instance of this service, for example one with a GPU.
///
/// It uploads the media and submits the edit, polls the status, and downloads and checks the video.
struct RemoteRenderer: RemoteRendering {
    typealias Unavailable = RemoteUnavailable

    let configuration: Configuration.Remote
    let limits: Configuration.Limits
    let breaker: CircuitBreaker
    let client: HTTPClient
    let logger: Logger

    /// Whether the instance is currently considered healthy.
    var isWell: Bool { !breaker.isOpen }

    /// Renders an edit whose media are in a folder, and puts the video at `path` with its poster beside it.
    ///
    /// Cancelling the task cancels the remote job.
    func render(
        _ fetched: FetchedEdit, _ plan: Plan, job: Job, folder: WorkFolder, to path: String, _ status: StatusBox
    ) async throws -> RemoteVideo {
        try await breaker.attempt { try await made(fetched.edit, plan, job: job, folder: folder, to: path, status) }
    }

    private func made(
        _ edit: Edit, _ plan: Plan, job: Job, folder: WorkFolder, to path: String, _ status: StatusBox
    ) async throws -> RemoteVideo {
        var names: [String: String] = [:]
        for (number, src) in Set(edit.media.map(\.src)).sorted().enumerated() {
            // The remote name is unique, because callers choose file names, and short, because the length of names is
            // limited.
            names[src] = "\(job.id)-\(number)-\(src.suffix(100))"
        }
        var id: String?
        let result: Result<RemoteVideo, any Error>
        do {
            for (src, name) in names { try await upload(folder.media + "/" + src, as: name) }
            let submitted = try await submit(edit.mapMedia { names[$0.src] ?? $0.src }, job)
            id = submitted
            result = .success(try await fetched(submitted, plan, folder: folder, to: path, status))
        } catch { result = .failure(error) }
        // The files are no longer needed, nor is the job if it failed. This is a separate task, because the current one
        // may be cancelled.
        let isMade = if case .success = result { true } else { false }
        await Task { [id] in
            if let id, !isMade { _ = try? await self.send(.DELETE, jobURL(id)) }
            for name in names.values { _ = try? await self.send(.DELETE, mediaURL(name)) }
        }.value
        return try result.get()
    }

    /// Waits for a remote job and downloads its results.
    private func fetched(
        _ id: String, _ plan: Plan, folder: WorkFolder, to path: String, _ status: StatusBox
    ) async throws -> RemoteVideo {
        let final = try await wait(for: id, status)
        guard final.state == "completed", let result = final.result else {
            if final.error?.code == "invalidEdit", let error = final.error {
                throw WorkFailure(
                    error.code, error.message,
                    problems: (error.problems ?? []).map { Problem(path: $0.path, message: $0.message) })
            }
            throw Unavailable("the job ended there as \(final.state): \(final.error?.message ?? "no reason given")")
        }
        try await fetch("output", of: id, to: path, bytes: result.bytes)
        guard result.frames == plan.frameCount || plan.output.format?.hasVideo == false else {
            throw Unavailable("it reports \(result.frames) frames instead of \(plan.frameCount)")
        }
        try checkDuration(at: path, plan)
        let hasPoster = (try? await fetch("poster", of: id, to: folder.file("poster.jpg"), bytes: nil)) != nil
        try await fetch("report", of: id, to: folder.file("report.json"), bytes: nil)
        let report = try Data(contentsOf: URL(fileURLWithPath: folder.file("report.json")))
        if let encoder = final.encoder { status.change { $0.encoder = encoder } }
        return RemoteVideo(
            report: report, bytes: result.bytes, duration: result.duration, frames: result.frames, hasPoster: hasPoster)
    }

}

/// The requests to the remote instance and their responses.
extension RemoteRenderer {
    /// The fields of a job's status that are used here.
    struct Status: Decodable {
        struct Failure: Decodable {
            struct Problem: Decodable {
                let path: String
                let message: String
            }
            let code: String
            let message: String
            let problems: [Problem]?
        }
        struct Result: Decodable {
            let bytes: Int
            let duration: Double
            let frames: Int
        }
        let state: String
        let progress: JobView.Progress?
        let encoder: JobStatus.Encoder?
        let error: Failure?
        let result: Result?
    }

    private var origin: URL {
        var parts = URLComponents(url: configuration.submit, resolvingAgainstBaseURL: false)
        parts?.path = ""
        parts?.query = nil
        return parts?.url ?? configuration.submit
    }

    private func jobURL(_ id: String) -> URL { origin.appendingPathComponent("job").appendingPathComponent(id) }

    private func mediaURL(_ name: String) -> URL {
        origin.appendingPathComponent("media").appendingPathComponent(name)
    }

    private func upload(_ path: String, as name: String) async throws {
        let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        var request = request(.PUT, mediaURL(name))
        request.body = .stream(FileChunks(path: path), length: .known(Int64(size)))
        // A large upload takes long, however short the allowed time without progress is.
        let response = try await execute(request, seconds: 60 + Int64(size) / 500_000, isPatient: true)
        guard response.status.code == 201 || response.status.code == 200 else {
            throw Unavailable("it answers \(response.status) to a file")
        }
    }

    private func submit(_ edit: Edit, _ job: Job) async throws -> String {
        guard case .object(var members) = try JSONValue(json: try edit.json()) else { throw Unavailable("no edit") }
        // Each attempt is a new job on the remote instance, because the previous one was cancelled.
        members["generationId"] = .string("\(job.id)-\(UUID().uuidString.prefix(8))")
        members["priority"] = .string(job.priority.name)
        var request = request(.POST, configuration.submit)
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(data: try JSONEncoder().encode(JSONValue.object(members))))
        let response = try await execute(request, seconds: 30)
        let body = try await response.body.collect(upTo: 1 << 20)
        if response.status.code == 400, let refusal = try? JSONDecoder().decode(Refused.self, from: body) {
            throw WorkFailure(
                refusal.error.code, refusal.error.message,
                problems: (refusal.error.problems ?? []).map { Problem(path: $0.path, message: $0.message) })
        }
        guard response.status.code == 202 else { throw Unavailable("it answers \(response.status)") }
        struct Accepted: Decodable { let id: String }
        guard let accepted = try? JSONDecoder().decode(Accepted.self, from: body),
            RequestFields.isGenerationID(accepted.id)
        else { throw Unavailable("its answer names no job") }
        return accepted.id
    }

    private struct Refused: Decodable { let error: Status.Failure }

    /// Polls a job until it has ended; throws ``Unavailable`` if it makes no progress.
    private func wait(for id: String, _ status: StatusBox) async throws -> Status {
        guard let url = URL(string: configuration.status.replacingOccurrences(of: "{id}", with: id)) else {
            throw Unavailable("REMOTE_STATUS_URL is not a URL")
        }
        let patience = Duration.seconds(configuration.patienceSeconds)
        var lastFrame = -1
        var lastMove = ContinuousClock.now
        var delay = 0.1
        while true {
            let answer: Status?
            do {
                let response = try await execute(request(.GET, url), seconds: 15)
                guard response.status.code == 200 else { throw Unavailable("it answers \(response.status)") }
                answer = try? JSONDecoder().decode(Status.self, from: try await response.body.collect(upTo: 4 << 20))
                guard answer != nil else { throw Unavailable("its answer is not a job's status") }
            } catch {
                try Task.checkCancellation()
                // A single failed request is not a reason to render elsewhere; only the time without progress is.
                guard lastMove.duration(to: .now) < patience else { throw error }
                try await Task.sleep(for: .seconds(min(1, configuration.patienceSeconds / 4)))
                continue
            }
            guard let answer else { continue }
            if ["completed", "failed", "cancelled"].contains(answer.state) { return answer }
            if let progress = answer.progress?.progress, progress.frame != lastFrame {
                lastFrame = progress.frame
                lastMove = .now
                status.change { $0.progress = progress }
            }
            guard lastMove.duration(to: .now) < patience else {
                throw Unavailable("no progress there for \(configuration.patienceSeconds) s")
            }
            try await Task.sleep(for: .seconds(delay))
            delay = min(delay * 1.5, 1)
        }
    }

    private func fetch(_ what: String, of id: String, to path: String, bytes: Int?) async throws {
        let response = try await execute(request(.GET, jobURL(id).appendingPathComponent(what)), seconds: 300)
        guard response.status.code == 200 else { throw Unavailable("it answers \(response.status) for the \(what)") }
        let size = try await write(response.body, to: path, limit: limits.uploadBytes * 20)
        if let bytes, bytes != size { throw Unavailable("the \(what) has \(size) bytes instead of \(bytes)") }
    }

    private func send(_ method: HTTPMethod, _ url: URL) async throws -> HTTPClientResponse {
        try await execute(request(method, url), seconds: 15)
    }

    private func execute(
        _ request: HTTPClientRequest, seconds: Int64, isPatient: Bool = false
    ) async throws -> HTTPClientResponse {
        let limit = isPatient ? seconds : min(seconds, max(1, Int64(configuration.patienceSeconds)))
        do {
            return try await client.execute(request, timeout: .seconds(limit))
        } catch {
            try Task.checkCancellation()
            throw Unavailable("it cannot be reached: \(error)")
        }
    }
}

/// An asynchronous sequence of a file's contents.
struct FileChunks: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let path: String

    struct AsyncIterator: AsyncIteratorProtocol {
        let path: String
        var handle: FileHandle?

        mutating func next() async throws -> ByteBuffer? {
            if handle == nil { handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)) }
            guard let handle else { return nil }
            let data = try await NIOThreadPool.singleton.runIfActive { try handle.read(upToCount: 256 << 10) }
            guard let data, !data.isEmpty else {
                try handle.close()
                return nil
            }
            return ByteBuffer(data: data)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path) }
}
