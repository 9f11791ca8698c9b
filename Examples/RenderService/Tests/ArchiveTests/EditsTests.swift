// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Testing

@Suite("Stored edits", .timeLimit(.minutes(2)))
struct EditsTests {
    /// Returns a document as a value, since Postgres does not keep the order of its fields.
    private func value(_ edit: StoredEdit?) throws -> NSDictionary? {
        try edit.map { try JSONSerialization.jsonObject(with: Data($0.document.utf8)) as? NSDictionary } ?? nil
    }

    @Test("every version of an edit is kept", arguments: Backend.allCases)
    func versions(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let edits = Edits(database)
            let first = try await edits.create(#"{"n":1,"text":"é"}"#, name: "trip", of: "anna")
            #expect(first.version == 1)
            let second = try await edits.update(first.id, to: #"{"n":2}"#, name: nil, of: "anna", ifVersion: 1)
            #expect(second.version == 2 && second.name == "trip" && second.createdAt == first.createdAt)
            _ = try await edits.update(first.id, to: #"{"n":3}"#, name: "tour", of: "anna", ifVersion: nil)
            #expect(try value(await edits.edit(first.id, version: 1, of: "anna")) == ["n": 1, "text": "é"])
            #expect(try value(await edits.edit(first.id, version: 2, of: "anna")) == ["n": 2])
            let newest = try await edits.edit(first.id, of: "anna")
            #expect(try value(newest) == ["n": 3])
            #expect(newest?.version == 3 && newest?.name == "tour")
            #expect(try await edits.versions(of: first.id, of: "anna").items.map(\.version) == [3, 2, 1])
            let page = try await edits.versions(of: first.id, of: "anna", limit: 1, before: 3)
            #expect(page.items.map(\.name) == ["trip"] && page.next == "2")
            #expect(try await edits.versions(of: first.id, of: "anna", limit: 1, before: 2).next == nil)
            #expect(try await edits.edit(first.id, version: 4, of: "anna") == nil)
        }
    }

    @Test("of several who change the same version, one succeeds", arguments: Backend.allCases)
    func concurrent(_ backend: Backend) async throws {
        try await backend.withDatabases(2) { databases in
            let id = try await Edits(databases[0]).create("{}", name: "", of: "anna").id
            let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await Edits(databases[number % 2]).update(
                                id, to: "{\"n\":\(number)}", name: nil, of: "anna", ifVersion: 1)
                            return true
                        } catch EditRefusal.changed(let version) {
                            #expect(version == 2)
                            return false
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 } == 1)
            #expect(try await Edits(databases[1]).versions(of: id, of: "anna").items.count == 2)
        }
    }

    @Test("an edit is its owner's alone", arguments: Backend.allCases)
    func owners(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let edits = Edits(database, versionsOfOwner: 3)
            let edit = try await edits.create("{}", name: "", of: "anna")
            #expect(try await edits.edit(edit.id, of: "bert") == nil)
            #expect(try await edits.versions(of: edit.id, of: "bert").items.isEmpty)
            await #expect(throws: EditRefusal.missing) {
                try await edits.update(edit.id, to: "{}", name: nil, of: "bert", ifVersion: nil)
            }
            await #expect(throws: EditRefusal.missing) { try await edits.remove(edit.id, of: "bert", ifVersion: nil) }
            await #expect(throws: EditRefusal.changed(version: 1)) {
                try await edits.remove(edit.id, of: "anna", ifVersion: 2)
            }
            for _ in 0..<2 { _ = try await edits.create("{}", name: "", of: "anna") }
            await #expect(throws: EditRefusal.tooMany(limit: 3)) { try await edits.create("{}", name: "", of: "anna") }
            #expect(try await edits.restore(edit) == false, "what is there already is no further version")
            _ = try await edits.create("{}", name: "", of: "bert")
            let page = try await edits.list(of: "anna", limit: 2)
            let rest = try await edits.list(of: "anna", limit: 2, after: page.next)
            #expect(page.items.count == 2 && rest.items.map(\.id) == [edit.id] && rest.next == nil)
            try await edits.remove(edit.id, of: "anna", ifVersion: 1)
            #expect(try await edits.edit(edit.id, version: 1, of: "anna") == nil)
            await #expect(throws: EditRefusal.missing) { try await edits.remove(edit.id, of: "anna", ifVersion: nil) }
        }
    }

    @Test("what was exported is stored again, once", arguments: Backend.allCases)
    func restored(_ backend: Backend) async throws {
        var versions: [StoredEdit] = []
        try await backend.withDatabase { database in
            let edits = Edits(database)
            let first = try await edits.create(#"{"n":1}"#, name: "a", of: "anna")
            versions = [first, try await edits.update(first.id, to: #"{"n":2}"#, name: "b", of: "anna", ifVersion: 1)]
        }
        try await backend.withDatabase { database in
            let edits = Edits(database)
            for version in versions + versions.reversed() { _ = try await edits.restore(version) }
            #expect(try await edits.restore(versions[0]) == false)
            let newest = try #require(try await edits.edit(versions[0].id, of: "anna"))
            #expect(newest.version == 2 && newest.name == "b" && newest.updatedAt == versions[1].updatedAt)
            #expect(try await edits.versions(of: newest.id, of: "anna").items.count == 2)
            var foreign = versions[0]
            foreign.owner = "bert"
            await #expect(throws: EditRefusal.taken) { try await edits.restore(foreign) }
        }
    }
}
