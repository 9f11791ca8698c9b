// SPDX-License-Identifier: Apache-2.0

import Foundation
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
