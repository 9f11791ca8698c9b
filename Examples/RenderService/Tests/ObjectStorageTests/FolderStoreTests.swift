// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Testing

@testable import ObjectStorage

/// Tests of the behaviour that is specific to folders.
@Suite("A folder")
struct FolderStoreTests {
    private let files = FileManager.default

    @Test("does not follow links out of it, nor any other")
    func links() async throws {
        let base = try TestFolder.make()
        let store = try FolderStore(root: "\(base)/store")
        try files.createDirectory(atPath: "\(base)/outside", withIntermediateDirectories: true)
        try "secret".write(toFile: "\(base)/outside/file", atomically: false, encoding: .utf8)
        try files.createSymbolicLink(atPath: "\(base)/store/folder", withDestinationPath: "\(base)/outside")
        try files.createSymbolicLink(atPath: "\(base)/store/file", withDestinationPath: "\(base)/outside/file")
        for key in ["folder/file", "file"] {
            #expect(try await store.info(key) == nil)
            #expect(try await store.read(key, range: nil) == nil)
        }
        #expect(try await store.keys(withPrefix: "", limit: 10) == [])
        await #expect(throws: StorageError.self) { try await store.write("x", to: "folder/new") }
        await #expect(throws: StorageError.self) { try await store.write("x", to: "folder/file") }
        try await store.remove("folder/file")
        let cache = try DownloadCache(folder: "\(base)/cache", limit: 100)
        #expect(try await cache.file(for: "file", of: store, linkedAt: "\(base)/link") == nil)
        // A symbolic link at the object's path is replaced, and its target is unchanged.
        try await store.write("new", to: "file")
        #expect(try await store.text("file") == "new")
        #expect(try String(contentsOfFile: "\(base)/outside/file", encoding: .utf8) == "secret")
        #expect(try files.contentsOfDirectory(atPath: "\(base)/outside") == ["file"])
    }

    @Test("refuses an object that would be another one's folder")
    func folders() async throws {
        let store = try FolderStore(root: TestFolder.make())
        try await store.write("x", to: "a/b")
        func refused(_ key: String) async {
            await #expect {
                try await store.write("y", to: key)
            } throws: {
                if case StorageError.refused = $0 { true } else { false }
            }
        }
        await refused("a")
        await refused("a/b/c")
        await refused(String(repeating: "x", count: 300))
        await refused(String(repeating: "x", count: 300) + "/y")
        #expect(try await store.info(String(repeating: "x", count: 300)) == nil)
        await #expect(throws: StorageError.self) { try await store.write("y", to: ".partial/a") }
        #expect(try await store.keys(withPrefix: "", limit: 10) == ["a/b"])
    }

    @Test("keeps what it knows of objects for the next process, and takes files that were put there")
    func reopened() async throws {
        let root = try TestFolder.make()
        let written = try await FolderStore(root: root).write("x", to: "a/b", contentType: "strange/type")
        let store = try FolderStore(root: root)
        #expect(try await store.info("a/b") == written)
        #expect(written.etag == "2d711642b726b04401627ca9fbac32f5")
        try "put there".write(toFile: "\(root)/a/film.mp4", atomically: false, encoding: .utf8)
        let put = try #require(try await store.info("a/film.mp4"))
        #expect(put.contentType == "video/mp4" && put.size == 9 && put.etag.count == 32)
        #expect(try await store.info("a/film.mp4") == put)
        #expect(try await store.keys(withPrefix: "a", limit: 10) == ["a/b", "a/film.mp4"])
    }

    @Test("removes what killed processes left")
    func leftovers() async throws {
        let root = try TestFolder.make()
        _ = try FolderStore(root: root)
        for (name, age) in [("old", 100_000.0), ("new", 10_000.0)] {
            let path = "\(root)/.partial/\(name)"
            try "x".write(toFile: path, atomically: false, encoding: .utf8)
            try files.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
        }
        let store = try FolderStore(root: root)
        #expect(try files.contentsOfDirectory(atPath: "\(root)/.partial") == ["new"])
        #expect(try await store.keys(withPrefix: "", limit: 10) == [])
    }

    @Test("leaves no unfinished files")
    func unfinished() async throws {
        struct Broken: Error {}
        let root = try TestFolder.make()
        let store = try FolderStore(root: root)
        await #expect(throws: Broken.self) {
            let body = Pieces(bytes: testBytes(1000), pieceSize: 100) { if $0 > 500 { throw Broken() } }
            try await store.write(body, size: nil, to: "a", contentType: "a/b", limit: 10_000)
        }
        #expect(try files.contentsOfDirectory(atPath: "\(root)/.partial") == [])
        try await store.write("x", to: "a")
        #expect(try files.contentsOfDirectory(atPath: "\(root)/.partial") == [])
        #expect(try await store.publicURL("a", expiresIn: 10) == nil)
        #expect(try await store.uploadURL("a", expiresIn: 10) == nil)
    }

    /// A folder on a volume of a few megabytes, which the test fills.
    private static let smallVolume = ProcessInfo.processInfo.environment["RENDER_SERVICE_SMALL_VOLUME"]

    @Test("keeps nothing of what a small volume does not take", .enabled(if: smallVolume != nil))
    func filledVolume() async throws {
        let root = try #require(Self.smallVolume) + "/\(UUID().uuidString)"
        defer { try? files.removeItem(atPath: root) }
        let store = try FolderStore(root: root)
        try await store.write("before", to: "a")
        await #expect {
            let body = Pieces(bytes: testBytes(64_000_000), pieceSize: 100_000)
            try await store.write(body, size: nil, to: "a", contentType: "a/b", limit: 1 << 30)
        } throws: {
            if case StorageError.diskFailed = $0 { true } else { false }
        }
        #expect(try await store.text("a") == "before")
        #expect(try files.contentsOfDirectory(atPath: "\(root)/.partial") == [])
    }

    @Test("says that the disk is full", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() async throws {
        await #expect {
            try await onBlockingThread {
                // Every write to this device fails as if the disk were full.
                let full = try #require(fopen("/dev/full", "w"))
                defer { fclose(full) }
                try Disk.call("writing a file") { write(fileno(full), "x", 1) }
            }
        } throws: {
            if case StorageError.diskFailed = $0 { true } else { false }
        }
    }
}
