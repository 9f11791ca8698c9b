// SPDX-License-Identifier: Apache-2.0

import Compose
import CoreMetrics
import Foundation
import JobQueue
import Testing

@testable import RenderService

/// Unit tests of the small types.
struct PartTests {
    @Test("a form is read the same, however its bytes arrive")
    func multipart() throws {
        let body = Array(
            ("preamble\r\n--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nvalue\r\n--b\r\n"
                + "content-disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n"
                + "one\r\n--not the end\r\n--b\r\nContent-Disposition: form-data; name=\"g\"; filename=\"b\"\r\n\r\n\r\n--b--\r\n")
                .utf8)
        for size in [1, 2, 3, 7, 50, 1000] {
            var parser = try #require(MultipartParser(contentType: "multipart/form-data; boundary=\"b\""))
            var files: [(String, String?, [UInt8])] = []
            for start in stride(from: 0, to: body.count, by: size) {
                for event in try parser.read(Array(body[start..<min(start + size, body.count)])) {
                    switch event {
                    case .begin(let file, let type): files.append((file, type, []))
                    case .bytes(let bytes): files[files.count - 1].2 += bytes
                    case .end: break
                    }
                }
            }
            #expect(parser.isComplete)
            #expect(files.map(\.0) == ["a.txt", "b"])
            #expect(files.map(\.1) == ["text/plain", nil])
            #expect(files.map { String(decoding: $0.2, as: UTF8.self) } == ["one\r\n--not the end", ""])
        }
        #expect(MultipartParser(contentType: "application/json") == nil)
        #expect(MultipartParser(contentType: "multipart/form-data") == nil)
        var endless = try #require(MultipartParser(contentType: "multipart/form-data; boundary=b"))
        #expect(throws: MultipartParser.Malformed.self) { _ = try endless.read([UInt8](repeating: 0, count: 20_000)) }
    }

    @Test("a range is what RFC 9110 says it is")
    func ranges() {
        #expect(ByteRange.range("bytes=0-0", size: 10) == .part(0..<1))
        #expect(ByteRange.range("bytes=2-", size: 10) == .part(2..<10))
        #expect(ByteRange.range("bytes=-3", size: 10) == .part(7..<10))
        #expect(ByteRange.range("bytes=-30", size: 10) == .part(0..<10))
        #expect(ByteRange.range("bytes=5-99", size: 10) == .part(5..<10))
        #expect(ByteRange.range("bytes=10-", size: 10) == .none)
        #expect(ByteRange.range("bytes=-0", size: 10) == .none)
        #expect(ByteRange.range("bytes=0-", size: 0) == .none)
        for field in ["bytes=5-2", "bytes=a-b", "items=0-1", "bytes=0-1,3-4", "bytes=", "bytes=-", "bytes=--1"] {
            #expect(ByteRange.range(field, size: 10) == .whole, "\(field)")
        }
    }

    @Test(
        "addresses of private and special networks are not public",
        arguments: [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001::1",
            "::127.0.0.1",
        ])
    func privateAddresses(_ text: String) async throws {
        let address = try #require(try await HostAddresses.lookUp(text).first)
        #expect(!address.isPublic)
    }

    @Test(
        "others are",
        arguments: ["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])
    func publicAddresses(_ text: String) async throws {
        let address = try #require(try await HostAddresses.lookUp(text).first)
        #expect(address.isPublic)
    }

    @Test("the other instance is left alone after three failures, and then tried once")
    func breaker() {
        let clock = TestClock()
        let breaker = CircuitBreaker(threshold: 3, pause: .seconds(30), now: { clock.now })
        for _ in 0..<3 {
            #expect(breaker.mayTry())
            breaker.failed()
        }
        #expect(!breaker.mayTry())
        clock.advance(by: 31)
        #expect(breaker.mayTry())
        #expect(!breaker.mayTry(), "one try at a time")
        breaker.failed()
        #expect(!breaker.mayTry())
        clock.advance(by: 31)
        #expect(breaker.mayTry())
        breaker.succeeded()
        #expect(breaker.mayTry())
        #expect(breaker.mayTry())
    }

    @Test("requests are let through evenly, and a minute's worth at once")
    func limiter() {
        let clock = TestClock()
        let limiter = RateLimiter(perMinute: 60, now: { clock.now })
        for _ in 0..<60 { #expect(limiter.wait(for: "a") == nil) }
        #expect(limiter.wait(for: "a") == 1)
        #expect(limiter.wait(for: "b") == nil)
        clock.advance(by: 2)
        #expect(limiter.wait(for: "a") == nil)
        #expect(limiter.wait(for: "a") == nil)
        #expect(limiter.wait(for: "a") == 1)
    }

    @Test("work begins when there is memory for it, in order, and what is called off gives its turn away")
    func memoryGate() async throws {
        let gate = MemoryGate(limit: 10)
        let running = Running()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await gate.pass(bytes: number == 7 ? 1000 : 4) {
                        await running.change(by: 1)
                        try await Task.sleep(for: .milliseconds(2))
                        await running.change(by: -1)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await running.most == 2)
        let called = Task { try await gate.pass(bytes: 10) { try await Task.sleep(for: .seconds(60)) } }
        called.cancel()
        await #expect(throws: CancellationError.self) { try await called.value }
        #expect(try await gate.pass(bytes: 10) { 1 } == 1)
    }

    @Test("a process has a room of its own, and those of processes that are gone are cleared away")
    func workRooms() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("rooms-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root + "/left/deep", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let first = try WorkRoom(in: root)
        #expect(!FileManager.default.fileExists(atPath: root + "/left"))
        var second: WorkRoom? = try WorkRoom(in: root)
        let path = try #require(second?.path)
        #expect(FileManager.default.fileExists(atPath: first.path), "somebody has it")
        second = nil
        #expect(!FileManager.default.fileExists(atPath: path))
        withExtendedLifetime(first) {}
    }

    @Test("the short form is the edit one would have written")
    func shortForm() throws {
        let request = try RenderRequest(
            body: Data(
                #"{"images": ["a.jpg", {"src": "b.jpg", "duration": 2.5}], "audio": "m.mp3", "transition": {"name": "wipeLeft", "duration": 0.5}, "size": {"width": 1080, "height": 1920}, "motion": "zoomOut", "fit": "contain", "frameRate": "30000/1001", "priority": "high"}"#
                    .utf8))
        let expected = try Edit(
            json: #"""
                {"version": 1, "timeline": {"size": {"width": 1080, "height": 1920}, "frameRate": "30000/1001", "tracks": [
                  {"clips": [
                    {"type": "image", "src": "a.jpg", "duration": 4, "fit": "contain", "motion": {"from": {"zoom": 1.2, "y": 0.45}, "to": {"y": 0.45}}},
                    {"type": "transition", "name": "wipeLeft", "duration": 0.5},
                    {"type": "image", "src": "b.jpg", "duration": 2.5, "fit": "contain", "motion": {"from": {"zoom": 1.2, "x": 0.42}, "to": {"x": 0.42}}}]},
                  {"clips": [{"type": "audio", "src": "m.mp3", "loop": true, "fadeOut": 2}]}]}}
                """#)
        #expect(request.edit == expected)
        #expect(request.fields.priority == .high)
    }

    @Test("members of the service's own may stand beside an edit, and nothing else")
    func members() throws {
        let edit =
            ##""version": 1, "timeline": {"size": {"width": 64, "height": 64}, "tracks": [{"clips": [{"type": "color", "color": "#ff0000", "duration": 0.1}]}]}"##
        let request = try RenderRequest(
            body: Data("{\(edit), \"generationId\": \"g-1\", \"callbackURL\": \"https://example.com/x\"}".utf8))
        #expect(request.fields.generationID == "g-1")
        #expect(request.fields.callbackURL?.host == "example.com")
        for wrong in [
            "\"generationId\": \"a/b\"", "\"generationId\": 1", "\"callbackURL\": \"file:///x\"",
            "\"priority\": \"now\"",
            "\"prioritty\": \"low\"",
        ] {
            #expect(throws: ComposeProblems.self, "\(wrong)") {
                _ = try RenderRequest(body: Data("{\(edit), \(wrong)}".utf8))
            }
        }
    }

    @Test("what the environment says is read, and what makes no sense is refused by name")
    func configuration() throws {
        let plain = try Configuration(environment: ["API_KEYS": "", "WORKERS": ""])
        #expect(plain.redisURL == nil)
        #expect(plain.s3 == nil)
        #expect(plain.spreadSeconds == nil)
        #expect(plain.access.isOpen)
        let full = try Configuration(environment: [
            "REDIS_URL": "redis://r", "S3_ENDPOINT": "https://s3.example", "S3_BUCKET": "b", "S3_ACCESS_KEY_ID": "k",
            "S3_SECRET_ACCESS_KEY": "s", "WORKERS": "3", "API_KEYS": "anna:1, bert:2",
            "ALLOWED_MEDIA_HOSTS": "A.example,*.b.example",
        ])
        #expect(full.spreadSeconds == 120)
        #expect(full.workers == 3)
        #expect(full.access.callers == ["1": "anna", "2": "bert"])
        #expect(full.access.mediaHosts == ["a.example", "*.b.example"])
        for (name, value) in [
            ("WORKERS", "many"), ("WORKERS", "-1"), ("S3_ENDPOINT", "s3"), ("API_KEYS", "anna"), ("API_KEYS", "a/b:c"),
            ("LOG_LEVEL", "loud"), ("ALLOW_PRIVATE_ADDRESSES", "perhaps"), ("JWT_JWKS_FILE", "keys"),
        ] {
            #expect(throws: ConfigurationError.self, "\(name)") { _ = try Configuration(environment: [name: value]) }
        }
    }

    @Test("hosts are allowed by name, by all below one, or all")
    func hosts() {
        #expect(MediaSource.isAllowed("a.example", ["a.example"]))
        #expect(MediaSource.isAllowed("x.b.example", ["*.b.example"]))
        #expect(!MediaSource.isAllowed("b.example", ["*.b.example"]))
        #expect(!MediaSource.isAllowed("evilb.example", ["*.b.example"]))
        #expect(!MediaSource.isAllowed("a.example.evil", ["a.example"]))
        #expect(MediaSource.isAllowed("any", ["*"]))
    }

    @Test("metrics are written as Prometheus reads them")
    func prometheus() {
        let metrics = PrometheusMetrics()
        let counter = metrics.makeCounter(label: "jobs_total", dimensions: [("state", "a \"b\"\n")])
        counter.increment(by: 2)
        metrics.makeRecorder(label: "waiting", dimensions: [], aggregate: false).record(1.5)
        let histogram = metrics.makeRecorder(label: "seconds", dimensions: [], aggregate: true)
        for value in [0.004, 0.2, 700.0] { histogram.record(value) }
        let lines = metrics.text.split(separator: "\n").map(String.init)
        #expect(lines.contains(#"jobs_total{state="a \"b\"\n"} 2"#))
        #expect(lines.contains("waiting 1.5"))
        #expect(lines.contains("# TYPE seconds histogram"))
        #expect(lines.contains(#"seconds_bucket{le="0.005"} 1"#))
        #expect(lines.contains(#"seconds_bucket{le="0.25"} 2"#))
        #expect(lines.contains(#"seconds_bucket{le="600.0"} 2"#))
        #expect(lines.contains(#"seconds_bucket{le="+Inf"} 3"#))
        #expect(lines.contains("seconds_count 3"))
    }
}

/// A counter of simultaneous work.
private actor Running {
    private var now = 0
    private(set) var most = 0

    func change(by number: Int) {
        now += number
        most = max(most, now)
    }
}

/// A clock that advances only when the test sets it.
private final class TestClock: @unchecked Sendable {  // unchecked: used by one test, on one thread
    var now = ContinuousClock.now
    func advance(by seconds: Double) { now += .seconds(seconds) }
}
