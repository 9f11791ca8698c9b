// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import TestServers
import Testing

@Suite("Postgres", .timeLimit(.minutes(2)))
struct PostgresTests {
    @Test("may be away when the service starts, and go away at any time")
    func comesAndGoes() async throws {
        let server = try PostgresServer()
        let database = try PostgresDatabase(url: server.url)
        server.stop()
        for _ in 0..<2 {
            let error = await #expect(throws: ArchiveError.self) { try await database.check() }
            guard case .unavailable? = error else {
                Issue.record("\(error as Any)")
                continue
            }
        }
        let records = Records(database)
        for round in 0..<3 {
            try server.start()
            try await afterRecovery { try await records.save([generation("r\(round)")]) }
            // The connections of the pool are broken now, and the next call notices it.
            if round == 1 { server.kill() } else { server.stop() }
            await #expect(throws: ArchiveError.self) { try await records.save([generation("lost")]) }
        }
        try server.start()
        let all = try await afterRecovery { try await records.list(.init()) }
        #expect(Set(all.items.map(\.id)) == ["r0", "r1", "r2"])
        await database.close()
    }

    @Test("a server that restarts between two calls is not noticed")
    func restarted() async throws {
        let server = try PostgresServer()
        let database = try PostgresDatabase(url: server.url, connections: 1)
        try await database.check()
        server.stop()
        try server.start()
        try await database.check()
        try await Records(database).save([generation("a")])
        #expect(try await Records(database).generation("a")?.owner == "anna")
        await database.close()
    }

    @Test("a wrong password, host or database is named, and the password is not")
    func wrong() async throws {
        let server = try Backend.server.get()
        for (url, word) in [
            ("postgres://tester:hidden@127.0.0.1:\(server.port)/postgres", "password"),
            ("postgres://tester:secret@127.0.0.1:\(server.port)/nothing", "nothing"),
            ("postgres://tester:hidden@127.0.0.1:1/postgres", "refused"),
        ] {
            let database = try PostgresDatabase(url: url)
            let error = await #expect(throws: ArchiveError.self) { try await database.check() }
            let text = error?.description ?? ""
            #expect(text.contains(word) && !text.contains("hidden"), "\(text)")
            await database.close()
        }
        #expect(throws: ArchiveError.self) { try PostgresDatabase(url: "mysql://host/db") }
    }

    @Test("the URL says how much TLS is needed")
    func encrypted() async throws {
        let plain = try Backend.server.get()
        let authority = try TestCertificate(name: "127.0.0.1")
        let server = try PostgresServer(certificate: authority.certificate, key: authority.key)
        let path = server.folder.appending(path: "authority.pem")
        try Data(authority.certificate.utf8).write(to: path)
        let other = server.folder.appending(path: "other.pem")
        try Data(try TestCertificate(name: "127.0.0.1").certificate.utf8).write(to: other)
        for (url, works) in [
            (server.url(of: "postgres", "?sslmode=require"), true),
            (server.url(of: "postgres", "?sslmode=verify-full&sslrootcert=\(path.path)"), true),
            (server.url(of: "postgres", "?sslmode=verify-full&sslrootcert=\(other.path)"), false),
            (plain.url(of: "postgres", "?sslmode=require"), false),
            (plain.url(of: "postgres", "?sslmode=disable"), true),
        ] {
            let database = try PostgresDatabase(url: url)
            if works {
                let row = try await database.read {
                    try $0.rows("SELECT ssl::text AS ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", [])
                }
                #expect(row.first?.text("ssl") == (url.contains("disable") ? "false" : "true"), "\(url)")
            } else {
                await #expect(throws: ArchiveError.self, "\(url)") { try await database.check() }
            }
            await database.close()
        }
    }

    @Test("the tables are hidden from other users of the database")
    func hidden() async throws {
        let server = try Backend.server.get()
        let url = try server.makeDatabase()
        let database = try PostgresDatabase(url: url)
        try await Records(database).save([generation("a")])
        try server.query(
            "CREATE ROLE visitor_\(server.port); GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor_\(server.port)",
            at: url)
        let seen = try server.query(
            "SET ROLE visitor_\(server.port); SELECT COUNT(*) FROM compose_generation", at: url)
        #expect(seen == "0")
        #expect(try server.query("SELECT COUNT(*) FROM compose_generation", at: url) == "1")
        await database.close()
    }
}

/// Runs a closure until it no longer throws ``ArchiveError/unavailable(_:)``.
func afterRecovery<T>(_ body: () async throws -> T) async throws -> T {
    for _ in 0..<200 {
        do { return try await body() } catch ArchiveError.unavailable {
            try await Task.sleep(for: .milliseconds(50))
        }
    }
    return try await body()
}
