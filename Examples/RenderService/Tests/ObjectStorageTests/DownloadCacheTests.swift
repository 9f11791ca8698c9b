// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Testing

@testable import ObjectStorage

/// Tests of the cache for downloaded objects.
@Suite("The download cache")
struct DownloadCacheTests {
    @Test("downloads once for many who ask at the same time")
    func once() async throws {
        let store = try CountingStore(delay: .milliseconds(50))
        let cache = try DownloadCache(folder: TestFolder.make(), limit: 1 << 20)
        let work = try TestFolder.make()
        try await store.write("content", to: "a/b")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let info = try await cache.file(for: "a/b", of: store, linkedAt: "\(work)/\(number)")
                    #expect(info?.size == 7)
                }
            }
            try await group.waitForAll()
        }
        for number in 0..<20 { #expect(try text("\(work)/\(number)") == "content") }
        #expect(store.reads.value == 1)
        try await cache.file(for: "a/b", of: store, linkedAt: "\(work)/0")
        #expect(store.reads.value == 1)
        #expect(try await cache.usage() == (1, 7))
    }

    @Test("downloads anew what was replaced")
    func replaced() async throws {
        let store = try CountingStore()
        let cache = try DownloadCache(folder: TestFolder.make(), limit: 1 << 20)
        let work = try TestFolder.make()
        try await store.write("first", to: "a")
        try await cache.file(for: "a", of: store, linkedAt: "\(work)/first")
        try await store.write("second", to: "a")
        try await cache.file(for: "a", of: store, linkedAt: "\(work)/second")
        #expect(try text("\(work)/first") == "first")
        #expect(try text("\(work)/second") == "second")
        #expect(store.reads.value == 2)
        #expect(try await cache.file(for: "none", of: store, linkedAt: "\(work)/none") == nil)
        #expect(!FileManager.default.fileExists(atPath: "\(work)/none"))
    }

    @Test("leaves a file as it was while others use its entry")
    func unchanged() async throws {
        let store = try CountingStore()
        let cache = try DownloadCache(folder: TestFolder.make(), limit: 1 << 20)
        let work = try TestFolder.make()
        try await store.write("content", to: "a")
        try await cache.file(for: "a", of: store, linkedAt: "\(work)/1")
        func changed() throws -> Date? {
            try FileManager.default.attributesOfItem(atPath: "\(work)/1")[.modificationDate] as? Date
        }
        let before = try changed()
        try await Task.sleep(for: .milliseconds(20))
        try await cache.file(for: "a", of: store, linkedAt: "\(work)/2")
        // A render that has the file open would take it for another file.
        #expect(try changed() == before)
    }

    @Test("drops what was not used for longest, while its links stay usable")
    func bound() async throws {
        let store = try CountingStore()
        let cache = try DownloadCache(folder: TestFolder.make(), limit: 3_000)
        let work = try TestFolder.make()
        for name in ["a", "b", "c", "d"] { try await store.write(String(repeating: name, count: 1_000), to: name) }
        for name in ["a", "b", "c", "a", "d"] {
            try await cache.file(for: name, of: store, linkedAt: "\(work)/\(name)")
            let usage = try await cache.usage()
            #expect(usage.bytes <= 3_000)
        }
        #expect(store.reads.value == 4)
        // Only "b" was removed.
        for name in ["a", "c", "d"] { try await cache.file(for: name, of: store, linkedAt: "\(work)/\(name)") }
        #expect(store.reads.value == 4)
        #expect(try text("\(work)/b") == String(repeating: "b", count: 1_000))
        try await cache.file(for: "b", of: store, linkedAt: "\(work)/b2")
        #expect(store.reads.value == 5)
        // A file above the limit is still handed out, and the other entries stay.
        try await store.write(String(repeating: "e", count: 5_000), to: "e")
        try await cache.file(for: "e", of: store, linkedAt: "\(work)/e")
        #expect(try text("\(work)/e").count == 5_000)
        #expect(try await cache.usage() == (3, 3_000))
    }

    @Test("shares a folder with other caches")
    func twoCaches() async throws {
        let store = try CountingStore()
        let folder = try TestFolder.make()
        let caches = [
            try DownloadCache(folder: folder, limit: 10_000), try DownloadCache(folder: folder, limit: 10_000),
        ]
        let work = try TestFolder.make()
        for number in 0..<30 {
            try await store.write(String(repeating: "\(number % 10)", count: 1_000), to: "\(number)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<4 {
                for (index, cache) in caches.enumerated() {
                    for number in 0..<30 {
                        group.addTask {
                            let path = "\(work)/\(round)-\(index)-\(number)"
                            try await cache.file(for: "\(number)", of: store, linkedAt: path)
                            #expect(try text(path) == String(repeating: "\(number % 10)", count: 1_000))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let usage = try await caches[0].usage()
        #expect(usage.bytes <= 10_000)
        let before = store.reads.value
        try await caches[0].file(for: "0", of: store, linkedAt: "\(work)/x")
        try await caches[1].file(for: "0", of: store, linkedAt: "\(work)/y")
        #expect(store.reads.value - before <= 1)
    }

    @Test("links a folder's objects without a copy, which stay as they are")
    func folderStore() async throws {
        let base = try TestFolder.make()
        let store = try FolderStore(root: "\(base)/store")
        let cache = try DownloadCache(folder: "\(base)/cache", limit: 1 << 20)
        let info = try await store.write("first", to: "a/b")
        #expect(try await cache.file(for: "a/b", of: store, linkedAt: "\(base)/link") == info)
        #expect(try inode("\(base)/link") == inode("\(base)/store/a/b"))
        #expect(try await cache.usage() == (0, 0))
        try await store.write("second", to: "a/b")
        #expect(try text("\(base)/link") == "first")
        // The file at the path is replaced.
        try await cache.file(for: "a/b", of: store, linkedAt: "\(base)/link")
        #expect(try text("\(base)/link") == "second")
        #expect(try await cache.file(for: "none", of: store, linkedAt: "\(base)/none") == nil)
    }

    @Test("copies where it cannot link", .enabled(if: otherVolume != nil))
    func otherVolumes() async throws {
        let other = try #require(Self.otherVolume) + "/object-storage-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: other) }
        let store = try FolderStore(root: TestFolder.make())
        let cache = try DownloadCache(folder: TestFolder.make(), limit: 1 << 20)
        try await store.write("content", to: "a")
        try await cache.file(for: "a", of: store, linkedAt: "\(other)/a")
        try await cache.file(for: "a", of: store, linkedAt: "\(other)/a")
        #expect(try text("\(other)/a") == "content")
        #expect(try FileManager.default.contentsOfDirectory(atPath: other) == ["a"])
    }

    @Test("keeps nothing of a download that fails, and tries again when asked again")
    func failure() async throws {
        struct Broken: Error {}
        let folder = try TestFolder.make()
        let cache = try DownloadCache(folder: folder, limit: 1 << 20)
        let link = try TestFolder.make() + "/link"
        await #expect(throws: Broken.self) {
            try await cache.file(named: "url", etag: "1", linkedAt: link) { path in
                try "half".write(toFile: path, atomically: false, encoding: .utf8)
                throw Broken()
            }
        }
        #expect(try await cache.usage() == (0, 0))
        #expect(
            try await eventually { try FileManager.default.contentsOfDirectory(atPath: "\(folder)/.partial") == [] })
        for _ in 0..<2 {
            let size = try await cache.file(named: "url", etag: "1", linkedAt: link) { path in
                try "whole".write(toFile: path, atomically: false, encoding: .utf8)
            }
            #expect(size == 5)
            #expect(try text(link) == "whole")
        }
        #expect(
            try await eventually { try FileManager.default.contentsOfDirectory(atPath: "\(folder)/.partial") == [] })
    }

    @Test("a download goes on while anyone waits for it, and no longer")
    func cancellation() async throws {
        let cache = try DownloadCache(folder: TestFolder.make(), limit: 1 << 20)
        let work = try TestFolder.make()
        let (begun, cancelled, go) = (Counter(), Counter(), Counter())
        let ask: @Sendable (String, String) async throws -> Void = { name, link in
            try await cache.file(named: name, etag: "", linkedAt: "\(work)/\(link)") { path in
                begun.add()
                do {
                    while go.value == 0 { try await Task.sleep(for: .milliseconds(5)) }
                } catch {
                    cancelled.add()
                    throw error
                }
                try "content".write(toFile: path, atomically: false, encoding: .utf8)
            }
        }
        let first = Task { try await ask("a", "1") }
        #expect(try await eventually { begun.value == 1 })
        let second = Task { try await ask("a", "2") }
        #expect(try await eventually { cache.downloads.waiting == 2 })
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(cancelled.value == 0)
        let alone = Task { try await ask("b", "3") }
        #expect(try await eventually { begun.value == 2 })
        alone.cancel()
        await #expect(throws: CancellationError.self) { try await alone.value }
        #expect(try await eventually { cancelled.value == 1 })
        go.set(1)
        try await second.value
        #expect(try text("\(work)/2") == "content")
        #expect(begun.value == 2)
    }

    @Test("downloads anew an entry that was cut")
    func damaged() async throws {
        let store = try CountingStore()
        let folder = try TestFolder.make()
        let cache = try DownloadCache(folder: folder, limit: 1 << 20)
        let link = try TestFolder.make() + "/link"
        try await store.write("content", to: "a")
        try await cache.file(for: "a", of: store, linkedAt: link)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        let entry = try #require(names.first)
        try FileManager.default.removeItem(atPath: "\(folder)/\(entry)")
        try "con".write(toFile: "\(folder)/\(entry)", atomically: false, encoding: .utf8)
        try await cache.file(for: "a", of: store, linkedAt: link)
        #expect(try text(link) == "content")
        #expect(store.reads.value == 2)
    }

    /// A folder on another volume than the temporary files.
    private static let otherVolume: String? = {
        let volume = { (path: String) in
            (try? FileManager.default.attributesOfItem(atPath: path))?[.systemNumber] as? Int
        }
        guard let other = volume("/dev/shm"), other != volume(FileManager.default.temporaryDirectory.path) else {
            return nil
        }
        return "/dev/shm"
    }()
}

private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
}

private func inode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
}

/// A store that counts its reads and that the cache does not treat as a folder.
private final class CountingStore: ObjectStore {
    let reads = Counter()
    private let store: FolderStore
    private let delay: Duration

    init(delay: Duration = .zero) throws {
        store = try FolderStore(root: TestFolder.make())
        self.delay = delay
    }

    var identity: String { "counting:\(store.identity)" }

    func info(_ key: String) async throws -> ObjectInfo? { try await store.info(key) }

    func read(_ key: String, range: Range<Int64>?) async throws -> ObjectBody? {
        reads.add()
        try await Task.sleep(for: delay)
        return try await store.read(key, range: range)
    }

    func upload(file path: String, to key: String, contentType: String) async throws -> ObjectInfo {
        try await store.upload(file: path, to: key, contentType: contentType)
    }

    func write<Body: AsyncSequence & Sendable>(
        _ body: Body, size: Int64?, to key: String, contentType: String, limit: Int64
    ) async throws -> ObjectInfo where Body.Element == ByteBuffer {
        try await store.write(body, size: size, to: key, contentType: contentType, limit: limit)
    }

    func remove(_ key: String) async throws { try await store.remove(key) }

    func keys(withPrefix prefix: String, limit: Int) async throws -> [String] {
        try await store.keys(withPrefix: prefix, limit: limit)
    }

    func publicURL(_ key: String, expiresIn seconds: Int) async throws -> URL? { nil }
    func uploadURL(_ key: String, expiresIn seconds: Int) async throws -> URL? { nil }
}
