// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestServers
import Testing

@testable import ObjectStorage

/// Tests of a failing S3 store.
@Suite("A failing store")
struct FaultTests {
    @Test("is asked again, and most calls succeed")
    func everySecondRequestFails() async throws {
        let server = try await FaultServer { asked in
            let faults: [FaultServer.Fault] = [
                .status(503, code: "SlowDown"), .reset, .truncated(1000), .status(500, code: "InternalError"),
                .status(429, code: "TooManyRequests"), .truncated(0),
            ]
            return asked.number.isMultiple(of: 2) ? faults[asked.number / 2 % faults.count] : nil
        }
        let store = try s3Store(at: server.endpoint) { $0.attempts = 6 }
        for number in 0..<20 {
            let bytes = testBytes(5_000 * number, seed: UInt64(number + 1))
            let key = "object/\(number)"
            let written = try await store.write(
                Pieces(bytes: bytes, pieceSize: 1000), size: nil, to: key, contentType: "a/b", limit: 1 << 30)
            #expect(written.size == Int64(bytes.readableBytes))
            #expect(try await store.info(key)?.size == Int64(bytes.readableBytes))
            let body = try #require(try await store.read(key, range: nil))
            #expect(try await body.bytes.collect(upTo: 1 << 30) == bytes)
        }
        try await server.stop()
    }

    @Test("goes on reading where a connection was lost, and not from the beginning")
    func resumedReading() async throws {
        let server = try await FaultServer { asked in
            asked.method == "GET" && asked.number < 4 ? .truncated(300_000) : nil
        }
        let store = try s3Store(at: server.endpoint)
        let bytes = testBytes(1_000_000)
        try await store.write(
            Pieces(bytes: bytes, pieceSize: 1 << 20), size: nil, to: "a", contentType: "a/b", limit: 1 << 30)
        let body = try #require(try await store.read("a", range: 10..<999_990))
        #expect(try await body.bytes.collect(upTo: 1 << 30) == bytes.getSlice(at: 10, length: 999_980))
        let asked = server.state.withLock { $0.asked.dropFirst() }
        #expect(asked.count == 4)
        // How much of a response arrives before the lost connection is noticed varies.
        #expect(asked.last?.headers.first(name: "range")?.hasPrefix("bytes=10-") == false)
        #expect(asked.dropFirst().allSatisfy { $0.headers.contains(name: "if-match") })
        try await server.stop()
    }

    @Test("goes on reading when nothing comes any more")
    func stalledReading() async throws {
        let server = try await FaultServer { $0.method == "GET" && $0.number < 3 ? .stalled(200_000) : nil }
        let store = try s3Store(at: server.endpoint) { $0.idleTimeout = .seconds(1) }
        let bytes = testBytes(1_000_000)
        server.state.withLock { $0.objects["/bucket/a"] = bytes }
        let body = try #require(try await store.read("a", range: nil))
        #expect(try await body.bytes.collect(upTo: 1 << 30) == bytes)
        #expect(server.asked.count == 4)
        try await server.stop()
    }

    @Test("does not mix an object's bytes with those of another that replaced it")
    func replacedWhileReading() async throws {
        let server = try await FaultServer { $0.number == 0 ? .truncated(200_000) : nil }
        let store = try s3Store(at: server.endpoint)
        server.state.withLock { $0.objects["/bucket/a"] = testBytes(1_000_000) }
        let body = try #require(try await store.read("a", range: nil))
        server.state.withLock { $0.objects["/bucket/a"] = testBytes(1_000_001, seed: 2) }
        await #expect {
            _ = try await body.bytes.collect(upTo: 1 << 30)
        } throws: {
            if case StorageError.refused = $0 { true } else { false }
        }
        try await server.stop()
    }

    @Test("that always cuts bodies is an error, and never a short body")
    func truncation() async throws {
        let server = try await FaultServer { $0.method == "GET" ? .truncated(0) : nil }
        let store = try s3Store(at: server.endpoint)
        try await store.write("0123456789", to: "a")
        let body = try #require(try await store.read("a", range: nil))
        await #expect {
            _ = try await body.bytes.collect(upTo: 100)
        } throws: {
            if case StorageError.unavailable = $0 { true } else { false }
        }
        #expect(server.asked.count { $0.hasPrefix("GET") } == 4)
        try await server.stop()
    }

    @Test("is unavailable after four tries", arguments: [503, 500, 429, 408])
    func unavailable(_ status: Int) async throws {
        let server = try await FaultServer { _ in .status(status, code: "Whatever") }
        let store = try s3Store(at: server.endpoint)
        await #expect {
            try await store.write("x", to: "a")
        } throws: {
            ($0 as? StorageError)?.mayHeal == true && "\($0)".contains("Whatever")
        }
        #expect(server.asked.count == 4)
        try await server.stop()
    }

    @Test("that refuses is not asked again", arguments: [(403, "AccessDenied"), (401, "x"), (404, "NoSuchBucket")])
    func refused(_ status: Int, _ code: String) async throws {
        let server = try await FaultServer { _ in .status(status, code: code) }
        let store = try s3Store(at: server.endpoint)
        let calls: [@Sendable () async throws -> Void] = [
            { try await store.write("x", to: "a") }, { _ = try await store.read("a", range: nil) },
        ]
        for call in calls {
            await #expect {
                try await call()
            } throws: {
                if case StorageError.refused(let reason) = $0 { reason.contains(code) } else { false }
            }
        }
        #expect(server.asked.count == 2)
        try await server.stop()
    }

    @Test("that nobody listens for is unavailable")
    func noServer() async throws {
        let server = try await FaultServer { _ in nil }
        try await server.stop()
        let store = try s3Store(at: server.endpoint)
        await #expect {
            _ = try await store.info("a")
        } throws: {
            ($0 as? StorageError)?.mayHeal == true
        }
    }

    @Test("that is silent is unavailable after a while")
    func silence() async throws {
        let server = try await FaultServer { _ in .silence }
        let store = try s3Store(at: server.endpoint) {
            $0.responseTimeout = .seconds(1)
            $0.attempts = 2
        }
        await #expect {
            _ = try await store.info("a")
        } throws: {
            ($0 as? StorageError)?.mayHeal == true
        }
        #expect(server.asked.count == 2)
        try await server.stop()
    }

    @Test("an upload in parts survives failures, and a lost answer to its end")
    func parts() async throws {
        let ends = Counter()
        let server = try await FaultServer { asked in
            if asked.method == "POST", asked.uri.contains("uploadId"), ends.add() == 1 { return .lostAnswer }
            return asked.number.isMultiple(of: 2) && asked.method != "HEAD" ? .status(503, code: "SlowDown") : nil
        }
        let store = try s3Store(at: server.endpoint) { $0.attempts = 20 }
        let bytes = testBytes(30_000_000)
        let info = try await store.write(
            Pieces(bytes: bytes, pieceSize: 1 << 20), size: nil, to: "a", contentType: "a/b", limit: 1 << 30)
        #expect(info.etag == "30000000-4")
        #expect(info.size == 30_000_000)
        #expect(server.state.withLock { $0.objects["/bucket/a"] } == bytes)
        try await server.stop()
    }

    @Test("an upload that is cancelled is taken back")
    func cancelledParts() async throws {
        let (store, server, bucket) = try await makeS3Store()
        let given = Counter()
        let task = Task {
            let body = Pieces(bytes: testBytes(40_000_000), pieceSize: 1 << 20) { count in
                given.set(count)
                if count > 30_000_000 { try await Task.sleep(for: .seconds(60)) }
            }
            try await store.write(body, size: nil, to: "a", contentType: "a/b", limit: 1 << 30)
        }
        #expect(try await eventually { try await server.openUploads(in: bucket) == ["a"] && given.value > 30_000_000 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await server.openUploads(in: bucket) == [])
        #expect(try await store.info("a") == nil)
    }

    @Test("an upload is taken back when one of its parts fails")
    func failedPart() async throws {
        let server = try await FaultServer {
            $0.uri.contains("partNumber=2") ? .status(403, code: "AccessDenied") : nil
        }
        let store = try s3Store(at: server.endpoint)
        await #expect(throws: StorageError.self) {
            try await store.write(
                Pieces(bytes: testBytes(40_000_000), pieceSize: 1 << 20), size: nil, to: "a", contentType: "a/b",
                limit: 1 << 30)
        }
        // A part that was given up may still arrive afterwards on its own connection.
        #expect(server.asked.contains("DELETE /bucket/a?uploadId=upload"))
        #expect(server.state.withLock { $0.parts.isEmpty && $0.objects.isEmpty })
        try await server.stop()
    }

    @Test("no more than four parts are in memory while the store is slow")
    func boundedUpload() async throws {
        let server = try await FaultServer { $0.uri.contains("partNumber") ? .silence : nil }
        let store = try s3Store(at: server.endpoint)
        let given = Counter()
        let task = Task {
            let body = Pieces(bytes: testBytes(80_000_000), pieceSize: 1 << 20) { given.set($0) }
            try await store.write(body, size: nil, to: "a", contentType: "a/b", limit: 1 << 30)
        }
        #expect(try await eventually { server.asked.count { $0.contains("partNumber") } == 3 })
        try await Task.sleep(for: .milliseconds(300))
        #expect(given.value <= 4 * 8 << 20 + 1 << 20)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // A part that was given up may still arrive afterwards on its own connection.
        #expect(server.asked.contains("DELETE /bucket/a?uploadId=upload"))
        try await server.stop()
    }

    @Test("no more is fetched than a slow reader takes")
    func boundedReading() async throws {
        let server = try await FaultServer { _ in nil }
        server.state.withLock { $0.objects["/bucket/a"] = testBytes(64_000_000) }
        let store = try s3Store(at: server.endpoint)
        let body = try #require(try await store.read("a", range: nil))
        var pieces = body.bytes.makeAsyncIterator()
        var count = try await pieces.next()?.readableBytes ?? 0
        try await Task.sleep(for: .milliseconds(500))
        // Socket buffers hold several megabytes.
        #expect(server.state.withLock { $0.sent } < 24_000_000)
        while let piece = try await pieces.next() { count += piece.readableBytes }
        #expect(count == 64_000_000)
        try await server.stop()
    }

    @Test("lists page after page")
    func pages() async throws {
        let (store, _, _) = try await makeS3Store()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1_010 {
                if number >= 16 { try await group.next() }
                group.addTask { try await store.write("", to: "many/\(1000 + number) +") }
            }
        }
        let keys = try await store.keys(withPrefix: "many/", limit: 5_000)
        #expect(keys == (0..<1_010).map { "many/\(1000 + $0) +" })
        #expect(try await store.keys(withPrefix: "many/", limit: 1_005).count == 1_005)
    }

    @Test("gives addresses that anyone can read", arguments: ["a b+c%d.txt", "Füße/x=y&z.txt"])
    func publicURL(_ key: String) async throws {
        let (store, _, _) = try await makeS3Store()
        try await store.write("public", to: key)
        let url = try #require(try await store.publicURL(key, expiresIn: 60))
        let response = try await testClient.execute(HTTPClientRequest(url: url.absoluteString), timeout: .seconds(30))
        #expect(response.status == .ok)
        #expect(String(buffer: try await response.body.collect(upTo: 100)) == "public")
        #expect(url.absoluteString.contains("X-Amz-Expires=60&"))
    }

    @Test("bucket names and addresses that lead elsewhere are refused")
    func addresses() throws {
        let endpoint = try #require(URL(string: "https://s3.example/base/"))
        for bucket in ["", "a/b", "a@b", "..", "a b", "a?b", "ä"] {
            #expect(throws: StorageError.self) { try S3Address(endpoint: endpoint, bucket: bucket, pathStyle: false) }
        }
        for text in ["ftp://s3.example", "s3.example", "file:///a"] {
            let url = try #require(URL(string: text))
            #expect(throws: StorageError.self) { try S3Address(endpoint: url, bucket: "a", pathStyle: true) }
        }
        let path = try S3Address(endpoint: endpoint, bucket: "b", pathStyle: true)
        #expect(path.host == "s3.example" && path.path(of: "a b") == "/base/b/a%20b" && path.path(of: nil) == "/base/b")
        let host = try S3Address(endpoint: endpoint, bucket: "b", pathStyle: false)
        #expect(host.host == "b.s3.example" && host.path(of: "k") == "/base/k")
    }

    @Test("parts are never more than 10,000")
    func partSizes() throws {
        let store = try s3Store(at: try #require(URL(string: "http://127.0.0.1:1")))
        let sizes: [Int64] = [0, 1, 8 << 20, 16 << 20 + 1, 80_000 << 20, 80_000 << 20 + 1, 5 << 40, .max]
        for size in sizes {
            let part = store.partSize(for: size)
            #expect(part >= 8 << 20)
            #expect(size / part + (size % part > 0 ? 1 : 0) <= 10_000)
        }
    }
}
