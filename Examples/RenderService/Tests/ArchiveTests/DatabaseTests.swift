// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import TestServers
import Testing

@Suite("A database", .timeLimit(.minutes(2)))
struct DatabaseTests {
    @Test("values come back as they were stored", arguments: Backend.allCases)
    func values(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let texts = [
                "", "'; DROP TABLE compose_edit; --", "$1 ?1 %s \\", "Grüße 👋🏽", String(repeating: "x", count: 1 << 20),
            ]
            for (number, text) in texts.enumerated() {
                let back = try await database.write { transaction in
                    try transaction.run(
                        """
                        INSERT INTO compose_edit (id, owner, name, version, created, updated)
                        VALUES ($1, $2, $3, $4, $5, $5)
                        """,
                        ["e\(number)".sql, "anna", .text(text), .integer(.max), .integer(.min)])
                    return try transaction.rows(
                        "SELECT name, version, created, NULL AS missing FROM compose_edit WHERE name = $1",
                        [.text(text)])
                }
                #expect(back.map { $0.text("name") } == [text])
                #expect(back.first?.integer("version") == .max && back.first?.integer("created") == .min)
                #expect(back.first?.text("missing") == nil && back.first?.text("no such column") == nil)
            }
            await #expect(throws: ArchiveError.self) {
                try await database.read { try $0.rows("SELECT $1 AS text", ["a\0b"]) }
            }
        }
    }

    @Test("a transaction that throws has no effect", arguments: Backend.allCases)
    func rolledBack(_ backend: Backend) async throws {
        struct Stop: Error {}
        try await backend.withDatabase { database in
            await #expect(throws: Stop.self) {
                try await database.write { transaction in
                    try transaction.run("INSERT INTO compose_migration (version, applied) VALUES ($1, 0)", [99])
                    throw Stop()
                }
            }
            let count = try await database.read {
                try $0.rows("SELECT COUNT(*) AS count FROM compose_migration WHERE version = 99", [])
            }
            #expect(count.first?.integer("count") == 0)
        }
    }

    @Test("a lock lets one transaction pass at a time", arguments: Backend.allCases)
    func locks(_ backend: Backend) async throws {
        try await backend.withDatabases(2) { databases in
            try await databases[0].write {
                _ = try $0.run("UPDATE compose_migration SET applied = 0 WHERE version = 2", [])
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await databases[number % 2].write { transaction in
                            try transaction.lock("counter")
                            let row = try transaction.rows(
                                "SELECT applied FROM compose_migration WHERE version = 2", [])
                            try transaction.run(
                                "UPDATE compose_migration SET applied = $1 WHERE version = 2",
                                [.integer((row.first?.integer("applied") ?? 0) + 1)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let row = try await databases[1].read {
                try $0.rows("SELECT applied FROM compose_migration WHERE version = 2", [])
            }
            #expect(row.first?.integer("applied") == 40)
        }
    }

    @Test("several that open an empty database at once migrate it once", arguments: Backend.allCases)
    func openedAtOnce(_ backend: Backend) async throws {
        try await backend.withDatabases(6) { databases in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for database in databases { group.addTask { try await database.check() } }
                try await group.waitForAll()
            }
            let versions = try await databases[0].read {
                try $0.rows("SELECT version FROM compose_migration ORDER BY version", [])
            }
            #expect(versions.map { $0.integer("version") } == [1, 2, 3])
        }
    }

    @Test(
        "a database that a newer version has changed, and not only added to, is left alone", arguments: Backend.allCases
    )
    func newer(_ backend: Backend) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = backend == .postgres ? try Backend.server.get().makeDatabase() : ""
        func open() throws -> any Database {
            backend == .sqlite
                ? try SQLiteDatabase(path: folder.path + "/a.sqlite") : try PostgresDatabase(url: url, connections: 1)
        }
        for version in [99, 100] as [SQLValue] {
            let first = try open()
            try await first.write {
                _ = try $0.run("INSERT INTO compose_migration (version, applied) VALUES ($1, 0)", [version])
            }
            await first.close()
        }
        let error = await #expect(throws: ArchiveError.self) {
            let second = try open()
            try await second.check()
        }
        #expect(error?.description.contains("newer version") == true)
    }
}

extension String {
    var sql: SQLValue { .text(self) }
}
