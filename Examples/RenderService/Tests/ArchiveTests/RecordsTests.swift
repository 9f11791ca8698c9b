// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Testing

@Suite("Records", .timeLimit(.minutes(2)))
struct RecordsTests {
    @Test("a record comes back with everything in it, by both of its names", arguments: Backend.allCases)
    func whole(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let records = Records(database)
            var made = generation("a")
            try await records.save([made])
            #expect(try await records.generation("a") == made)
            made.state = "completed"
            made.startedAt = Date(timeIntervalSince1970: 1_700_000_001.25)
            made.finishedAt = Date(timeIntervalSince1970: 1_700_000_002.5)
            made.cents = 12
            made.details.inputs = ["photo1.jpg", "s3://b/k"]
            made.details.editID = "e"
            made.details.editVersion = 3
            made.details.attempts = 2
            made.details.renderer = "local"
            made.details.rendererReason = "asked for"
            made.details.encoder = .init(name: "x264", device: nil, reason: "the first that works")
            made.details.cost = .init(elapsedSeconds: 1.5, cpuSeconds: 3, gpuSeconds: 0)
            made.details.output = .init(key: "compose/renders/gen-a/output.mp4", bytes: 5, duration: 1, frames: 30)
            made.details.notes = ["attempt 1 failed: 'x'"]
            try await records.save([made])
            #expect(try await records.generation("gen-a") == made)
            #expect(try await records.generation("b") == nil)
            // Another caller uses the same name later.
            var later = generation("c", owner: "bert", second: 60)
            later.generationID = "gen-a"
            try await records.save([later])
            #expect(try await records.generation("gen-a", of: "anna") == made)
            #expect(try await records.generation("gen-a") == later)
            #expect(try await records.generation("a", of: "bert") == nil)
        }
    }

    @Test("what is known late does not undo what is known already", arguments: Backend.allCases)
    func outOfOrder(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let records = Records(database)
            var running = generation("a", state: "running")
            running.startedAt = running.createdAt
            var failed = running
            failed.state = "failed"
            failed.finishedAt = running.createdAt
            failed.details.failure = .init(code: "timeout", message: "it took longer")
            try await records.save([running])
            try await records.save([generation("a")])
            #expect(try await records.generation("a")?.state == "running")
            try await records.save([failed])
            try await records.save([running, generation("a")])
            #expect(try await records.generation("a") == failed)
            try await records.save([failed])
            #expect(try await records.list(.init()).items.count == 1)
        }
    }

    @Test("a list has what the filter lets pass, in pages", arguments: Backend.allCases)
    func lists(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let records = Records(database)
            // Three were submitted in the same second.
            let all = (0..<30).map { (number: Int) -> Generation in
                let owner = number % 3 == 0 ? "bert" : "anna"
                let state = number % 2 == 0 ? "completed" : "failed"
                return generation(
                    number < 10 ? "g0\(number)" : "g\(number)", owner: owner, state: state, second: Int64(number / 3),
                    kind: number == 7 ? "other" : "render")
            }
            try await records.save(all.shuffled())
            let newest = all.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
            func ids(_ change: (inout Records.Filter) -> Void) async throws -> [String] {
                var filter = Records.Filter()
                filter.limit = 4
                change(&filter)
                var found: [String] = []
                repeat {
                    let page = try await records.list(filter)
                    #expect(page.items.count <= 4)
                    found += page.items.map(\.id)
                    filter.after = page.next
                } while filter.after != nil
                return found
            }
            #expect(try await ids { _ in } == newest.map(\.id))
            #expect(try await ids { $0.owner = "bert" } == newest.filter { $0.owner == "bert" }.map(\.id))
            #expect(try await ids { $0.state = "failed" } == newest.filter { $0.state == "failed" }.map(\.id))
            #expect(try await ids { $0.kind = "other" } == ["g07"])
            let (from, until) = (all[6].createdAt, all[12].createdAt)
            let between = newest.filter { $0.owner == "anna" && $0.createdAt >= from && $0.createdAt < until }
            #expect(between.count == 4)
            #expect(try await ids { ($0.from, $0.until, $0.owner) = (from, until, "anna") } == between.map(\.id))
            #expect(try await ids { $0.owner = "' OR 1 = 1 --" }.isEmpty)
            var wrong = Records.Filter()
            wrong.after = "nonsense"
            await #expect(throws: ArchiveError.self) { try await records.list(wrong) }
        }
    }

    @Test("old records of jobs that have ended are removed", arguments: Backend.allCases)
    func forgets(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let records = Records(database)
            var ended = generation("ended", state: "completed")
            ended.finishedAt = Date()
            var young = generation("young", state: "completed")
            young.createdAt = Date()
            young.finishedAt = Date()
            try await records.save([ended, young, generation("waiting")])
            try await records.forget(olderThan: 3600)
            #expect(Set(try await records.list(.init()).items.map(\.id)) == ["young", "waiting"])
        }
    }
}
