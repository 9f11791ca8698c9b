// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import JobQueue
import Testing

@Suite("Jobs in a file", .timeLimit(.minutes(2)))
struct SQLiteTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jobs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    @Test("Jobs and claims outlive the process")
    func reopened() async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "jobs.sqlite").path
            let first = try SQLiteJobQueue(path: path, leaseSeconds: 30)
            _ = try await first.submit(render("a"))
            _ = try await first.submit(render("b"))
            let claim = try await first.mustClaim()
            await first.close()
            await #expect(throws: QueueError.self) { try await first.check() }
            let second = try SQLiteJobQueue(path: path, leaseSeconds: 30)
            try await second.check()
            #expect(try await second.heartbeat(claim, status: nil) == .goOn)
            #expect(try await second.mustClaim().job.id == "b")
            await second.close()
        }
    }

    @Test("A file of the first version keeps its jobs")
    func migrated() async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "jobs.sqlite").path
            let old = try DatabaseQueue(path: path)
            try await old.write { try $0.execute(sql: Self.firstVersion) }
            try old.close()
            let queue = try SQLiteJobQueue(path: path, leaseSeconds: 30)
            #expect(try await queue.recent(of: "anna", limit: 5).map(\.id) == ["a"])
            _ = try await queue.submit(render("b", kind: .generate, after: ["a"]))
            let claim = try await queue.mustClaim()
            #expect(claim.job.id == "a" && claim.job.payload == "p" && claim.job.after.isEmpty)
            #expect(try await queue.complete(claim))
            #expect(try await queue.job("a.ended") != nil, "its callbacks are to be made")
            #expect(try await queue.claim(for: "w", lane: .kind(.generate))?.job.id == "b")
            await queue.close()
        }
    }

    /// What the first version of the program has made, with a job.
    private static let firstVersion = """
        CREATE TABLE job (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, caller TEXT NOT NULL,
            generationID TEXT UNIQUE, priority INTEGER NOT NULL, payload TEXT NOT NULL, units INTEGER NOT NULL,
            parent TEXT, createdAt INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'queued',
            attempts INTEGER NOT NULL DEFAULT 0, startedAt INTEGER, finishedAt INTEGER,
            isCancelRequested INTEGER NOT NULL DEFAULT 0, parts INTEGER NOT NULL DEFAULT 0,
            partsLeft INTEGER NOT NULL DEFAULT 0, unitsDone INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT '',
            token TEXT, worker TEXT, queuedAt INTEGER NOT NULL, claimableAt INTEGER
        ) STRICT;
        CREATE INDEX job_rendering ON job (priority DESC, queuedAt, seq, claimableAt)
            WHERE claimableAt IS NOT NULL AND kind <> 'callback';
        CREATE INDEX job_callbacks ON job (queuedAt, seq, claimableAt)
            WHERE claimableAt IS NOT NULL AND kind = 'callback';
        CREATE INDEX job_due ON job (claimableAt, kind, token) WHERE claimableAt IS NOT NULL;
        CREATE INDEX job_recent ON job (caller, createdAt, seq) WHERE kind = 'render';
        CREATE INDEX job_unfinished ON job (caller) WHERE kind = 'render' AND finishedAt IS NULL;
        CREATE INDEX job_parts ON job (parent) WHERE parent IS NOT NULL;
        CREATE INDEX job_ended ON job (finishedAt) WHERE finishedAt IS NOT NULL;
        INSERT INTO job (id, kind, caller, priority, payload, units, createdAt, queuedAt, claimableAt)
            VALUES ('a', 'render', 'anna', 1, 'p', 0, 1700000000000000, 1, 1);
        PRAGMA user_version = 1;
        """

    @Test("Several can open a new file at once")
    func openedAtOnce() async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "jobs.sqlite").path
            try await withThrowingTaskGroup(of: SQLiteJobQueue.self) { group in
                for _ in 0..<8 { group.addTask { try SQLiteJobQueue(path: path, leaseSeconds: 30) } }
                for try await queue in group {
                    try await queue.check()
                    await queue.close()
                }
            }
        }
    }

    @Test("A file that cannot be written is a clear error")
    func unwritable() async throws {
        try await withFolder { folder in
            // The root user may write to all folders except those of the kernel.
            let readOnly = geteuid() == 0 ? "/proc" : folder.path
            try? FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
            defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path) }
            for path in ["\(readOnly)/jobs.sqlite", folder.appending(path: "none/jobs.sqlite").path] {
                let error = #expect(throws: QueueError.self) { try SQLiteJobQueue(path: path, leaseSeconds: 30) }
                #expect(error?.description.contains(path) == true)
            }
        }
    }

    @Test("A file that is not one of ours is a clear error")
    func damaged() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "jobs.sqlite")
            try Data(repeating: 65, count: 10_000).write(to: file)
            #expect(throws: QueueError.self) { try SQLiteJobQueue(path: file.path, leaseSeconds: 30) }
            #expect(throws: QueueError.self) {
                try SQLiteJobQueue(path: folder.appending(path: "b").path, leaseSeconds: 0)
            }
        }
    }
}
