// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of the edits that are stored with their versions.
@Suite(.serialized)
struct EditTests {
    private func body(_ value: [String: Any]) throws -> Data { try JSONSerialization.data(withJSONObject: value) }

    @Test("an edit is stored, changed, read in its versions, and removed", arguments: Backend.allCases)
    func documents(_ backend: Backend) async throws {
        let site = try await Site(
            backend,
            try RecordTests.database(backend).merging(["API_KEYS": "anna:a-key,bert:b-key", "WORKERS": "0"]) { $1 })
        let service = try site.service()
        let (anna, bert) = (Client(service, key: "a-key"), Client(service, key: "b-key"))
        let made = try await anna.send(
            "POST", "edits", try body(["name": "Trip", "edit": Samples.color(seconds: 1, "#102030")]))
        #expect(made.status == 201 && made.headers["etag"] == "\"1\"", "\(made.text)")
        let path = "edits/\(made.string("id"))"
        #expect(made.headers["location"] == "/" + path)
        #expect(made.string("edit.timeline.tracks.0.clips.0.color") == "#102030")

        // What was read is changed and sent back as a whole.
        var document = try await anna.get(path).json
        document["edit"] = Samples.color(seconds: 2, "#405060")
        let changed = try await anna.send("PUT", path, try body(document), headers: ["If-Match": "\"1\""])
        #expect(changed.status == 200 && changed.headers["etag"] == "\"2\"", "\(changed.text)")
        #expect(changed.string("name") == "Trip")
        let stale = try await anna.send("PUT", path, try body(document), headers: ["If-Match": "\"1\""])
        #expect(stale.status == 412 && stale.headers["etag"] == "\"2\"" && stale.string("error.code") == "changed")
        #expect(try await anna.send("PUT", path, try body(document)).status == 428)
        #expect(try await anna.send("PUT", path, try body(document), headers: ["If-Match": "W/\"2\""]).status == 412)

        #expect(try await anna.get(path + "?version=1").string("edit.timeline.tracks.0.clips.0.color") == "#102030")
        #expect(try await anna.get(path).string("edit.timeline.tracks.0.clips.0.color") == "#405060")
        #expect(try await anna.get(path, headers: ["If-None-Match": "\"2\""]).status == 304)
        #expect(try await anna.get(path, headers: ["If-None-Match": "\"1\""]).status == 200)
        #expect(try await anna.get(path + "?version=3").status == 404)
        let versions = try await anna.get(path + "/versions?limit=1")
        #expect(versions.number("versions.0.version") == 2 && versions.string("next") == "2")
        #expect(try await anna.get(path + "/versions?after=2").number("versions.0.version") == 1)
        #expect(try await anna.get("edits").string("edits.0.id") == made.string("id"))

        let routes = [("GET", ""), ("DELETE", ""), ("GET", "/versions"), ("POST", "/render")]
        for (method, route) in routes.map({ ($0, path + $1) }) {
            #expect(try await bert.send(method, route).status == 404, "\(method) \(route)")
        }
        #expect(try await bert.get("edits").text == #"{"edits":[]}"#)
        #expect(try await anna.send("DELETE", path, headers: ["If-Match": "\"1\""]).status == 412)
        #expect(try await anna.send("DELETE", path, headers: ["If-Match": "\"2\""]).status == 204)
        #expect(try await anna.get(path).status == 404)
        #expect(try await anna.get(path + "?version=1").status == 404)
    }

    @Test("what is no edit is not stored")
    func refused() async throws {
        let client = Client(try await Site(.embedded).service("serve", ["WORKERS": "0"]))
        for (wrong, message) in [
            ([:], "edit"), (["edit": ["version": 1]], "timeline"), (["edit": Samples.color(), "titel": "x"], "titel"),
            (["edit": Samples.color(), "name": 5], "name"),
            (["edit": Samples.color().merging(["generationId": "a"]) { $1 }], "generationId"),
        ] as [([String: Any], String)] {
            let answer = try await client.send("POST", "edits", try body(wrong))
            #expect(answer.status == 400 && answer.text.contains(message), "\(answer.text)")
        }
        #expect(try await client.get("edits").text == #"{"edits":[]}"#)
        #expect(try await client.get("edits/none").status == 404)
    }

    @Test("a version is rendered by its number, and the record says which", arguments: Backend.allCases)
    func rendered(_ backend: Backend) async throws {
        let site = try await Site(backend, RecordTests.database(backend))
        let client = Client(try site.service())
        let made = try await client.send("POST", "edits", try body(["edit": Samples.color(seconds: 0.2)]))
        let path = "edits/\(made.string("id"))"
        let longer = try body(["edit": Samples.color(seconds: 0.4)])
        #expect(try await client.send("PUT", path, longer, headers: ["If-Match": "*"]).status == 200)
        for (query, frames) in [("?version=1", 6.0), ("", 12.0)] {
            let accepted = try await client.send(
                "POST", path + "/render" + query, try body(["generationId": "gen\(Int(frames))", "priority": "high"]))
            #expect(accepted.status == 202, "\(accepted.text)")
            let done = try await client.wait(for: accepted.string("id"))
            #expect(done.number("result.frames") == frames, "\(done.text)")
            #expect(done.string("generationId") == "gen\(Int(frames))" && done.string("priority") == "high")
            let record = try await RecordTests.wait(client, "gen\(Int(frames))") { _ in true }
            #expect(record.string("editId") == made.string("id"))
            #expect(record.number("editVersion") == (frames == 6 ? 1 : 2))
        }
        #expect(try await client.send("POST", path + "/render").status == 202, "the body may be empty")
        let wrong = try await client.send("POST", path + "/render", try body(["images": ["a.jpg"]]))
        #expect(wrong.status == 400 && wrong.string("error.problems.0.path") == "images")
    }

    @Test("two versions are compared by the segments of their videos")
    func difference() async throws {
        let client = Client(try await Site(.embedded).service("serve", ["WORKERS": "0"]))
        func edit(_ last: String) -> [String: Any] {
            let clips = ["#000001", "#000002", last].map { ["type": "color", "color": $0, "duration": 20] }
            return [
                "version": 1,
                "timeline": ["size": ["width": 64, "height": 64], "tracks": [["clips": clips]]],
            ]
        }
        let made = try await client.send("POST", "edits", try body(["edit": edit("#000003")]))
        let path = "edits/\(made.string("id"))"
        let changed = try body(["edit": edit("#ffffff")])
        #expect(try await client.send("PUT", path, changed, headers: ["If-Match": "\"1\""]).status == 200)
        let same = try await client.send("POST", path + "/diff?from=1&to=1")
        #expect(same.status == 200 && same.number("changedFrames") == 0, "\(same.text)")
        let answer = try await client.send("POST", path + "/diff?from=1")
        let segments = answer["segments"] as? [[String: Any]] ?? []
        #expect(answer.number("frames") == 1800 && answer.number("to") == 2)
        #expect(segments.count > 1, "\(answer.text)")
        #expect(segments.first?["sameAs"] as? Int == 0 && segments.last?["sameAs"] == nil)
        let changedFrames = answer.number("changedFrames")
        #expect(changedFrames >= 600 && changedFrames < 1800)
        #expect(try await client.send("POST", path + "/diff").status == 400)
        #expect(try await client.send("POST", path + "/diff?from=7").status == 404)
    }
}
