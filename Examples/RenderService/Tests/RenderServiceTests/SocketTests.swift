// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hummingbird
import HummingbirdCore
import JobQueue
import Logging
import ObjectStorage
import TestServers
import Testing

@testable import RenderService

/// Tests of the socket on which callers follow their jobs.
@Suite(.serialized)
struct SocketTests {
    private struct Heard {
        let messages: [[String: Any]]
        let end: Any?
        let refused: Int?

        var ids: [String] { messages.compactMap { ($0["data"] as? [String: Any])?["id"] as? String } }
        func states(of id: String) -> [String] {
            messages.compactMap { $0["data"] as? [String: Any] }.filter { $0["id"] as? String == id }
                .compactMap { $0["state"] as? String }
        }
    }

    /// Sends a request as it is, and returns the answer.
    private func raw(_ path: String, _ headers: [String: String], at port: Int) throws -> String {
        let connection = try TCPConnection(port: port)
        defer { connection.close() }
        let fields = headers.merging(["Host": "127.0.0.1"]) { $1 }.map { "\($0): \($1)\r\n" }.joined()
        return try connection.exchange("GET /\(path) HTTP/1.1\r\n\(fields)\r\n")
    }

    /// Starts a Python program that follows jobs, and returns what it has heard when it ends.
    private func follow(_ service: ServiceProcess, at site: Site, _ options: [String: Any]) async throws -> Heard {
        let json = String(decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
        let heard = try await PythonProgram.object(
            "socket_client.py", [service.url.absoluteString + "/", json], in: site.folder)
        return Heard(
            messages: heard["messages"] as? [[String: Any]] ?? [], end: heard["end"], refused: heard["refused"] as? Int)
    }

    /// Waits until a number of sockets follow jobs.
    private func wait(for count: Int, at service: ServiceProcess) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while service.text.components(separatedBy: "a socket follows jobs").count <= count, .now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("a caller is told of its jobs until they end, and of nobody else's", arguments: Backend.allCases)
    func followed(_ backend: Backend) async throws {
        let site = try await Site(backend, ["API_KEYS": "anna:a-key,bert:b-key"])
        let service = try site.service()
        let anna = Client(service, key: "a-key")
        try await Samples.upload(to: anna)
        let other = try await Client(service, key: "b-key").submit(Samples.color())
        async let heard = follow(service, at: site, ["headers": ["Authorization": "Bearer a-key"], "jobs": 2])
        try await wait(for: 1, at: service)
        let slides = try await anna.submit(Samples.slideshow(seconds: 12))
        var missing = Samples.slideshow()
        missing["images"] = ["photo1.jpg"]
        missing["audio"] = "photo1.jpg"
        let wrong = try await anna.submit(missing)
        let told = try await heard
        #expect(told.states(of: slides).last == "completed" && told.states(of: slides).contains("running"))
        #expect(told.states(of: wrong).last == "failed")
        #expect(told.states(of: other).isEmpty)
        #expect(told.messages.allSatisfy { $0["event"] as? String == "status" })
        // It is what the status says.
        let last = try #require(told.messages.last { ($0["data"] as? [String: Any])?["id"] as? String == slides })
        let data = try #require(last["data"] as? [String: Any])
        let status = try await anna.status(slides)
        #expect((data["result"] as? [String: Any])?["bytes"] as? Int == status["result.bytes"] as? Int)
        let progress = told.messages.compactMap { ($0["data"] as? [String: Any])?["progress"] as? [String: Any] }
        #expect(progress.contains { ($0["fraction"] as? Double).map { $0 > 0 && $0 < 1 } == true }, "progress is told")
    }

    @Test("who comes back is told what has ended since its last event")
    func resumed() async throws {
        let site = try await Site(.embedded)
        let service = try site.service()
        let client = Client(service)
        let first = try await client.submit(Samples.color())
        async let heard = follow(service, at: site, ["jobs": 1])
        _ = try await client.wait(for: first)
        try await wait(for: 1, at: service)
        let before = try await client.submit(Samples.color(seconds: 0.3))
        let told = try await heard
        let id = try #require(told.messages.last?["id"] as? String)
        _ = try await client.wait(for: before)
        let third = try await client.submit(Samples.color(seconds: 0.4))
        _ = try await client.wait(for: third)
        for options in [["query": "?lastEventId=\(id)"], ["headers": ["Last-Event-ID": id]]] as [[String: Any]] {
            let again = try await follow(service, at: site, options.merging(["seconds": 2]) { $1 })
            #expect(again.states(of: third) == ["completed"])
            #expect(again.end as? String == "time", "the socket stays open")
        }
        let fresh = try await follow(service, at: site, ["seconds": 1])
        #expect(fresh.messages.isEmpty, "who is new is not told what is over")
        let junk = try await follow(service, at: site, ["query": "?lastEventId=junk", "seconds": 1])
        #expect(junk.messages.isEmpty)
    }

    @Test("a page, which cannot set headers, says who it is in the first message")
    func token() async throws {
        let site = try await Site(.embedded, ["API_KEYS": "anna:a-key"])
        let service = try site.service()
        let anna = Client(service, key: "a-key")
        async let heard = follow(
            service, at: site, ["hello": ["token": "a-key"], "jobs": 1, "origin": "https://app.example"])
        try await wait(for: 1, at: service)
        let id = try await anna.submit(Samples.color())
        #expect(try await heard.states(of: id).last == "completed")
        for hello in [["token": "wrong"], ["token": ""], [:], ["lastEventId": "0"]] {
            let refused = try await follow(service, at: site, ["hello": hello])
            #expect(refused.end as? Int == 1008 && refused.messages.isEmpty, "\(hello)")
        }
        let bad = try await follow(service, at: site, ["headers": ["Authorization": "Bearer wrong"]])
        #expect(bad.refused == 401)
        let silent = try await follow(service, at: site, ["seconds": 20])
        #expect(silent.end as? Int == 1008, "who never says who it is does not stay")
        #expect(try await anna.get("jobs/socket").status == 426)
    }

    @Test("a page of another site follows nothing where no credentials are needed")
    func foreign() async throws {
        let site = try await Site(.embedded)
        let service = try site.service("serve", ["WORKERS": "0"])
        let foreign = try await follow(service, at: site, ["origin": "https://evil.example"])
        #expect(foreign.refused == 426)
        let own = try await follow(service, at: site, ["origin": "http://127.0.0.1:\(service.port)", "seconds": 1])
        #expect(own.refused == nil && own.end as? String == "time")
    }

    @Test("requests that offer another protocol are answered as they are")
    func otherUpgrades() async throws {
        let site = try await Site(.embedded)
        let service = try site.service("serve", ["WORKERS": "0"])
        let socket = ["Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"]
        for (path, headers, status) in [
            ("health", ["Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"], 200),
            ("health", socket.merging(["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="]) { $1 }, 200),
            ("jobs/socket", socket, 426), ("jobs/socket", socket.merging(["Sec-WebSocket-Version": "8"]) { $1 }, 426),
        ] {
            let answer = try raw(path, headers, at: service.port)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        }
    }

    @Test("frames that mean nothing end the socket, and pings are answered")
    func frames() async throws {
        let site = try await Site(.embedded)
        let service = try site.service("serve", ["WORKERS": "0"])
        #expect(try await follow(service, at: site, ["raw": "large"]).end as? Int == 1009)
        #expect(try await follow(service, at: site, ["raw": "binary"]).end as? Int == 1003)
        #expect(try await follow(service, at: site, ["raw": "parts"]).end as? Int == 1009)
        #expect(try await follow(service, at: site, ["ping": true, "seconds": 1]).end as? String == "time")
        #expect(try await Client(service).get("health").status == 200)
    }

    @Test("who reads slowly gets the last of many changes, and the end")
    func slow() async throws {
        let site = try await Site(.embedded)
        let service = try site.service()
        let client = Client(service)
        try await Samples.upload(to: client)
        async let heard = follow(service, at: site, ["slow": 4, "jobs": 1])
        try await wait(for: 1, at: service)
        let id = try await client.submit(Samples.slideshow(seconds: 2))
        #expect(try await heard.states(of: id).last == "completed")
    }

    @Test("a service that stops says so, and does not wait for sockets or for connections without a request")
    func stops() async throws {
        let site = try await Site(.embedded)
        let service = try site.service("serve", ["WORKERS": "0"])
        async let heard = follow(service, at: site, [:])
        let idle = try TCPConnection(port: service.port)
        try await wait(for: 1, at: service)
        service.process.stop()
        #expect(try await heard.end as? Int == 1001)
        idle.close()
    }

    @Test("a caller that gives no sign of life is asked for one, and then let go")
    func silence() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("silence-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = JSONLog.logger(level: .critical)
        let queue = try SQLiteJobQueue(path: folder.path + "/jobs.sqlite", leaseSeconds: 30)
        let web = WebClient(allowsPrivateAddresses: false, hosts: [], logger: logger)
        let sockets = JobSockets(
            access: try await Access(Configuration.Access(), web: web),
            presenter: JobPresenter(links: try FolderStore(root: folder.path), secret: "s"),
            feeds: JobFeeds(queue: queue, logger: logger), logger: logger, ping: .milliseconds(100),
            silence: .milliseconds(500))
        let port = try FreePort.find()
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let application = Application(
            router: Router(), server: HTTPServerBuilder { SocketChannel(responder: $0, sockets: sockets) },
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { _ in isReady.yield() }, logger: logger)
        let task = Task { try await application.run() }
        for await _ in ready { break }
        let connection = try TCPConnection(port: port)
        let answer = try connection.exchange(
            "GET /jobs/socket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
        // The example of RFC 6455, 1.3.
        #expect(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        var bytes: [UInt8] = []
        while case let more = try connection.read(), !more.isEmpty { bytes += more }
        connection.close()
        #expect(bytes.starts(with: [0x89, 0, 0x89, 0]), "pings")
        #expect(bytes.suffix(4) == [0x88, 2, 0x03, 0xE8], "the end, with the code 1000")
        task.cancel()
        _ = try? await task.value
        await queue.close()
    }

    @Test("jobs of a caller are asked for once, however many follow them, and by nobody when nobody does")
    func feeds() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("feeds-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let queue = try SQLiteJobQueue(path: folder.path + "/jobs.sqlite", leaseSeconds: 30)
        let feeds = JobFeeds(queue: queue, logger: JSONLog.logger(level: .critical), pause: .milliseconds(5))
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<20 {
                group.addTask {
                    for await jobs in await feeds.jobs(of: "anna") where jobs.count == 2 { return jobs.map(\.id) }
                    return []
                }
            }
            _ = try await queue.submit(NewJob(id: "a", kind: .render, caller: "anna", payload: "{}"))
            _ = try await queue.submit(NewJob(id: "x", kind: .render, caller: "bert", payload: "{}"))
            _ = try await queue.submit(NewJob(id: "b", kind: .render, caller: "anna", payload: "{}"))
            for try await ids in group { #expect(Set(ids) == ["a", "b"]) }
        }
        let end = ContinuousClock.now + .seconds(10)
        while await feeds.count > 0, .now < end { try await Task.sleep(for: .milliseconds(5)) }
        #expect(await feeds.count == 0)
        await queue.close()
    }

    @Test("ends are told in their order, once, and those since an event again after a break")
    func told() {
        func job(_ id: String, _ state: Job.State, _ end: Double? = nil) -> Job {
            var job = Job(NewJob(id: id, kind: .render, caller: "anna", payload: ""), createdAt: .distantPast)
            job.state = state
            job.finishedAt = end.map { Date(timeIntervalSince1970: $0) }
            return job
        }
        var told = ToldJobs(after: nil)
        let old = job("old", .completed, 100)
        #expect(told.news(in: [job("a", .running), old]).map(\.0.id) == ["a"])
        #expect(told.news(in: [job("a", .running), old]).isEmpty)
        let ends = told.news(in: [job("quick", .failed, 130), job("a", .completed, 120), old])
        #expect(ends.map(\.0.id) == ["a", "quick"] && ends.map(\.event) == ["120000000", "130000000"])
        // An end that is recorded late is told, and the events do not go back.
        let late = told.news(in: [job("late", .completed, 125), job("quick", .failed, 130)])
        #expect(late.map(\.0.id) == ["late"] && late.map(\.event) == ["130000000"])
        var again = ToldJobs(after: "130000000")
        let jobs = [
            job("b", .queued), job("c", .completed, 140), job("late", .completed, 126), job("old", .completed, 100),
        ]
        #expect(again.news(in: jobs).map(\.0.id) == ["late", "c", "b"])
        var wild = ToldJobs(after: "-9223372036854775808")
        #expect(wild.news(in: jobs).count == 4)
    }
}
