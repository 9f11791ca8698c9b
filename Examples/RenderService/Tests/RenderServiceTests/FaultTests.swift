// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of failures that occur in production, caused for real.
@Suite(.serialized)
struct FaultTests {
    @Test("a worker is killed in mid-render, and another one finishes the job", arguments: Backend.allCases)
    func killedWorker(_ backend: Backend) async throws {
        let site = try await Site(backend)
        let service = try site.service("serve", ["WORKERS": "0"])
        let first = try site.service("work", backend == .distributed ? ["DATA_DIR": site.folder.path + "/w1"] : [:])
        let client = Client(service)
        try await Samples.upload(to: client)
        var body = Samples.slideshow(seconds: 20)
        body["generationId"] = "killed"
        let id = try await client.submit(body)
        _ = try await client.wait(for: id) { $0.number("progress.frame") > 10 }
        first.kill()
        let second = try site.service("work", backend == .distributed ? ["DATA_DIR": site.folder.path + "/w2"] : [:])
        let done = try await client.wait(for: id)
        #expect(done.string("state") == "completed")
        #expect(done.number("attempts") == 2)
        #expect(done.number("result.frames") == 1200)
        #expect(try await client.get("job/\(id)/output").body.count == Int(done.number("result.bytes")))
        second.stop()
        // The unfinished files of the killed process are also removed.
        let left = try FileManager.default.subpathsOfDirectory(atPath: site.folder.path).filter {
            $0.hasSuffix(".part")
        }
        #expect(backend == .distributed || left.isEmpty, "\(left)")
    }

    @Test("a service that is told to end hands its job back, and the next one finishes it", arguments: Backend.allCases)
    func terminated(_ backend: Backend) async throws {
        let site = try await Site(backend, ["LEASE_SECONDS": "60"])
        let first = try site.service()
        let client = Client(first)
        try await Samples.upload(to: client)
        let id = try await client.submit(Samples.slideshow(seconds: 20))
        _ = try await client.wait(for: id) { $0.number("progress.frame") > 10 }
        let began = ContinuousClock.now
        first.stop()
        #expect(began.duration(to: .now) < .seconds(10))
        #expect(first.text.contains("handed back"))
        // The claim would last a minute, so it must have been released.
        let next = Client(try site.service())
        let done = try await next.wait(for: id, seconds: 50)
        #expect(done.string("state") == "completed")
        #expect(done.number("attempts") == 1, "what was handed back was no attempt")
    }

    @Test("a job that is called off is told of as such, whoever ends it", arguments: Backend.allCases)
    func cancelledWhileWorkerDies(_ backend: Backend) async throws {
        let receiver = try await Receiver { _, _ in Receiver.Reply() }
        let site = try await Site(backend, ["ALLOW_PRIVATE_ADDRESSES": "1", "LEASE_SECONDS": "2"])
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        let own = backend == .distributed ? ["DATA_DIR": site.folder.path + "/w1"] : [:]
        let first = try site.service("work", own)
        try await Samples.upload(to: client)
        var body = Samples.slideshow(seconds: 30)
        body["callbackURL"] = receiver.url + "/hook"
        let id = try await client.submit(body)
        _ = try await client.wait(for: id) { $0.number("progress.frame") > 0 }
        first.kill()
        // No running worker could notice the request.
        try await client.send("DELETE", "job/\(id)")
        let second = try site.service("work", backend == .distributed ? ["DATA_DIR": site.folder.path + "/w2"] : [:])
        let done = try await client.wait(for: id) { $0.string("callbacks.1.state") == "completed" }
        #expect(done.string("state") == "cancelled")
        #expect(
            receiver.requests.map { $0.json["name"] as? String } == [
                "video/compose.started", "video/compose.cancelled",
            ])
        second.stop()
    }

    @Test("Redis is restarted: nothing is lost, and nothing is done twice")
    func redisRestart() async throws {
        let site = try await Site(.distributed)
        let redis = try #require(site.redis)
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        let running = try await client.submit(Samples.slideshow(seconds: 20))
        var ids = [running]
        for _ in 0..<5 { ids.append(try await client.submit(Samples.color())) }
        _ = try await client.wait(for: running) { $0.number("progress.frame") > 10 }
        try redis.restart(killing: true)
        for id in ids {
            let done = try await client.wait(for: id)
            #expect(done.string("state") == "completed")
        }
        let completed = try redis.command(["XLEN", "jobs:completed"])
        #expect(completed.contains("6"), "\(completed)")
    }

    @Test("a store that fails every other time is asked again, and the job ends")
    func failingStore() async throws {
        let s3 = try await S3Server.shared()
        let proxy = try await FailingProxy(to: s3.endpoint)
        let site = try await Site(.distributed, ["S3_ENDPOINT": proxy.url])
        let client = Client(try site.service())
        for name in ["photo1.jpg", "photo2.jpg", "music.m4a"] { #expect(try await client.upload(name).status == 201) }
        let id = try await client.submit(Samples.slideshow(seconds: 0.3))
        let done = try await client.wait(for: id)
        #expect(done.string("state") == "completed")
        #expect(proxy.failures > 3)
        #expect(try await client.get("job/\(id)/output").body.count == Int(done.number("result.bytes")))
    }

    @Test("the disk is full: the job says so, and the service lives", .enabled(if: getuid() == 0))
    func fullDisk() async throws {
        let site = try await Site(.embedded, ["MAX_ATTEMPTS": "2", "RETRY_SECONDS": "0.05"])
        let small = site.folder.path + "/small"
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let mount = try ChildProcess(
            "mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", small], environment: ["PATH": path])
        try #require(mount.wait() == 0)
        defer { _ = try? ChildProcess("umount", ["-l", small], environment: ["PATH": path]).wait() }
        let client = Client(try site.service("serve", ["DATA_DIR": small]))
        try await client.upload("photo1.jpg")
        try await client.upload("photo2.jpg")
        let filler = small + "/filler"
        #expect(FileManager.default.createFile(atPath: filler, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: filler))
        // Only the space that the queue itself needs is left.
        while (try? freeBytes(small)) ?? 0 > 400_000 { try handle.write(contentsOf: Data(count: 4096)) }
        let id = try await client.submit([
            "images": ["photo1.jpg", "photo2.jpg"], "size": "1280x720", "durationPerImage": 0.5, "transition": "none",
            "motion": "zoomIn",
        ])
        let failed = try await client.wait(for: id)
        #expect(failed.string("state") == "failed")
        #expect(failed.string("error.message").lowercased().contains("no space"), "\(failed.text)")
        try handle.close()
        try FileManager.default.removeItem(atPath: filler)
        let next = try await client.submit(Samples.color())
        #expect(try await client.wait(for: next).string("state") == "completed")
    }

    private func freeBytes(_ path: String) throws -> Int {
        (try FileManager.default.attributesOfFileSystem(forPath: path)[.systemFreeSize] as? NSNumber)?.intValue ?? 0
    }
}

/// Tests of long jobs that are split.
@Suite(.serialized)
struct SpreadTests {
    @Test("a long job is rendered by all workers, and is the same as one rendered on one machine")
    func spread() async throws {
        let alone = try await Site(.embedded)
        let client = Client(try alone.service())
        try await Samples.upload(to: client, photos: 3)
        var body = Samples.slideshow(seconds: 6, photos: 3)
        body["size"] = "160x90"
        let one = try await client.submit(body)
        #expect(try await client.wait(for: one).string("state") == "completed")
        let expected = try await client.get("job/\(one)/output").body

        let site = try await Site(.distributed, ["SPREAD_SECONDS": "5"])
        let service = try site.service("serve", ["WORKERS": "0"])
        let crew = Client(service)
        try await Samples.upload(to: crew, photos: 3)
        let first = try site.service("work", ["DATA_DIR": site.folder.path + "/w1"])
        let id = try await crew.submit(body)
        // The worker is killed while it has a segment, and only that segment is rendered again.
        _ = try await crew.wait(for: id) { $0.number("parts.completed") >= 1 }
        first.kill()
        let second = try site.service("work", ["DATA_DIR": site.folder.path + "/w2"])
        let third = try site.service("work", ["DATA_DIR": site.folder.path + "/w3"])
        let done = try await crew.wait(for: id)
        #expect(done.string("state") == "completed")
        #expect(done.number("parts.total") > 1)
        #expect(done.number("parts.completed") == done.number("parts.total"))
        #expect(try await crew.get("job/\(id)/output").body == expected)
        let report = try await crew.get("job/\(id)/report")
        #expect(report.number("video.reusedSegments") == report.number("video.segments"))

        // Another job with the same beginning renders only the segments that differ.
        body["durationPerImage"] = nil
        body["images"] = [
            ["src": "photo1.jpg", "duration": 6], ["src": "photo2.jpg", "duration": 6],
            ["src": "photo3.jpg", "duration": 7],
        ]
        let like = try await crew.submit(body)
        let liked = try await crew.wait(for: like)
        #expect(liked.string("state") == "completed")
        #expect(liked.number("parts.total") < done.number("parts.total"))
        second.stop()
        third.stop()
    }

    @Test("being cut up is no failed attempt")
    func cutUpOnce() async throws {
        let site = try await Site(.distributed, ["SPREAD_SECONDS": "5", "MAX_ATTEMPTS": "1"])
        let client = Client(try site.service())
        try await Samples.upload(to: client)
        var body = Samples.slideshow(seconds: 6, audio: false)
        body["size"] = "64x64"
        let done = try await client.wait(for: try await client.submit(body))
        #expect(done.string("state") == "completed", "\(done.text)")
        #expect(done.number("parts.total") > 1)
    }

    @Test("where one segment cannot be made, the whole job fails with its reason")
    func failedSegment() async throws {
        let site = try await Site(.distributed, ["SPREAD_SECONDS": "5"])
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        try await Samples.upload(to: client)
        // The photo has a valid header but no image data.
        try await client.send("PUT", "media/photo2.jpg", try Samples.data("photo2.jpg").prefix(700))
        let worker = try site.service("work", ["DATA_DIR": site.folder.path + "/w1"])
        let id = try await client.submit(Samples.slideshow(seconds: 6))
        let failed = try await client.wait(for: id)
        #expect(failed.string("state") == "failed")
        #expect(failed.string("error.message").contains("photo2.jpg"), "\(failed.text)")
        worker.stop()
    }
}
