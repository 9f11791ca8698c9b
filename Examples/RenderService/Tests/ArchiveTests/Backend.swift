// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import TestServers
import Testing

/// A database under test; both must behave in the same way.
enum Backend: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite
    case postgres

    var testDescription: String { rawValue }

    /// The server shared by all tests that do not stop it.
    static let server = Result { try PostgresServer() }

    /// Opens a new, empty database a number of times, runs the body, and removes everything.
    func withDatabases(_ count: Int = 1, _ body: ([any Database]) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = self == .postgres ? try Self.server.get().makeDatabase() : ""
        let databases: [any Database] = try (0..<count).map { _ in
            switch self {
            case .sqlite: try SQLiteDatabase(path: folder.appending(path: "archive.sqlite").path)
            case .postgres: try PostgresDatabase(url: url)
            }
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body(databases)) } catch { result = .failure(error) }
        for database in databases { await database.close() }
        try result.get()
    }

    func withDatabase(_ body: (any Database) async throws -> Void) async throws {
        try await withDatabases(1) { try await body($0[0]) }
    }
}

/// Returns a record for a test, submitted a number of seconds after a fixed time.
func generation(
    _ id: String, owner: String = "anna", state: String = "queued", second: Int64 = 0, kind: String = "render"
) -> Generation {
    Generation(
        id: id, generationID: "gen-" + id, owner: owner, kind: kind, state: state,
        createdAt: Date(timeIntervalSince1970: 1_700_000_000 + Double(second)), edit: #"{ "b": 1,  "a": "é" }"#)
}
