// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOFoundationCompat
import NIOFoundationEssentialsCompat
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// A client for the service's API.
///
/// It is thread-safe.
public struct ServiceClient: Sendable {
    /// An error response of the service, or a failure to reach it.
    public struct Failure: Error, CustomStringConvertible {
        /// The error message, which may have several lines.
        public let description: String
    }

    /// The status of a job.
    public struct Status: Sendable {
        /// The status as JSON, as the service returned it.
        public let json: String
        let view: JobView

        /// Whether the job is completed.
        public var isCompleted: Bool { view.state == "completed" }
    }

    private let server: URL
    private let key: String?
    private let client: HTTPClient

    /// Creates a client for a service with an optional API key or token; use it inside ``run(_:)``.
    public init(server: URL, key: String?) {
        self.server = server
        self.key = key
        client = HTTPClient(eventLoopGroupProvider: .singleton)
    }

    /// Runs a closure with the client, and then closes its connections.
    public func run(_ work: (ServiceClient) async throws -> Void) async throws {
        let result: Result<Void, any Error>
        do {
            try await work(self)
            result = .success(())
        } catch { result = .failure(error) }
        try? await client.shutdown()
        try result.get()
    }

    /// Uploads a file under its own name.
    public func upload(_ path: String) async throws {
        let name = URL(fileURLWithPath: path).lastPathComponent
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
            throw Failure(description: "\(path) cannot be read")
        }
        _ = try await answer(
            .PUT, "media/" + name, body: .stream(FileChunks(path: path), length: .known(Int64(size))), seconds: 600)
    }

    /// Submits a job and returns its identifier.
    public func submit(_ body: Data, at path: String = "render/auto") async throws -> String {
        struct Accepted: Decodable { let id: String }
        let data = try await answer(.POST, path, body: .bytes(ByteBuffer(data: body)))
        return try JSONDecoder().decode(Accepted.self, from: data).id
    }

    /// Returns the status of a job.
    public func status(_ id: String) async throws -> Status { try status(try await answer(.GET, "job/\(id)/status")) }

    /// Cancels a job and returns its status.
    public func cancel(_ id: String) async throws -> Status { try status(try await answer(.DELETE, "job/\(id)")) }

    /// Polls a job until it has ended, reports its progress, and returns its status.
    public func wait(for id: String, _ tell: (String) -> Void) async throws -> Status {
        var last = ""
        while true {
            let status = try await status(id)
            let progress = status.view.progress.map { " \(Int($0.fraction * 100)) %" } ?? ""
            let line = status.view.state + progress
            if line != last { tell(line) }
            last = line
            if ["completed", "failed", "cancelled"].contains(status.view.state) { return status }
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    /// Downloads a job's video to a file.
    public func download(_ id: String, to path: String) async throws {
        let response = try await send(.GET, "job/\(id)/output", body: nil, seconds: 600)
        let temporary = path + ".part"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let handle = FileHandle(forWritingAtPath: temporary)
        else { throw Failure(description: "\(path) cannot be written") }
        do {
            for try await buffer in response.body { try handle.write(contentsOf: Data(buffer: buffer)) }
            try handle.close()
            guard rename(temporary, path) == 0 else { throw Failure(description: "\(path) cannot be written") }
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    private func status(_ data: Data) throws -> Status {
        Status(json: String(decoding: data, as: UTF8.self), view: try JSONDecoder().decode(JobView.self, from: data))
    }

    private func answer(
        _ method: HTTPMethod, _ path: String, body: HTTPClientRequest.Body? = nil, seconds: Int64 = 30
    ) async throws -> Data {
        let response = try await send(method, path, body: body, seconds: seconds)
        return Data(buffer: try await response.body.collect(upTo: 16 << 20))
    }

    private func send(
        _ method: HTTPMethod, _ path: String, body: HTTPClientRequest.Body?, seconds: Int64
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: server.appendingPathComponent(path).absoluteString)
        request.method = method
        request.body = body
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key)") }
        let response: HTTPClientResponse
        do { response = try await client.execute(request, timeout: .seconds(seconds)) } catch {
            throw Failure(description: "\(server) cannot be reached: \(error)")
        }
        guard (200..<300).contains(response.status.code) else {
            struct Refused: Decodable {
                struct Content: Decodable { let message: String }
                let error: Content
            }
            let data = try? await response.body.collect(upTo: 1 << 20)
            let refusal = data.flatMap { try? JSONDecoder().decode(Refused.self, from: $0) }
            throw Failure(description: refusal?.error.message ?? "the service answers \(response.status)")
        }
        return response
    }
}
