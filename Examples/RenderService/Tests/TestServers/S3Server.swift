// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// An S3-compatible server (moto) on this machine, for tests.
///
/// It needs a Python with `moto[server]`: `python3`, or the one named by the environment variable
/// `RENDER_SERVICE_PYTHON`. It ends with the process that started it, however that ends. It accepts any credentials and
/// does not check signatures.
public final class S3Server: Sendable {
    /// The address of the server.
    public let endpoint: URL
    private let process: ServerProcess
    private static let sharedServer = Task { try await S3Server.start() }

    private init(endpoint: URL, process: ServerProcess) {
        self.endpoint = endpoint
        self.process = process
    }

    /// The command that runs Python, from the environment variable.
    public static var python: String {
        ProcessInfo.processInfo.environment["RENDER_SERVICE_PYTHON"] ?? "python3"
    }

    /// Returns the server shared by all tests of a process.
    ///
    /// Tests use their own buckets, so that they do not interfere.
    public static func shared() async throws -> S3Server {
        try await sharedServer.value
    }

    /// Starts a server on a free port and waits until it listens.
    public static func start() async throws -> S3Server {
        // The server ends when its standard input closes, which happens when the parent process ends.
        let script = """
            import os, sys, threading
            from moto.server import main
            threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
            main(["-H", "127.0.0.1", "-p", "0"])
            """
        let process = try ServerProcess([python, "-c", script])
        let port = try await process.port()
        guard let endpoint = URL(string: "http://127.0.0.1:\(port)") else { throw S3ServerError("no address") }
        return S3Server(endpoint: endpoint, process: process)
    }

    /// Creates an empty bucket and returns its name.
    public func makeBucket() async throws -> String {
        let name = "test-\(UUID().uuidString.lowercased())"
        _ = try await send("PUT", name)
        return name
    }

    /// Returns the keys of multipart uploads that are neither completed nor aborted.
    public func openUploads(in bucket: String) async throws -> [String] {
        let text = try await send("GET", "\(bucket)?uploads=")
        return text.matches(of: /<Key>([^<]*)<\/Key>/).map { String($0.1) }
    }

    /// Stops the server.
    public func stop() {
        process.stop()
    }

    private func send(_ method: String, _ path: String) async throws -> String {
        guard let url = URL(string: "\(endpoint.absoluteString)/\(path)") else { throw S3ServerError("no address") }
        var request = URLRequest(url: url)
        request.httpMethod = method
        // Without credentials, the server would check whether the bucket is public.
        request.setValue(
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
            forHTTPHeaderField: "Authorization")
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let response = response as? HTTPURLResponse, response.statusCode == 200 else {
            throw S3ServerError("\(method) \(path): \(String(decoding: data, as: UTF8.self))")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// An error thrown if the server cannot be started or used.
public struct S3ServerError: Error, CustomStringConvertible {
    /// The error message.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A process that prints the port on which it listens.
private final class ServerProcess: @unchecked Sendable {
    // Sendable because the process and its pipes are set up in `init` and not changed later.

    private let process = Process()
    private let input = Pipe()
    private let errors = Pipe()
    private let output = Mutex("")

    init(_ command: [String]) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        errors.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            // All output is read, since the server would otherwise block, but only the beginning is kept.
            self?.output.withLock { if $0.utf8.count < 10_000 { $0 += String(decoding: data, as: UTF8.self) } }
        }
        try process.run()
    }

    deinit {
        stop()
    }

    func stop() {
        if process.isRunning { process.terminate() }
    }

    func port() async throws -> Int {
        for _ in 0..<1200 {
            let text = output.withLock { $0 }
            if let match = text.firstMatch(of: /Running on http:\/\/127\.0\.0\.1:([0-9]+)/), let port = Int(match.1) {
                return port
            }
            guard process.isRunning else { throw S3ServerError("the server ended: \(text)") }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw S3ServerError("the server does not begin to listen: \(output.withLock { $0 })")
    }
}
