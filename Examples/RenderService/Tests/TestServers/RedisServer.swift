// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A test's own Redis server, on a free port and in its own folder, that writes every change to disk immediately.
///
/// It needs `redis-server` in the path, and ends with the test process at the latest.
public final class RedisServer: Sendable {
    /// The port, which is reachable from this machine only.
    public let port: Int
    /// The folder for the server's data.
    public let folder: URL
    private let password: String?
    private let process = Mutex<ChildProcess?>(nil)

    /// The URL for clients, `redis://127.0.0.1:port`, with the password if there is one.
    public var url: String { "redis://\(password.map { ":\($0)@" } ?? "")127.0.0.1:\(port)" }

    /// Starts a server and waits until it responds.
    public init(password: String? = nil) throws {
        self.password = password
        port = try FreePort.find()
        folder = FileManager.default.temporaryDirectory.appending(path: "redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts the server again with its stored data, and waits until it responds.
    public func start() throws {
        var arguments = [
            "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.path, "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", "--logfile", folder.appending(path: "log").path,
        ]
        if let password { arguments += ["--requirepass", password] }
        let child = try ChildProcess(
            "redis-server", arguments, environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
        process.withLock { $0 = child }
        for _ in 0..<500 {
            if (try? command(["PING"]))?.hasPrefix("+PONG") == true { return }
            usleep(20_000)
        }
        kill()
        let log = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
        throw ChildProcess.Failure(description: "redis-server does not answer.\n\(log)")
    }

    /// Stops the server gracefully and waits until it has ended.
    public func stop() { process.withLock { $0 }?.stop() }

    /// Kills the server as a crash would.
    public func kill() { process.withLock { $0 }?.kill() }

    /// Stops the server, or kills it if requested, and starts it again.
    public func restart(killing: Bool = false) throws {
        if killing { kill() } else { stop() }
        try start()
    }

    /// Sends a command on its own connection and returns the raw reply of up to 64 KiB.
    @discardableResult
    public func command(_ words: [String]) throws -> String {
        let connection = try TCPConnection(port: port)
        defer { connection.close() }
        func exchange(_ words: [String]) throws -> String {
            let reply = try connection.exchange(
                "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined())
            guard !reply.isEmpty else { throw ChildProcess.Failure(description: "redis-server has hung up") }
            return reply
        }
        if let password { _ = try exchange(["AUTH", password]) }
        return try exchange(words)
    }
}
