// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Testing
import TestServers

@Suite("Redis over TLS", .timeLimit(.minutes(2)))
struct TLSTests {
    /// A Redis server that speaks TLS only, with a certificate that is its own authority.
    private final class Server {
        let port: Int
        let folder: URL
        let process: ChildProcess

        /// Starts a server whose certificate is valid for the given names.
        init(names: String) throws {
            port = try FreePort.find()
            folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
            let (certificate, key) = (folder.path + "/cert.pem", folder.path + "/key.pem")
            let made = try ChildProcess(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=test", "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", certificate,
                ], environment: environment)
            #expect(made.wait() == 0)
            process = try ChildProcess(
                "redis-server",
                [
                    "--port", "0", "--tls-port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--dir", folder.path,
                    "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no",
                    "--requirepass", "pass word", "--logfile", folder.path + "/log",
                ], environment: environment)
        }

        var authorities: String { folder.path + "/cert.pem" }

        func queue(at host: String, password: String = "pass%20word", authorities: String?) throws -> RedisJobQueue {
            try RedisJobQueue(
                url: "rediss://:\(password)@\(host):\(port)/2", authorities: authorities, leaseSeconds: 30)
        }

        deinit {
            process.kill()
            try? FileManager.default.removeItem(at: folder)
        }
    }

    @Test("Everything works as without it", arguments: ["127.0.0.1", "localhost"])
    func works(_ host: String) async throws {
        let server = try Server(names: "DNS:localhost,IP:127.0.0.1")
        let queue = try server.queue(at: host, authorities: server.authorities)
        try await afterRecovery { try await queue.check() }
        // More than fits into the buffers of a socket, in both directions.
        let payload = String(repeating: "0123456789abcdef", count: 200_000)
        async let waiting: Claim = queue.nextClaim()
        _ = try await queue.submit(render("a", payload: payload))
        let claim = try await waiting
        #expect(claim.job.payload == payload)
        #expect(try await queue.complete(claim))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 { group.addTask { _ = try await queue.submit(render("job\(number)")) } }
            try await group.waitForAll()
        }
        #expect(try await queue.counts() == QueueCounts(waiting: 50, claimed: 0))
        await queue.close()
    }

    @Test("A server that ends is noticed")
    func ends() async throws {
        let server = try Server(names: "IP:127.0.0.1")
        let queue = try server.queue(at: "127.0.0.1", authorities: server.authorities)
        try await afterRecovery { try await queue.check() }
        server.process.kill()
        await #expect(throws: QueueError.self) { try await queue.check() }
        await #expect(throws: QueueError.self) { try await queue.check() }
        await queue.close()
    }

    @Test("A server that cannot prove its name is refused, and learns no password")
    func refused() async throws {
        let server = try Server(names: "DNS:elsewhere.example")
        let other = try Server(names: "DNS:localhost,IP:127.0.0.1")
        // The name is wrong; the authority is unknown to the system; the authority is another one.
        for (host, authorities) in [
            ("localhost", server.authorities), ("127.0.0.1", server.authorities), ("localhost", nil),
            ("localhost", other.authorities),
        ] {
            let queue = try server.queue(at: host, authorities: authorities)
            let error = await #expect(throws: QueueError.self) { try await queue.check() }
            #expect(error?.description.contains("pass") == false)
            await queue.close()
        }
        // A good certificate of the same server is accepted, so that it was not merely down.
        let queue = try other.queue(at: "localhost", authorities: other.authorities)
        try await afterRecovery { try await queue.check() }
        await queue.close()
    }

    @Test("A server without TLS is no server with it, and the reverse")
    func plain() async throws {
        let plain = try RedisServer()
        let queue = try RedisJobQueue(url: "rediss://127.0.0.1:\(plain.port)", leaseSeconds: 30)
        await #expect(throws: QueueError.self) { try await queue.check() }
        await queue.close()
        let server = try Server(names: "IP:127.0.0.1")
        let good = try server.queue(at: "127.0.0.1", authorities: server.authorities)
        try await afterRecovery { try await good.check() }
        await good.close()
        let bare = try RedisJobQueue(url: "redis://127.0.0.1:\(server.port)", leaseSeconds: 30)
        await #expect(throws: QueueError.self) { try await bare.check() }
        await bare.close()
    }

    @Test("A file that holds no certificates is a clear error")
    func noCertificates() {
        let error = #expect(throws: QueueError.self) {
            try RedisJobQueue(url: "rediss://h", authorities: "/dev/null", leaseSeconds: 30)
        }
        #expect(error?.description.contains("REDIS_CA_FILE") == true, "\(error?.description ?? "")")
    }
}
