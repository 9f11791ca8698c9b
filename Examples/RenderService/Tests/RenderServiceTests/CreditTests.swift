// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestServers
import Testing

/// Tests of what jobs are paid with.
@Suite(.serialized)
struct CreditTests {
    /// Prices with which a render costs what its frames' time costs, and three cents.
    static func site(_ backend: Backend, _ more: [String: String] = [:]) async throws -> Site {
        let prices = FileManager.default.temporaryDirectory.appendingPathComponent("prices-\(UUID().uuidString).json")
        try Data(#"{"cpuSecond": 0.01, "kinds": {"render": 3}}"#.utf8).write(to: prices)
        return try await Site(
            backend,
            RecordTests.database(backend).merging([
                "CREDIT_PRICES_FILE": prices.path, "API_KEYS": "anna:a-key,bert:b-key,ops:o-key",
                "ADMIN_CALLERS": "ops",
            ]) { $1 }.merging(more) { $1 })
    }

    static func deposit(_ cents: Int, to owner: String, _ reference: String, _ service: ServiceProcess) async throws {
        let body: [String: Any] = ["owner": owner, "cents": cents, "reference": reference]
        let answer = try await Client(service, key: "o-key").ask(body, at: "credits/deposits")
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Waits until an owner has no reservation, and returns the statement.
    static func settled(_ client: Client) async throws -> Answer {
        let end = ContinuousClock.now + .seconds(60)
        while .now < end {
            let answer = try await client.get("credits?limit=200")
            if answer.number("reservedCents") == 0 { return answer }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw ServiceProcess.Failure(description: "a reservation stays: \(try await client.get("credits").text)")
    }

    @Test("credits are reserved, taken, and given back", arguments: Backend.allCases)
    func flow(_ backend: Backend) async throws {
        let site = try await Self.site(backend)
        let service = try site.service()
        let anna = Client(service, key: "a-key")
        let refused = try await anna.ask(Samples.color())
        #expect(refused.status == 402 && refused.string("error.code") == "insufficientCredits", "\(refused.text)")
        #expect(refused.number("error.missingCents") == 4 && refused.number("error.neededCents") == 4)
        #expect(try await anna.get("jobs").text == #"{"jobs":[]}"#)
        try await Self.deposit(10, to: "anna", "invoice-1", service)
        try await Self.deposit(10, to: "anna", "invoice-1", service)
        #expect(try await anna.get("credits").number("availableCents") == 10)
        let own: [String: Any] = ["owner": "anna", "cents": 5, "reference": "x"]
        #expect(try await anna.ask(own, at: "credits/deposits").status == 403)

        var body = Samples.color()
        body["generationId"] = "paid"
        let id = try await anna.submit(body)
        #expect(try await anna.ask(body).status == 202, "the same request again costs nothing")
        _ = try await anna.wait(for: id)
        let paid = try await Self.settled(anna)
        let cost = paid.number("entries.0.costCents")
        #expect(paid.string("entries.0.kind") == "settle" && paid.string("entries.0.generationId") == "paid")
        #expect((3...9).contains(cost) && paid.number("availableCents") == 10 - cost, "\(paid.text)")
        #expect((paid["entries"] as? [Any])?.count == 3)
        let record = try await RecordTests.wait(anna, "paid") { $0.string("state") == "completed" }
        #expect(record.number("cents") == cost)

        // A job that fails costs nothing, and neither does a cancelled one.
        try await Self.deposit(100, to: "anna", "invoice-2", service)
        let before = try await anna.get("credits").number("availableCents")
        try await Samples.upload(to: anna)
        var long = Samples.slideshow(seconds: 60)
        long["generationId"] = "cancelled"
        let other = try await anna.submit(long)
        #expect(try await anna.get("credits").number("reservedCents") > 0)
        _ = try await anna.send("DELETE", "job/\(other)")
        let refunded = try await Self.settled(anna)
        #expect(refunded.string("entries.0.kind") == "refund" && refunded.number("availableCents") == before)
        #expect(try await Client(service, key: "b-key").get("credits").number("availableCents") == 0)
        #expect(try await Client(service, key: "o-key").get("credits?owner=anna").number("availableCents") == before)
        #expect(try await anna.get("credits?owner=bert").status == 403)
    }

    @Test("a reservation whose job is lost expires, and nothing is paid twice after crashes")
    func lost() async throws {
        let site = try await Self.site(.embedded, ["CREDITS_HOLD_SECONDS": "1"])
        var service = try site.service("serve", ["WORKERS": "0"])
        try await Self.deposit(1000, to: "anna", "invoice-1", service)
        for number in 0..<5 {
            var body = Samples.color()
            body["generationId"] = "g\(number)"
            _ = try await Client(service, key: "a-key").submit(body)
        }
        #expect(try await Client(service, key: "a-key").get("credits").number("reservedCents") == 20)
        service.kill()
        // The queue has lost everything, and the ledger nothing.
        let data = site.folder.path + "/data/"
        for file in try FileManager.default.contentsOfDirectory(atPath: data) where file.hasPrefix("jobs.sqlite") {
            try FileManager.default.removeItem(atPath: data + file)
        }
        service = try site.service()
        let anna = Client(service, key: "a-key")
        let expired = try await Self.settled(anna)
        #expect(expired.number("availableCents") == 1000 && expired.string("entries.0.kind") == "expire")
        // Jobs whose processes are killed in the middle are paid for once.
        for number in 0..<3 {
            var body = Samples.color()
            body["generationId"] = "again\(number)"
            _ = try await Client(service, key: "a-key").submit(body)
            service.kill()
            service = try site.service()
        }
        let end = try await Self.settled(Client(service, key: "a-key"))
        let entries = (end["entries"] as? [[String: Any]] ?? []).filter { $0["kind"] as? String == "settle" }
        #expect(Set(entries.compactMap { $0["generationId"] as? String }) == ["again0", "again1", "again2"])
        #expect(entries.count == 3)
        let spent = entries.reduce(0) { $0 + ($1["costCents"] as? Int ?? 0) }
        #expect(end.number("availableCents") == 1000 - Double(spent))
    }

    /// Submits requests, each twice, and returns the jobs of those that were accepted; the service may die meanwhile.
    private static func submit(_ bodies: [Int: Data], to service: ServiceProcess) async -> [Int: String] {
        let client = Client(service, key: "a-key")
        return await withTaskGroup(of: (Int, String)?.self) { group in
            for (number, body) in bodies {
                for _ in 0..<2 {
                    group.addTask {
                        let answer = try? await client.send("POST", "render", body)
                        return answer?.status == 202 ? (number, answer?.string("id") ?? "") : nil
                    }
                }
            }
            return await group.reduce(into: [:]) { if let (number, id) = $1 { $0[number] = id } }
        }
    }

    @Test("many submits at once, repetitions, failures, cancellations and crashes end with sums that agree")
    func load() async throws {
        let site = try await Self.site(
            .distributed, ["MAX_ATTEMPTS": "50", "RATE_LIMIT": "1000000", "CREDITS_HOLD_SECONDS": "10"])
        var service = try site.service()
        try await Self.deposit(300, to: "anna", "invoice-1", service)
        let jobs = 120
        // A sixth fails, since there is no such encoder here; the others cost what they cost.
        let bodies = try (0..<jobs).map { (number: Int) -> (Int, Data) in
            var body = Samples.color(seconds: 0.1)
            if number % 6 == 0 { body["output"] = ["video": ["encoder": "hardware"]] }
            body["generationId"] = "load\(number)"
            return (number, try JSONSerialization.data(withJSONObject: body))
        }
        func some(_ range: Range<Int>) -> [Int: Data] { Dictionary(uniqueKeysWithValues: bodies[range]) }
        var accepted = await Self.submit(some(0..<40), to: service)
        for number in stride(from: 1, to: 40, by: 7) {
            if let id = accepted[number] { _ = try await Client(service, key: "a-key").send("DELETE", "job/\(id)") }
        }
        for range in [40..<80, 80..<jobs] {
            let (requests, dying) = (some(range), service)
            async let answers = Self.submit(requests, to: dying)
            try await Task.sleep(for: .milliseconds(150))
            dying.kill()
            accepted.merge(await answers) { $1 }
            service = try site.service()
            // Those whose answer was lost are asked for again.
            accepted.merge(await Self.submit(requests, to: service)) { $1 }
        }
        let client = Client(service, key: "a-key")
        var states: [String: Int] = [:]
        for id in accepted.values { states[try await client.wait(for: id).string("state"), default: 0] += 1 }
        #expect(states["completed", default: 0] > 20 && states["failed", default: 0] > 3, "\(states)")
        #expect(accepted.count < jobs, "the credits do not suffice for all")
        let end = try await Self.settled(client)

        var entries: [[String: Any]] = []
        var next = ""
        repeat {
            let page = try await client.get("credits?limit=200" + (next.isEmpty ? "" : "&after=\(next)"))
            entries += page["entries"] as? [[String: Any]] ?? []
            next = page.string("next")
        } while !next.isEmpty
        let settled = entries.filter { $0["kind"] as? String == "settle" }
        #expect(entries.reduce(0) { $0 + ($1["cents"] as? Int ?? 0) } == Int(end.number("availableCents")))
        let spent = settled.reduce(0) { $0 + ($1["costCents"] as? Int ?? 0) }
        #expect(Int(end.number("availableCents")) == 300 - spent)
        // Every completed job was paid for once, at the price in its record, and no other was.
        var paid: [String: Int] = [:]
        for entry in settled {
            paid[entry["generationId"] as? String ?? "", default: 0] += entry["costCents"] as? Int ?? 0
        }
        #expect(paid.count == settled.count && settled.count == states["completed", default: 0])
        for number in accepted.keys.sorted() {
            let record = try await RecordTests.wait(client, "load\(number)") { $0["finishedAt"] != nil }
            let isCompleted = record.string("state") == "completed"
            #expect(paid["load\(number)"] == (isCompleted ? Int(record.number("cents")) : nil), "\(record.text)")
        }
    }

    @Test("an outside ledger is asked, and asked again until it answers")
    func outside() async throws {
        let ledger = try await Receiver { request, number in
            if request.json["generationId"] as? String == "poor" {
                return .init(status: 402, body: Data(#"{"missingCents":7}"#.utf8))
            }
            // It fails the first time that it is told of an end.
            return .init(status: request.path == "/ledger/settle" && number < 3 ? 503 : 200)
        }
        let site = try await Self.site(.embedded, ["CREDITS_URL": ledger.url + "/ledger", "CREDITS_KEY": "l-key"])
        let client = Client(try site.service(), key: "a-key")
        var body = Samples.color()
        body["generationId"] = "poor"
        let refused = try await client.ask(body)
        #expect(refused.status == 402 && refused.number("error.missingCents") == 7, "\(refused.text)")
        body["generationId"] = "rich"
        _ = try await client.wait(for: try await client.submit(body))
        let record = try await RecordTests.wait(client, "rich") { $0.string("state") == "completed" }
        #expect(record.number("cents") >= 3)
        let asked = ledger.requests
        #expect(asked.map { $0.path } == ["reserve", "reserve", "settle", "settle"].map { "/ledger/" + $0 })
        #expect(asked.allSatisfy { $0.headers["authorization"] == "Bearer l-key" })
        #expect(asked[3].headers["idempotency-key"] == "settle:anna:" + record.string("id"))
        #expect(asked[3].json["cents"] as? Int == Int(record.number("cents")) && asked[3].body == asked[2].body)
        #expect(try await client.get("credits").status == 404)
    }

    @Test("without prices, jobs are free")
    func off() async throws {
        let client = Client(try await Site(.embedded).service())
        _ = try await client.wait(for: try await client.submit(Samples.color()))
        #expect(try await client.get("credits").status == 404)
    }
}
