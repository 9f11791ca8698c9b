// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of the records of jobs, in SQLite and in Postgres.
@Suite(.serialized)
struct RecordTests {
    /// The server for tests that do not stop it.
    static let postgres = Result { try PostgresServer() }

    /// Returns the settings for a database of a test's own.
    static func database(_ backend: Backend) throws -> [String: String] {
        backend == .embedded ? [:] : ["DATABASE_URL": try postgres.get().makeDatabase()]
    }

    /// Waits until a record is as it should be.
    static func wait(
        _ client: Client, _ id: String, seconds: Double = 60, until isTrue: (Answer) -> Bool
    ) async throws -> Answer {
        let end = ContinuousClock.now + .seconds(seconds)
        var last = "nothing"
        while .now < end {
            let answer = try await client.get("generations/\(id)")
            if answer.status == 200, isTrue(answer) { return answer }
            last = answer.text
            try await Task.sleep(for: .milliseconds(20))
        }
        throw ServiceProcess.Failure(description: "it did not happen: \(last)")
    }

    @Test("a record has what was asked for, how it went, and what came of it", arguments: Backend.allCases)
    func whole(_ backend: Backend) async throws {
        let site = try await Site(backend, Self.database(backend))
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        var body = Samples.slideshow(seconds: 0.2)
        body["generationId"] = "trip-1"
        let id = try await client.submit(body)
        let done = try await client.wait(for: id)
        let record = try await Self.wait(client, "trip-1") { $0.string("state") == "completed" }
        #expect(record.string("id") == id && record.string("owner") == "anyone" && record.string("kind") == "render")
        #expect(record["inputs"] as? [String] == ["music.m4a", "photo1.jpg", "photo2.jpg"])
        #expect(record.string("edit.timeline.tracks.0.clips.0.src") == "photo1.jpg", "\(record.text)")
        #expect(record.string("encoder.name") == "x264" && !record.string("encoder.reason").isEmpty)
        #expect(record.string("renderer") == "local" && record.string("rendererReason") == "asked for")
        #expect(record.number("cost.cpuSeconds") > 0 && record.number("cost.elapsedSeconds") > 0)
        #expect(record.number("cost.gpuSeconds") == 0)
        #expect(record.string("output.key") == done.string("result.key"))
        #expect(record.number("output.bytes") == done.number("result.bytes"))
        for time in ["createdAt", "startedAt", "finishedAt"] {
            #expect(record.string(time) == done.string(time), "\(time)")
        }
        #expect(done["callbacks"] == nil, "what is recorded is no callback of the caller's")

        let failing = try await client.submit(["images": ["photo1.jpg"], "audio": "photo2.jpg", "size": "64x64"])
        let failed = try await client.wait(for: failing)
        #expect(failed.string("state") == "failed")
        let why = try await Self.wait(client, failing) { $0.string("state") == "failed" }
        #expect(why.string("error.code") == failed.string("error.code") && !why.string("error.message").isEmpty)
        #expect(why["output"] == nil)
    }

    @Test("a list has what the filter lets pass, in pages, and only one's own", arguments: Backend.allCases)
    func lists(_ backend: Backend) async throws {
        let site = try await Site(
            backend,
            try Self.database(backend).merging(
                ["API_KEYS": "anna:a-key,bert:b-key,ops:o-key", "ADMIN_CALLERS": "ops", "WORKERS": "0"]) { $1 })
        let service = try site.service()
        let (anna, bert) = (Client(service, key: "a-key"), Client(service, key: "b-key"))
        let ops = Client(service, key: "o-key")
        var ids: [String] = []
        for number in 0..<5 {
            ids.append(try await anna.submit(Samples.color(seconds: 0.1 * Double(number + 1))))
            // The records are written in batches behind the requests.
            _ = try await Self.wait(anna, ids[number]) { $0.string("state") == "queued" }
        }
        let other = try await bert.submit(Samples.color())
        _ = try await Self.wait(bert, other) { _ in true }
        _ = try await anna.send("DELETE", "job/\(ids[1])")
        // The end is recorded by a worker.
        let worker = try site.service("work", ["WORKERS": "1", "DATA_DIR": site.folder.path + "/data"])
        _ = try await Self.wait(anna, ids[1]) { $0.string("state") == "cancelled" }
        for id in ids where id != ids[1] { _ = try await Self.wait(anna, id) { $0.string("state") == "completed" } }
        worker.stop()

        func list(_ client: Client, _ query: String) async throws -> [String] {
            let answer = try await client.get("generations?" + query)
            #expect(answer.status == 200, "\(answer.text)")
            return (answer["generations"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
        }
        #expect(try await list(anna, "") == ids.reversed())
        #expect(try await list(anna, "state=cancelled") == [ids[1]])
        #expect(try await list(anna, "kind=other").isEmpty)
        let first = try await anna.get("generations?limit=3")
        #expect(first["generations.0.edit"] == nil, "lists have no edits")
        let rest = try await list(anna, "limit=3&after=\(first.string("next"))")
        #expect(rest == [ids[1], ids[0]])
        let middle = try await anna.get("generations/\(ids[2])").string("createdAt")
        #expect(try await list(anna, "from=\(middle)") == [ids[4], ids[3], ids[2]])
        #expect(try await list(anna, "until=\(middle)") == [ids[1], ids[0]])
        #expect(try await list(ops, "").count == 6)
        #expect(try await list(ops, "owner=bert") == [other])
        #expect(try await anna.get("generations?owner=bert").status == 403)
        #expect(try await anna.get("generations/\(other)").status == 404)
        #expect(try await ops.get("generations/\(other)").status == 200)
        #expect(try await anna.get("generations?limit=many").status == 400)
        #expect(try await anna.get("generations?from=yesterday").status == 400)
        #expect(try await anna.get("generations?after=nonsense").status == 400)
    }

    @Test("a record outlives its job in the queue")
    func kept() async throws {
        let site = try await Site(.embedded)
        let service = try site.service()
        let id = try await Client(service).submit(Samples.color())
        _ = try await Self.wait(Client(service), id) { $0.string("state") == "completed" }
        service.stop()
        // The queue has lost everything.
        for file in try FileManager.default.contentsOfDirectory(atPath: site.folder.path + "/data")
        where file.hasPrefix("jobs.sqlite") {
            try FileManager.default.removeItem(atPath: site.folder.path + "/data/" + file)
        }
        let client = Client(try site.service())
        #expect(try await client.status(id).status == 404)
        #expect(try await client.get("generations/\(id)").string("state") == "completed")
    }

    @Test("Postgres that goes away at every step holds no job up, and no record is lost")
    func postgresGoesAway() async throws {
        let server = try PostgresServer()
        let url = try server.makeDatabase()
        server.stop()
        // It is away when the service starts, when jobs are submitted, and when they are rendered.
        let site = try await Site(.distributed, ["DATABASE_URL": url])
        var service = try site.service()
        var ids: [String] = []
        func make() async throws {
            let client = Client(service)
            let id = try await client.submit(Samples.color())
            let done = try await client.wait(for: id, seconds: 30)
            #expect(done.string("state") == "completed", "\(done.text)")
            ids.append(id)
        }
        try await make()
        #expect(try await Client(service).get("generations/\(ids[0])").status == 503)
        let health = try await Client(service).get("health")
        #expect(health.status == 200 && health.string("checks.archive").contains("cannot be reached"))
        let ready = try await Client(service).get("health/ready")
        #expect(ready.status == 200 && ready["checks.archive"] == nil, "the database is not waited for")
        #expect(!health.text.contains("secret") && !health.text.contains("tester"))
        // It comes, and goes again while jobs are under way, once as in a crash.
        try server.start()
        _ = try await Self.wait(Client(service), ids[0]) { $0.string("state") == "completed" }
        server.kill()
        try await make()
        try await make()
        // The process that has its records in memory dies as well.
        service.kill()
        service = try site.service()
        try await make()
        try server.start()
        let client = Client(service)
        for id in ids {
            let record = try await Self.wait(client, id) { $0.string("state") == "completed" }
            #expect(record.string("output.key") == "compose/renders/\(id)/output.mp4")
        }
        #expect(try server.query("SELECT COUNT(*) FROM compose_generation", at: url) == "\(ids.count)")
        #expect(!service.text.contains("tester:secret"), "the log has no password")
    }

    @Test("with Redis and without a database, there are no records, and this is said")
    func none() async throws {
        let site = try await Site(.distributed)
        let client = Client(try site.service())
        _ = try await client.wait(for: try await client.submit(Samples.color()))
        let answer = try await client.get("generations")
        #expect(answer.status == 503 && answer.string("error.message").contains("DATABASE_URL"))
        #expect(try await client.get("health").status == 200)
    }
}
