// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A test's own Postgres server, on a free port and in its own folder.
///
/// It needs the server's programs, which Debian's package `postgresql` has, and ends with the test process at the
/// latest. Postgres refuses to run as root; the tests of root start it as another user.
public final class PostgresServer: Sendable {
    /// The port, which is reachable from this machine only.
    public let port: Int
    /// The folder of the cluster, with its log.
    public let folder: URL
    private let settings: [String]
    private let process = Mutex<ChildProcess?>(nil)

    /// The URL of the database that every server has.
    public var url: String { url(of: "postgres") }

    /// Returns the URL of a database.
    public func url(of database: String, _ more: String = "") -> String {
        "postgres://tester:secret@127.0.0.1:\(port)/\(database)\(more)"
    }

    /// Makes a cluster, starts a server and waits until it responds.
    ///
    /// With a certificate and its key (PEM), it offers TLS.
    public init(certificate: String? = nil, key: String? = nil) throws {
        port = try FreePort.find()
        folder = FileManager.default.temporaryDirectory.appending(path: "postgres-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var settings = ["fsync=off", "max_connections=60", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        if let certificate, let key {
            for (name, text) in [("server.crt", certificate), ("server.key", key)] {
                try Data(text.utf8).write(to: folder.appending(path: name))
            }
            settings += ["ssl=on", "ssl_cert_file=\(folder.path)/server.crt", "ssl_key_file=\(folder.path)/server.key"]
        }
        self.settings = settings
        let password = folder.appending(path: "password")
        try Data("secret\n".utf8).write(to: password)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        for path in [folder.path] + files.map({ folder.appending(path: $0).path }) {
            if let user = Self.user { chown(path, user.id, user.group) }
            chmod(path, path == folder.path ? 0o755 : 0o600)
        }
        let made = try Self.run(
            "initdb",
            [
                "-D", folder.path + "/cluster", "-U", "tester", "--pwfile", password.path, "-A", "scram-sha-256",
                "-E", "UTF8", "--no-locale", "--no-sync",
            ], log: folder.path + "/log")
        guard made.wait() == 0 else { throw ChildProcess.Failure(description: "initdb failed.\n\(log)") }
        try start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// What the server has written.
    public var log: String { (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "" }

    /// Starts the server again with its stored data, and waits until it responds.
    public func start() throws {
        let arguments = ["-D", folder.path + "/cluster", "-p", "\(port)"] + settings.flatMap { ["-c", $0] }
        let child = try Self.run("postgres", arguments, log: folder.path + "/log")
        process.withLock { $0 = child }
        for _ in 0..<500 {
            if (try? query("SELECT 1")) == "1" { return }
            guard child.isRunning else { break }
            usleep(20_000)
        }
        kill()
        throw ChildProcess.Failure(description: "postgres does not answer.\n\(log)")
    }

    /// Stops the server without waiting for its clients, and waits until it has ended.
    public func stop() {
        guard let child = process.withLock({ $0 }) else { return }
        _ = Self.signal(child, SIGINT)
        _ = child.wait()
    }

    /// Kills the server as a crash would.
    public func kill() {
        guard let child = process.withLock({ $0 }), child.isRunning else { return }
        // An immediate shutdown ends the processes of the connections too, and does not write anything.
        _ = Self.signal(child, SIGQUIT)
        _ = child.wait()
    }

    /// Makes an empty database, and returns its URL.
    public func makeDatabase() throws -> String {
        let name = "test_" + UUID().uuidString.replacing("-", with: "").lowercased()
        _ = try query("CREATE DATABASE \(name)")
        return url(of: name)
    }

    /// Runs a statement with `psql`, and returns what it prints.
    @discardableResult
    public func query(_ sql: String, at url: String? = nil) throws -> String {
        let output = folder.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: output) }
        let child = try ChildProcess(
            "psql", ["-X", "-A", "-t", "-q", "-c", sql, url ?? self.url], environment: Self.environment, output: output)
        let status = child.wait()
        let text = try String(contentsOfFile: output, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard status == 0 else { throw ChildProcess.Failure(description: "psql: \(text)") }
        return text
    }

    // MARK: -

    private static let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]

    /// The user for the server if the tests run as root.
    private static let user: (id: uid_t, group: gid_t)? = {
        guard geteuid() == 0, let entry = (getpwnam("postgres") ?? getpwnam("nobody"))?.pointee else { return nil }
        return (entry.pw_uid, entry.pw_gid)
    }()

    private static func run(_ name: String, _ arguments: [String], log: String) throws -> ChildProcess {
        guard let program = program(name) else {
            throw ChildProcess.Failure(description: "there is no \(name); install Debian's package postgresql")
        }
        let change =
            user.map { ["setpriv", "--reuid=\($0.id)", "--regid=\($0.group)", "--clear-groups"] } ?? []
        let words = change + [program] + arguments
        return try ChildProcess(words[0], Array(words.dropFirst()), environment: environment, output: log)
    }

    /// Returns the path of one of the server's programs, which Debian keeps out of the search path.
    private static func program(_ name: String) -> String? {
        let debian = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []).sorted {
            (Int($0) ?? 0) > (Int($1) ?? 0)
        }
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let folders = versions.map { "\(debian)/\($0)/bin" } + path
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func signal(_ child: ChildProcess, _ number: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(child.id, number)
        #else
            Darwin.kill(child.id, number)
        #endif
    }
}
