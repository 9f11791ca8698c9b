// SPDX-License-Identifier: Apache-2.0

import Compose
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
        var list = answers.map {
            ["path": $0.0, "method": $0.1, "status": $0.2.status, "body": $0.2.json] as [String: Any]
        }
        for request in Self.requests {
            let answer = try await client.send(
                "POST", "validate", try JSONSerialization.data(withJSONObject: request))
            list.append([
                "path": "/validate", "method": "post", "status": answer.status, "body": answer.json, "request": request,
            ])
        }
        try JSONSerialization.data(withJSONObject: list).write(to: folder.appendingPathComponent("answers.json"))
        let said = try await PythonProgram.run("check_openapi.py", [folder.path], in: folder)
        #expect(said.contains("\(list.count) answers"))
    }

    /// Requests with what texts have, right ones and wrong ones.
    private static var requests: [[String: Any]] {
        let word: [String: Any] = ["text": "Hi", "start": 0, "end": "1/2", "speaker": "Ann"]
        let look: [String: Any] = [
            "font": "Inter", "weight": 700, "size": "5%", "color": "#fff", "case": "upper", "letterSpacing": -1,
            "stroke": ["width": 2], "features": ["tnum"],
        ]
        let style = look.merging(
            [
                "align": "start", "maxWidth": "80%", "maxLines": 2, "overflow": "shrink", "shadows": [["blur": 4]],
                "background": ["color": "#000000a0", "padding": ["x": 4, "y": 2], "perLine": true],
            ] as [String: Any]
        ) { $1 }
        let clips: [[String: Any]] = [
            ["type": "text", "text": "Hi", "style": style, "position": ["x": "50%", "y": 20], "anchor": "top"],
            ["type": "text", "spans": [["text": "Hi "], ["text": "you", "style": look]]],
            [
                "type": "captions", "words": [word], "grouping": "phrases", "safeArea": "reels", "style": ["size": 20],
                "active": ["color": "#ff0", "scale": 1.1, "pop": 0.1, "mode": "spoken"],
                "speakers": [["name": "Ann", "color": "#0f0"]],
            ],
            ["type": "captions", "words": [word], "grouping": ["words": 3, "pause": 0.5]],
            [
                "type": "counter", "from": 0, "to": 99.5, "duration": 1, "easing": "easeOutQuad",
                "format": ["kind": "currency", "currency": "EUR", "locale": "de", "decimals": 2],
            ],
            ["type": "progress", "color": "#0f0", "duration": 1, "size": ["width": 100, "height": 10]],
        ]
        let wrong: [[String: Any]] = [
            ["type": "text"], ["type": "text", "text": "Hi", "words": [word]],
            ["type": "captions", "src": "a.srt", "words": [word]],
            ["type": "captions", "words": [word], "active": ["size": 20, "align": "start"]],
            ["type": "counter", "from": 0, "to": 9], ["type": "text", "text": "Hi", "style": ["weigth": 700]],
            ["type": "captions", "words": [word], "looks": "flie"],
            ["type": "progress", "from": "left", "duration": 1],
        ]
        func edit(_ clip: [String: Any], output: [String: Any] = [:]) -> [String: Any] {
            [
                "version": 1, "output": output,
                "timeline": [
                    "size": ["width": 320, "height": 180],
                    "tracks": [["clips": [["type": "color", "color": "#3060a0", "duration": 1]]], ["clips": [clip]]],
                ],
            ]
        }
        let said: [String: Any] = ["type": "captions", "words": [word]]
        return (clips + wrong).map { edit($0) } + [
            edit(said, output: ["captions": [["language": "en"]]]),
            edit(said, output: ["captions": [["lang": "en"]]]),
            ["images": ["photo1.jpg"], "captions": [word]], ["images": ["photo1.jpg"], "captions": [[String: Any]]()],
            ["images": ["photo1.jpg"], "captions": ["said.srt"]],
        ]
    }

    @Test("the edit is described by the library's own schema, whole")
    func edit() async throws {
        let site = try await Site(.embedded)
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        let described = try await client.get("openapi.json").json
        let schemas = try #require((described["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]])
        let text = Edit.schema.replacingOccurrences(of: "#/$defs/", with: "#/components/schemas/")
        let schema = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        #expect(definitions.count > 50)
        func bytes(_ object: [String: Any]) throws -> Data {
            try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
        }
        for (name, definition) in definitions {
            let found = try schemas[name].map(bytes)
            #expect(try found == bytes(definition), "\(name)")
        }
        // A request has the fields of an edit, beside the service's.
        let fields = try #require(definitions["edit"]?["properties"] as? [String: Any])
        let request = try #require((schemas["EditRequest"]?["allOf"] as? [[String: Any]])?.first)
        #expect((request["properties"] as? [String: Any])?.keys.sorted() == fields.keys.sorted())
        #expect(request["required"] as? [String] == definitions["edit"]?["required"] as? [String])
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
