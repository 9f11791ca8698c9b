// SPDX-License-Identifier: Apache-2.0

import Compose
import Crypto
import Foundation
import ObjectStorage
import TestServers
import Testing

@testable import RenderService

/// Tests of Inngest's routes.
@Suite(.serialized)
struct InngestTests {
    private static let key = "signkey-prod-0123456789abcdef0123456789abcdef"
    private static let route = "api/inngest?fnId=compose-composeVideo&stepId=step"

    private func site(_ more: [String: String] = [:]) async throws -> Site {
        try await Site(.embedded, ["INNGEST_SIGNING_KEY": Self.key].merging(more) { $1 })
    }

    private func body(
        _ data: [String: Any], id: String = "event-1", steps: [String: Any] = [:], ctx: [String: Any] = [:]
    ) throws -> Data {
        let event: [String: Any] = ["name": "video/compose", "id": id, "ts": 1, "data": data]
        let context: [String: Any] = ["attempt": 0, "run_id": "run-1", "disable_immediate_execution": false]
        return try JSONSerialization.data(
            withJSONObject: [
                "event": event, "events": [event], "steps": steps, "use_api": false,
                "ctx": context.merging(ctx) { $1 },
            ] as [String: Any])
    }

    private func signed(_ body: Data, key: String = Self.key, at date: Date = Date()) -> [String: String] {
        ["X-Inngest-Signature": InngestSignature.header(for: body, key: key, now: date)]
    }

    private func operation(_ answer: Answer) throws -> [String: Any] {
        let list = try #require(
            try JSONSerialization.jsonObject(with: answer.body) as? [[String: Any]], "\(answer.text)")
        #expect(answer.status == 206 && list.count == 1)
        return list[0]
    }

    @Test("Inngest's own library signs, registers and runs the function to its end, and accepts every response")
    func executor() async throws {
        let inngest = try await Receiver { _, _ in .init(body: Data(#"{"ids":["x"],"status":200}"#.utf8)) }
        let site = try await site(["INNGEST_EVENT_KEY": "event-key", "INNGEST_EVENT_API_BASE_URL": inngest.url])
        let service = try site.service()
        let client = Client(service)
        try await Samples.upload(to: client)
        func run(_ event: [String: Any]) async throws -> [String: Any] {
            let path = site.folder.appendingPathComponent("event.json")
            try JSONSerialization.data(withJSONObject: event).write(to: path)
            return try await PythonProgram.object(
                "inngest_executor.py", [service.url.absoluteString + "/", Self.key, path.path], in: site.folder)
        }
        let done = try await run([
            "name": "video/compose", "id": "event-1", "ts": 1_700_000_000_000,
            "data": [
                "generationId": "gen-1", "imageUrls": ["photo1.jpg", "photo2.jpg"], "durationPerImage": 0.1,
                "size": "64x64", "transition": "none",
            ],
        ])
        let result = try #require(done["result"] as? [String: Any])
        let video = try #require(result["body"] as? [String: Any])
        #expect(result["status"] as? Int == 200 && video["key"] as? String == "compose/renders/gen-1/output.mp4")
        #expect(video["frames"] as? Int == 6)
        let operations = try #require(done["operations"] as? [[String]])
        #expect(operations.first == ["StepRun", "submit"] && operations.last == ["StepRun", "finish"])
        #expect(operations.dropFirst().prefix(2) == [["Sleep", "wait 1"], ["StepRun", "look 1"]])
        #expect(try await client.get("api/v1/compose/gen-1/status").string("state") == "completed")
        // The events are sent once each, with names that stay the same.
        let id = try #require(video["jobId"] as? String)
        _ = try await client.wait(for: id) { $0.string("callbacks.1.state") == "completed" }
        #expect(inngest.requests.map(\.path) == ["/e/event-key", "/e/event-key"])
        #expect(inngest.requests.map { $0.json["id"] as? String } == ["\(id).started0", "\(id).ended0"])

        let sync = try #require(done["sync"] as? [String: Any])
        #expect(sync["app_id"] as? String == "compose" && sync["url"] as? String == "https://app.example/api/inngest")
        let text = String(decoding: try JSONSerialization.data(withJSONObject: sync), as: UTF8.self)
        #expect(text.contains(#""event":"video\/compose""#) && text.contains(#""concurrency":[{"limit":10}]"#))
        #expect(!text.contains("0123456789abcdef0123456789abcdef"), "the key is not told")

        // What can never succeed is not tried again.
        let wrong = try await run(["name": "video/compose", "id": "event-2", "data": ["images": ["nothing.jpg"]]])
        let refusal = try #require(wrong["result"] as? [String: Any])
        #expect(refusal["status"] as? Int == 400 && refusal["noRetry"] as? String == "true")
    }

    @Test("calls that are unsigned, forged, old or from the future are refused, and start nothing")
    func refused() async throws {
        let site = try await site()
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        let body = try body(Samples.color())
        let stranger = "signkey-prod-ffffffffffffffffffffffffffffffff"
        let good = signed(body)["X-Inngest-Signature"] ?? ""
        let time = String(Int(Date().timeIntervalSince1970))
        let unkeyed = hexadecimal(SHA256.hash(data: body + Data(time.utf8)))
        let wrong: [[String: String]] = [
            [:], signed(body, key: stranger), signed(body + Data(" ".utf8)), signed(Data()),
            signed(body, at: Date(timeIntervalSinceNow: -400)), signed(body, at: Date(timeIntervalSinceNow: 400)),
            ["X-Inngest-Signature": ""], ["X-Inngest-Signature": "t=&s="], ["X-Inngest-Signature": "s=\(unkeyed)"],
            ["X-Inngest-Signature": "t=\(time)&s=\(unkeyed)"], ["X-Inngest-Signature": "t=\(time)&s="],
            ["X-Inngest-Signature": String(good.dropLast())], ["X-Inngest-Signature": "t=0&" + good],
            ["X-Inngest-Signature": "t=9223372036854775807&s=00"],
            ["X-Inngest-Signature": "t=-9223372036854775808&s=00"],
            ["X-Inngest-Signature": good.replacingOccurrences(of: "s=", with: "s=+")],
            ["X-Inngest-Server-Kind": "dev"],
        ]
        for headers in wrong {
            let answer = try await client.send("POST", Self.route, body, headers: headers)
            #expect(answer.status == 401, "\(headers)")
            #expect(answer.headers["x-inngest-signature"] == nil)
        }
        #expect(try await client.get("jobs").text == #"{"jobs":[]}"#)
        #expect(try await client.send("POST", Self.route, body, headers: signed(body)).status == 206)
    }

    @Test("a call that is replayed in time is answered the same, and makes no second job")
    func replayed() async throws {
        let site = try await site()
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        let body = try body(Samples.color())
        let headers = signed(body)
        let first = try operation(try await client.send("POST", Self.route, body, headers: headers))
        let second = try operation(try await client.send("POST", Self.route, body, headers: headers))
        #expect((first["data"] as? [String: String]) == (second["data"] as? [String: String]))
        #expect((first["data"] as? [String: String])?["generationId"] == "event-1", "the event names the job")
        #expect((try await client.get("jobs")["jobs"] as? [Any])?.count == 1)
    }

    @Test("without a key nothing is called, and a development server needs none")
    func modes() async throws {
        let without = Client(try (try await Site(.embedded)).service("serve", ["WORKERS": "0"]))
        let body = try body(Samples.color())
        for method in ["POST", "PUT"] {
            #expect(try await without.send(method, Self.route, body).status == 401)
            #expect(try await without.send(method, Self.route, body, headers: signed(body)).status == 401)
        }
        let inspection = try await without.get("api/inngest")
        #expect(inspection.json["has_signing_key"] as? Bool == false && inspection.string("mode") == "cloud")
        let dev = Client(try (try await Site(.embedded, ["INNGEST_DEV": "1"])).service("serve", ["WORKERS": "0"]))
        #expect(try operation(try await dev.send("POST", Self.route, body))["op"] as? String == "StepRun")
        #expect(try await dev.get("api/inngest").string("mode") == "dev")
        let off = Client(try (try await site(["INNGEST_DEV": "0"])).service("serve", ["WORKERS": "0"]))
        #expect(try await off.send("POST", Self.route, body).status == 401)
    }

    @Test("while keys are exchanged both are accepted, and each call is answered with its own")
    func fallback() async throws {
        let older = "signkey-test-00112233"
        let site = try await site(["INNGEST_SIGNING_KEY_FALLBACK": older])
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        let body = try body(Samples.color())
        for key in [Self.key, older] {
            let answer = try await client.send("POST", Self.route, body, headers: signed(body, key: key))
            #expect(answer.status == 206)
            let header = answer.headers["x-inngest-signature"] ?? ""
            #expect(try InngestSignature.key(of: header, body: answer.body, keys: [Self.key, older]) == key)
        }
        #expect(throws: ConfigurationError.self) { try Configuration(environment: ["INNGEST_SIGNING_KEY": "secret"]) }
    }

    @Test("only Inngest is told more than that the app is there")
    func introspection() async throws {
        let site = try await site()
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        let open = try await client.get("api/inngest")
        #expect(open.json["function_count"] as? Int == 1 && open.json["has_signing_key"] as? Bool == true)
        #expect(open.json["app_id"] == nil && open.json["signing_key_hash"] == nil)
        let forged = try await client.get("api/inngest", headers: signed(Data(), key: "signkey-prod-00"))
        #expect(forged.json["authentication_succeeded"] as? Bool == false && forged.json["app_id"] == nil)
        let known = try await client.get("api/inngest", headers: signed(Data()))
        #expect(known.json["authentication_succeeded"] as? Bool == true && known.string("app_id") == "compose")
        let forgedSync = try await client.send(
            "PUT", "api/inngest", Data(#"{"url":"https://evil.example"}"#.utf8),
            headers: ["X-Inngest-Sync-Kind": "in_band"])
        #expect(forgedSync.status == 401)
    }

    @Test("the function is registered at the configured address with the key's hash, whoever asks for it")
    func registration() async throws {
        let inngest = try await Receiver { request, _ in
            .init(
                status: request.path == "/fn/register" ? 200 : 404,
                body: Data(#"{"ok":true,"message":"registered"}"#.utf8))
        }
        let settings = [
            "INNGEST_BASE_URL": inngest.url, "INNGEST_SERVE_ORIGIN": "https://videos.example",
            "INNGEST_CONCURRENCY": "3", "INNGEST_RATE_LIMIT": "60", "INNGEST_APP_ID": "films",
        ]
        let client = Client(try (try await site(settings)).service("serve", ["WORKERS": "0"]))
        let answer = try await client.send(
            "PUT", "api/inngest?deployId=d1", nil, headers: ["X-Forwarded-Host": "evil.example"])
        #expect(answer.status == 200 && answer.string("message") == "registered", "\(answer.text)")
        let asked = try #require(inngest.requests.first)
        let digits = Data([
            0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
        ])
        #expect(asked.headers["authorization"] == "Bearer " + hexadecimal(SHA256.hash(data: digits)))
        #expect(asked.query == "deployId=d1" && asked.json["url"] as? String == "https://videos.example/api/inngest")
        let function = try #require((asked.json["functions"] as? [[String: Any]])?.first)
        #expect(function["id"] as? String == "films-composeVideo")
        #expect((function["concurrency"] as? [[String: Int]]) == [["limit": 3]])
        #expect((function["rateLimit"] as? [String: Any])?["limit"] as? Int == 60)
        #expect(String(decoding: asked.body, as: UTF8.self).contains("films-composeVideo&stepId=step"))
        var statuses: [Int] = []
        for _ in 0..<8 { statuses.append(try await client.send("PUT", "api/inngest").status) }
        #expect(statuses.contains(429), "whoever may ask may not ask all the time")

        // Without a configured address, one that is asked for could be anybody's.
        let open = Client(
            try (try await site(["INNGEST_BASE_URL": inngest.url])).service("serve", ["WORKERS": "0"]))
        let count = inngest.requests.count
        let refused = try await open.send("PUT", "api/inngest")
        #expect(refused.status == 400 && refused.string("error.message").contains("INNGEST_SERVE_ORIGIN"))
        #expect(inngest.requests.count == count)
    }

    @Test("a step is announced, wanted, or tried again as the orchestrator says")
    func steps() async throws {
        let site = try await site(["MAX_JOBS_PER_CALLER": "1"])
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        func call(
            _ id: String, _ query: String, steps: [String: Any] = [:], ctx: [String: Any] = [:]
        ) async throws -> Answer {
            let body = try body(Samples.color(), id: id, steps: steps, ctx: ctx)
            return try await client.send("POST", "api/inngest?" + query, body, headers: signed(body))
        }
        let name = "fnId=composeVideo"
        let planned = try operation(try await call("a", name, ctx: ["disable_immediate_execution": true]))
        #expect(planned["op"] as? String == "StepPlanned" && planned["data"] == nil)
        let id = try #require(planned["id"] as? String)
        let wanted = try operation(
            try await call("a", name + "&stepId=\(id)", ctx: ["disable_immediate_execution": true]))
        #expect(wanted["op"] as? String == "StepRun" && wanted["id"] as? String == id)
        let other = try await call("a", name + "&stepId=0000")
        #expect(other.status == 500 && other.headers["x-inngest-no-retry"] == "false")
        // The queue is full for this caller, which may heal.
        let full = try await call("b", name)
        #expect(full.status == 500 && full.headers["retry-after"] == "30", "\(full.text)")
        // A step that has failed for good ends the function.
        let failed = try await call("a", name, steps: [id: ["error": ["name": "x", "message": "it broke"]]])
        #expect(
            failed.status == 400 && failed.headers["x-inngest-no-retry"] == "true" && failed.text.contains("it broke"))
        // The job is cancelled, which the function says, and does not try again.
        let data = try #require(wanted["data"] as? [String: String])
        try await client.send("DELETE", "job/\(data["jobId"] ?? "")")
        let memos: [String: Any] = [
            id: ["data": data], FunctionSteps.hash("wait 1"): NSNull(),
            FunctionSteps.hash("look 1"): ["data": "cancelled"],
        ]
        let cancelled = try await call("a", name, steps: memos)
        #expect(cancelled.status == 400 && cancelled.text.contains("cancelled"))
        #expect(try await call("a", "fnId=other").status == 404)
        #expect(try await call("a", "stepId=step").status == 404)
        let junk = Data("[1]".utf8)
        #expect(try await client.send("POST", Self.route, junk, headers: signed(junk)).status == 400)
        let none = try JSONSerialization.data(withJSONObject: ["event": ["name": "x"], "steps": [String: String]()])
        #expect(try await client.send("POST", Self.route, none, headers: signed(none)).status == 400)
    }

    @Test("a run whose state is too large for a call is fetched")
    func largeState() async throws {
        let event = try JSONSerialization.data(withJSONObject: [
            ["name": "video/compose", "id": "large", "data": Samples.color()] as [String: Any]
        ])
        let inngest = try await Receiver { request, _ in
            switch request.path {
            case "/v0/runs/run-1/batch": .init(body: event)
            case "/v0/runs/run-1/actions": .init(body: Data("{}".utf8))
            default: .init(status: 404)
            }
        }
        let client = Client(
            try (try await site(["INNGEST_API_BASE_URL": inngest.url])).service("serve", ["WORKERS": "0"]))
        let body = Data(#"{"use_api":true,"ctx":{"run_id":"run-1"},"steps":{},"event":{}}"#.utf8)
        let step = try operation(try await client.send("POST", Self.route, body, headers: signed(body)))
        #expect((step["data"] as? [String: String])?["generationId"] == "large")
        #expect(inngest.requests.allSatisfy { $0.headers["authorization"]?.hasPrefix("Bearer ") == true })
        let evil = Data(#"{"use_api":true,"ctx":{"run_id":"../../x"},"steps":{},"event":{}}"#.utf8)
        #expect(try await client.send("POST", Self.route, evil, headers: signed(evil)).status == 400)
        #expect(inngest.requests.count == 2)
    }
}
