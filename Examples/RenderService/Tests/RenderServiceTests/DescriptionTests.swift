// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests that the description of the API is valid and matches the service.
struct DescriptionTests {
    @Test("the API is as its description says")
    func description() async throws {
        let prices = FileManager.default.temporaryDirectory.appendingPathComponent("prices-\(UUID().uuidString).json")
        try Data(#"{"kinds": {"render": 3}}"#.utf8).write(to: prices)
        let program = try await FakeProgram { _, _ in
            .init(body: Data(#"{"status":"completed","result":{"video":{"url":"https://m.example/a.mp4"}}}"#.utf8))
        }
        let site = try await Site(
            .embedded,
            try KindTests.kinds(["video/generate": program.settings]).merging([
                "CREDIT_PRICES_FILE": prices.path, "ADMIN_CALLERS": "anyone",
            ]) { $1 })
        let service = try site.service()
        let client = Client(service)
        try await Samples.upload(to: client)
        let poor = try await client.ask(Samples.color())
        let deposit = try await client.ask(
            ["owner": "anyone", "cents": 100, "reference": "invoice-1"], at: "credits/deposits")
        let edit = try JSONSerialization.data(withJSONObject: ["name": "Trip", "edit": Samples.color()])
        let stored = try await client.send("POST", "edits", edit)
        let path = "edits/" + stored.string("id")
        let done = try await client.wait(for: try await client.submit(Samples.slideshow(seconds: 0.2)))
        let recorded = try await RecordTests.wait(client, done.string("id")) { $0.string("state") == "completed" }
        let wrong = try await client.ask(["images": []])
        let generated = try await client.wait(
            for: try await client.submit("video/generate", ["prompt": "x"], after: [done.string("id")]))
        let told = try await RecordTests.wait(client, generated.string("id")) { $0.string("state") == "completed" }
        // The responses, with their path, method and status.
        let answers: [(String, String, Answer)] = [
            ("/job/{id}/status", "get", done), ("/render", "post", wrong),
            ("/render", "post", try await client.ask(Samples.color())), ("/jobs", "get", try await client.get("jobs")),
            ("/health", "get", try await client.get("health")), ("/encoders", "get", try await client.get("encoders")),
            ("/media/{name}", "put", try await client.upload("photo1.jpg")),
            (
                "/validate", "post",
                try await client.send(
                    "POST", "validate", try JSONSerialization.data(withJSONObject: Samples.slideshow()))
            ),
            (
                "/estimate", "post",
                try await client.send(
                    "POST", "estimate", try JSONSerialization.data(withJSONObject: Samples.slideshow()))
            ),
            ("/job/{id}/status", "get", try await client.status("nobody")), ("/render", "post", poor),
            ("/credits/deposits", "post", deposit), ("/credits", "get", try await client.get("credits")),
            ("/edits", "post", stored), ("/edits", "get", try await client.get("edits")),
            ("/edits/{id}", "get", try await client.get(path)),
            ("/edits/{id}", "put", try await client.send("PUT", path)),
            ("/edits/{id}/versions", "get", try await client.get(path + "/versions")),
            ("/edits/{id}/diff", "post", try await client.send("POST", path + "/diff?from=1")),
            ("/edits/{id}/render", "post", try await client.send("POST", path + "/render")),
            ("/generations/{id}", "get", recorded), ("/generations", "get", try await client.get("generations")),
            ("/generations", "get", try await client.get("generations?limit=x")),
            (
                "/jobs", "post",
                try await client.ask(["kind": "video/generate", "payload": ["prompt": "y"]], at: "jobs")
            ),
            ("/jobs", "post", try await client.ask(["kind": "none", "after": ["nobody"]], at: "jobs")),
            ("/job/{id}/status", "get", generated), ("/generations/{id}", "get", told),
            ("/owners/{owner}/import", "post", try await client.send("POST", "owners/anyone/import")),
        ]
        let folder = site.folder.appendingPathComponent("answers")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try (try await client.get("openapi.json")).body.write(to: folder.appendingPathComponent("openapi.json"))
        let list = answers.map {
            ["path": $0.0, "method": $0.1, "status": $0.2.status, "body": $0.2.json] as [String: Any]
        }
        try JSONSerialization.data(withJSONObject: list).write(to: folder.appendingPathComponent("answers.json"))
        let said = try await PythonProgram.run("check_openapi.py", [folder.path], in: folder)
        #expect(said.contains("\(answers.count) answers"))
    }

    @Test("what the description has, there is")
    func paths() async throws {
        let site = try await Site(.embedded)
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        let paths = try #require(try await client.get("openapi.json").json["paths"] as? [String: [String: Any]])
        #expect(paths.count >= 15)
        for (path, methods) in paths {
            for method in methods.keys where ["get", "post", "put", "delete"].contains(method) {
                let concrete = path.replacingOccurrences(of: "{id}", with: "nobody").replacingOccurrences(
                    of: "{name}", with: "x"
                ).replacingOccurrences(of: "{owner}", with: "anyone")
                let answer = try await client.send(
                    method.uppercased(), concrete, method == "get" ? nil : Data("{}".utf8))
                // The framework's own message would be "Not Found"; these messages come from the service.
                #expect(answer.status != 405, "\(method) \(path)")
                let message = answer.string("error.message")
                #expect(answer.status != 404 || !["", "Not Found"].contains(message), "\(method) \(path)")
            }
        }
    }
}
