// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of the export and the import of everything of one owner.
@Suite(.serialized)
struct OwnerTests {
    @Test("everything of an owner is exported, and imported elsewhere", arguments: Backend.allCases)
    func exported(_ backend: Backend) async throws {
        let site = try await CreditTests.site(backend)
        let service = try site.service()
        let anna = Client(service, key: "a-key")
        try await CreditTests.deposit(50, to: "anna", "invoice-1", service)
        try await CreditTests.deposit(70, to: "bert", "invoice-2", service)
        let made = try await anna.send(
            "POST", "edits", try JSONSerialization.data(withJSONObject: ["name": "Trip", "edit": Samples.color()]))
        let path = "edits/\(made.string("id"))"
        let changed = try JSONSerialization.data(withJSONObject: ["edit": Samples.color(seconds: 0.3)])
        #expect(try await anna.send("PUT", path, changed, headers: ["If-Match": "\"1\""]).status == 200)
        let id = try await anna.submit(Samples.color())
        _ = try await anna.wait(for: id)
        let balance = try await CreditTests.settled(anna).number("availableCents")
        _ = try await RecordTests.wait(anna, id) { $0.string("state") == "completed" }
        let file = try await anna.get("owners/anna/export")
        let lines = file.text.split(separator: "\n")
        #expect(file.headers["content-type"] == "application/x-ndjson" && lines.count == 2 + 1 + 3, "\(file.text)")
        #expect(try await anna.get("owners/bert/export").status == 403)
        service.stop()

        let elsewhere = try await CreditTests.site(backend)
        let other = try elsewhere.service("serve", ["WORKERS": "0"])
        let ops = Client(other, key: "o-key")
        // Nobody gives credits to themselves.
        #expect(try await Client(other, key: "a-key").send("POST", "owners/anna/import", file.body).status == 403)
        let imported = try await ops.send("POST", "owners/anna/import", file.body)
        #expect(imported.status == 200 && imported.number("generations") == 1, "\(imported.text)")
        #expect(imported.number("credits") == 3 && imported.number("edits") + imported.number("known") == 2)
        let again = try await ops.send("POST", "owners/anna/import", file.body)
        #expect(again.number("known") == 6 && again.number("credits") == 0, "\(again.text)")
        let there = Client(other, key: "a-key")
        #expect(try await there.get("credits").number("availableCents") == balance)
        #expect(try await there.get("generations/\(id)").string("state") == "completed")
        #expect(try await there.get(path + "?version=1").string("edit.timeline.tracks.0.clips.0.color") == "#3060a0")
        #expect(try await there.get(path).number("version") == 2)
        // A ledger with other entries does not take them.
        #expect(try await ops.send("POST", "owners/bert/import", file.body).status == 409, "the edits are anna's")
        let broken = try await ops.send("POST", "owners/ops/import", Data("{\"edit\":5}\n".utf8))
        #expect(broken.status == 400 && broken.string("error.message").contains("line 1"))
    }

    @Test("exports are counted as work, and reading is not")
    func limited() async throws {
        let client = Client(try await Site(.embedded, ["RATE_LIMIT": "2"]).service("serve", ["WORKERS": "0"]))
        for _ in 0..<5 { #expect(try await client.get("generations").status == 200) }
        var statuses: [Int] = []
        for _ in 0..<3 { statuses.append(try await client.get("owners/anyone/export").status) }
        #expect(statuses == [200, 200, 429])
        #expect(try await client.get("edits").status == 200)
    }
}
