// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import ObjectStorage
import Testing

/// The behaviour that all stores share.
@Suite("A store")
struct ConformanceTests {
    @Test("gives back what was written", arguments: StoreKind.allCases)
    func roundTrip(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        let written = try await store.write("hello, world", to: "media/anna/hello.txt")
        #expect(written.size == 12)
        #expect(written.contentType == "text/plain")
        #expect(!written.etag.isEmpty && !written.etag.contains("\""))
        #expect(try await store.info("media/anna/hello.txt") == written)
        let body = try #require(try await store.read("media/anna/hello.txt", range: nil))
        #expect(body.info == written)
        #expect(body.range == 0..<12)
        #expect(String(buffer: try await body.bytes.collect(upTo: 100)) == "hello, world")
    }

    @Test("takes a file", arguments: StoreKind.allCases)
    func uploadedFile(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        let path = try TestFolder.make() + "/file"
        try "from a file".write(toFile: path, atomically: false, encoding: .utf8)
        let info = try await store.upload(file: path, to: "a/file.bin", contentType: "video/mp4")
        #expect(info.size == 11)
        #expect(try await store.info("a/file.bin") == info)
        #expect(try await store.text("a/file.bin") == "from a file")
        await #expect(throws: StorageError.self) {
            try await store.upload(file: path + "-missing", to: "b", contentType: "video/mp4")
        }
        #expect(try await store.info("b") == nil)
    }

    @Test("gives parts, cut to the end", arguments: StoreKind.allCases)
    func ranges(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        try await store.write("0123456789", to: "digits")
        #expect(try await store.text("digits", 0..<1) == "0")
        #expect(try await store.text("digits", 3..<7) == "3456")
        #expect(try await store.text("digits", 9..<10) == "9")
        #expect(try await store.text("digits", 0..<10) == "0123456789")
        #expect(try await store.text("digits", 8..<100) == "89")
        #expect(try await store.text("digits", 8..<Int64.max) == "89")
        #expect(try await store.text("digits", 10..<20) == "")
        #expect(try await store.text("digits", 15..<20) == "")
        #expect(try await store.text("digits", 4..<4) == "")
        let body = try #require(try await store.read("digits", range: 8..<100))
        #expect(body.range == 8..<10)
        #expect(body.info.size == 10)
        let outside = try #require(try await store.read("digits", range: 15..<20))
        #expect(outside.range == 10..<10)
        #expect(outside.info.size == 10)
    }

    @Test("keeps empty objects", arguments: StoreKind.allCases)
    func empty(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        let info = try await store.write("", to: "empty")
        #expect(info.size == 0)
        #expect(try await store.text("empty") == "")
        #expect(try await store.text("empty", 0..<1) == "")
        #expect(try await store.text("empty", 5..<10) == "")
    }

    @Test("has nothing under unknown keys", arguments: StoreKind.allCases)
    func unknown(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        try await store.write("x", to: "known/one")
        for key in ["unknown", "known", "known/two", "known/one/below", "unknown/deep/down"] {
            #expect(try await store.info(key) == nil)
            #expect(try await store.read(key, range: nil) == nil)
            #expect(try await store.read(key, range: 0..<5) == nil)
            try await store.remove(key)
        }
        #expect(try await store.text("known/one") == "x")
    }

    @Test(
        "refuses what is not a key", arguments: StoreKind.allCases,
        [
            "", "/", "/a", "a/", "a//b", ".", "..", "../x", "a/../b", "a/./b", "a/..", "a\u{0}b", "a\nb", "a\u{7F}",
            "a\u{85}b", String(repeating: "a/", count: 512) + "b",
        ])
    func badKeys(_ kind: StoreKind, _ key: String) async throws {
        let store = try await kind.make()
        func refused(_ body: () async throws -> Void) async {
            await #expect { try await body() } throws: { if case StorageError.invalidKey = $0 { true } else { false } }
        }
        await refused { _ = try await store.info(key) }
        await refused { _ = try await store.read(key, range: nil) }
        await refused { try await store.write("x", to: key) }
        await refused { try await store.upload(file: "/dev/null", to: key, contentType: "a/b") }
        await refused { try await store.remove(key) }
        if kind == .s3 {
            await refused { _ = try await store.publicURL(key, expiresIn: 10) }
            await refused { _ = try await store.uploadURL(key, expiresIn: 10) }
        }
    }

    @Test("refuses types that are not", arguments: StoreKind.allCases)
    func badTypes(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        for type in ["", "a\r\nb: c", "ä/b"] {
            await #expect(throws: StorageError.self) { try await store.write("x", to: "a", contentType: type) }
        }
        #expect(try await store.info("a") == nil)
    }

    @Test(
        "takes any other key", arguments: StoreKind.allCases,
        [
            "a b", "a+b", "a%20b", "100%", "a=b&c=d", "a?b#c", "Füße/日本語/🎬.mp4", "e\u{301}", "\u{E9}", "...", ".a",
            "~a",
            "it's (one)!*;:@$,", "a\\b", "<a>&\"b\"", "-", "a/b/c/d/e/f", String(repeating: "ab/", count: 341) + "c",
        ])
    func keys(_ kind: StoreKind, _ key: String) async throws {
        let store = try await kind.make()
        let info = try await store.write("content of \(key)", to: key)
        #expect(try await store.info(key) == info)
        #expect(try await store.text(key) == "content of \(key)")
        let listed = try await store.keys(withPrefix: "", limit: 10)
        #expect(listed.map { Array($0.utf8) } == [Array(key.utf8)])
        try await store.remove(key)
        #expect(try await store.info(key) == nil)
        #expect(try await store.keys(withPrefix: "", limit: 10) == [])
    }

    @Test("lists keys by prefix, in order", arguments: StoreKind.allCases)
    func list(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        for key in ["a/c", "a-b", "a/b/x", "a/b.x", "b", "ab", "a/b/y"] { try await store.write("x", to: key) }
        let all = ["a-b", "a/b.x", "a/b/x", "a/b/y", "a/c", "ab", "b"]
        #expect(try await store.keys(withPrefix: "", limit: 100) == all)
        #expect(try await store.keys(withPrefix: "", limit: 3) == Array(all.prefix(3)))
        #expect(try await store.keys(withPrefix: "", limit: 0) == [])
        #expect(try await store.keys(withPrefix: "a/", limit: 100) == ["a/b.x", "a/b/x", "a/b/y", "a/c"])
        #expect(try await store.keys(withPrefix: "a/b", limit: 100) == ["a/b.x", "a/b/x", "a/b/y"])
        #expect(try await store.keys(withPrefix: "a/b/", limit: 1) == ["a/b/x"])
        #expect(try await store.keys(withPrefix: "c", limit: 100) == [])
        #expect(try await store.keys(withPrefix: "../", limit: 100) == [])
    }

    @Test("replaces objects, which changes the etag", arguments: StoreKind.allCases)
    func overwrite(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        let first = try await store.write("first", to: "a/b")
        let second = try await store.write("second", to: "a/b", contentType: "text/html")
        #expect(first.etag != second.etag)
        #expect(try await store.info("a/b") == second)
        #expect(try await store.text("a/b") == "second")
    }

    @Test("removes objects", arguments: StoreKind.allCases)
    func remove(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        try await store.write("x", to: "a/b/c")
        try await store.write("x", to: "a/d")
        try await store.remove("a/b/c")
        try await store.remove("a/b/c")
        #expect(try await store.keys(withPrefix: "", limit: 10) == ["a/d"])
        // Nothing that would block the new object is left.
        try await store.write("y", to: "a/b")
        #expect(try await store.text("a/b") == "y")
    }

    @Test("keeps nothing of what is too large", arguments: StoreKind.allCases, [10, 100, 20_000_000])
    func limit(_ kind: StoreKind, _ limit: Int) async throws {
        let store = try await kind.make()
        let bytes = testBytes(limit + 1)
        for size in [nil, Int64(limit + 1)] {
            await #expect {
                let body = Pieces(bytes: bytes, pieceSize: 1 << 20)
                try await store.write(body, size: size, to: "a", contentType: "a/b", limit: Int64(limit))
            } throws: {
                if case StorageError.tooLarge(limit: Int64(limit)) = $0 { true } else { false }
            }
        }
        #expect(try await store.info("a") == nil)
        let whole = bytes.getSlice(at: 0, length: limit) ?? ByteBuffer()
        try await store.write(
            Pieces(bytes: whole, pieceSize: 1 << 20), size: nil, to: "a", contentType: "a/b", limit: Int64(limit))
        #expect(try await store.info("a")?.size == Int64(limit))
    }

    @Test("refuses bodies of another size than was said", arguments: StoreKind.allCases, [4, 6])
    func wrongSize(_ kind: StoreKind, _ size: Int64) async throws {
        let store = try await kind.make()
        await #expect(throws: StorageError.self) {
            let body = Pieces(bytes: ByteBuffer(string: "12345"), pieceSize: 2)
            try await store.write(body, size: size, to: "a", contentType: "a/b", limit: 100)
        }
        #expect(try await store.info("a") == nil)
    }

    @Test("keeps nothing of a body that fails", arguments: StoreKind.allCases, [100, 20_000_000])
    func failingBody(_ kind: StoreKind, _ count: Int) async throws {
        struct Broken: Error {}
        let store = try await kind.make()
        try await store.write("before", to: "a")
        await #expect(throws: Broken.self) {
            let body = Pieces(bytes: testBytes(count), pieceSize: count / 10) { if $0 >= count / 2 { throw Broken() } }
            try await store.write(body, size: nil, to: "a", contentType: "a/b", limit: 1 << 30)
        }
        #expect(try await store.text("a") == "before")
    }

    @Test("carries 40 MB", arguments: StoreKind.allCases)
    func large(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        let bytes = testBytes(40_000_000)
        let path = try TestFolder.make() + "/large"
        try Data(bytes.readableBytesView).write(to: URL(filePath: path))
        let written = try await store.upload(file: path, to: "large/file", contentType: "video/mp4")
        #expect(written.size == 40_000_000)
        #expect(try await store.info("large/file") == written)
        let streamed = try await store.write(
            Pieces(bytes: bytes, pieceSize: 300_000), size: nil, to: "large/stream", contentType: "a/b", limit: 1 << 30)
        #expect(try await store.info("large/stream") == streamed)
        for key in ["large/file", "large/stream"] {
            let body = try #require(try await store.read(key, range: nil))
            #expect(digest(try await body.bytes.collect(upTo: 1 << 30)) == digest(bytes))
        }
        let part = try #require(try await store.read("large/file", range: 16_000_000..<33_000_000))
        #expect(try await part.bytes.collect(upTo: 1 << 30) == bytes.getSlice(at: 16_000_000, length: 17_000_000))
    }

    @Test("keeps nothing of a write that is cancelled", arguments: StoreKind.allCases, [1_000, 20_000_000])
    func cancelledWrite(_ kind: StoreKind, _ count: Int) async throws {
        let store = try await kind.make()
        let given = Counter()
        let task = Task {
            // Like other streams, it ends without an error when it is cancelled.
            let body = AsyncStream<ByteBuffer> { continuation in
                for _ in 0..<10 { continuation.yield(testBytes(count / 10)) }
                given.add()
            }
            try await store.write(body, size: nil, to: "a", contentType: "a/b", limit: 1 << 30)
        }
        #expect(try await eventually { given.value > 0 })
        try await Task.sleep(for: .milliseconds(count > 1000 ? 300 : 20))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await store.info("a") == nil)
    }

    @Test("does not end a cancelled reading as if all were there", arguments: StoreKind.allCases)
    func cancelledRead(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        let bytes = testBytes(5_000_000)
        try await store.write(
            Pieces(bytes: bytes, pieceSize: 1 << 20), size: nil, to: "a", contentType: "a/b", limit: 1 << 30)
        let begun = Counter()
        let task = Task {
            let body = try #require(try await store.read("a", range: nil))
            for try await _ in body.bytes {
                begun.add()
                // The loop waits for the cancellation, which the next read must notice.
                while !Task.isCancelled { await Task.yield() }
            }
        }
        #expect(try await eventually { begun.value > 0 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("stays whole while many write and read", arguments: StoreKind.allCases)
    func concurrency(_ kind: StoreKind) async throws {
        let store = try await kind.make()
        try await store.write("0 0 0 0", to: "a/b")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...10 {
                group.addTask { try await store.write("\(number) \(number) \(number) \(number)", to: "a/b") }
                group.addTask {
                    let text = try #require(try await store.text("a/b"))
                    #expect(Set(text.split(separator: " ")).count == 1)
                }
                group.addTask {
                    try await store.write("x", to: "c/d/\(number)")
                    try await store.remove("c/d/\(number)")
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.keys(withPrefix: "", limit: 100) == ["a/b"])
    }
}
