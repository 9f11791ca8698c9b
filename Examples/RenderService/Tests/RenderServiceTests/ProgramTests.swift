// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of the program, with its client, its flags and its page.
@Suite(.serialized)
struct ProgramTests {
    /// Runs the program until it ends, and returns its output and exit status.
    private func run(
        _ arguments: [String], in site: Site, environment: [String: String] = [:]
    ) throws -> (status: Int32, text: String) {
        let output = site.folder.appendingPathComponent("\(UUID().uuidString).txt").path
        var environment = environment
        environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        let process = try ChildProcess(
            ServiceProcess.program.path, arguments, environment: environment, output: output)
        let status = process.wait()
        return (status, try String(contentsOfFile: output, encoding: .utf8))
    }

    @Test("the client uploads, asks, waits and fetches")
    func client() async throws {
        let site = try await Site(.embedded, ["API_KEYS": "anna:a-key"])
        let service = try site.service()
        let request = site.folder.appendingPathComponent("request.json")
        try JSONSerialization.data(withJSONObject: Samples.slideshow(seconds: 0.3, audio: false)).write(to: request)
        let video = site.folder.appendingPathComponent("out.mp4").path
        let server = ["--server", service.url.absoluteString]
        let photos = (1...2).flatMap { ["--media", Samples.folder.appendingPathComponent("photo\($0).jpg").path] }
        let refused = try run(["submit", request.path] + server, in: site)
        #expect(refused.status != 0 && refused.text.contains("credentials"))
        let done = try run(
            ["submit", request.path, "-o", video] + photos + server, in: site,
            environment: ["RENDER_SERVICE_KEY": "a-key"])
        #expect(done.status == 0, "\(done.text)")
        #expect(done.text.contains("completed"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: video))[4..<8].elementsEqual(Array("ftyp".utf8)))
        let id = try #require(done.text.split(separator: "\n").map(String.init).first { UUID(uuidString: $0) != nil })
        let status = try run(["status", id, "--api-key", "a-key"] + server, in: site)
        #expect(status.text.contains(#""state":"completed""#))
        let cancelled = try run(["cancel", id, "--api-key", "a-key"] + server, in: site)
        #expect(cancelled.text.contains(#""state":"completed""#), "what has ended stays as it is")
    }

    @Test("a worker without work ends by itself where that is wished")
    func idle() async throws {
        let site = try await Site(.embedded)
        let began = ContinuousClock.now
        let ended = try run(
            ["work", "--exit-when-idle", "1", "--data-dir", site.folder.path + "/data"], in: site)
        #expect(ended.status == 0, "\(ended.text)")
        #expect(began.duration(to: .now) > .seconds(0.9))
    }

    @Test("it does not end before it has said what there is to say of its last job")
    func idleAfterWork() async throws {
        // The receiver is slow, and accepts only the second attempt.
        let receiver = try await Receiver { _, number in Receiver.Reply(status: number == 1 ? 503 : 200, delay: 0.2) }
        let site = try await Site(.embedded, ["ALLOW_PRIVATE_ADDRESSES": "1"])
        let client = Client(try site.service("serve", ["WORKERS": "0"]))
        try await Samples.upload(to: client)
        var body = Samples.slideshow(seconds: 2)
        body["callbackURL"] = receiver.url + "/hook"
        let id = try await client.submit(body)
        let worker = try site.service("work", arguments: ["--exit-when-idle", "1"])
        #expect(worker.process.wait() == 0)
        #expect(receiver.requests.last?.json["name"] as? String == "video/compose.completed")
        #expect(try await client.status(id).string("callbacks.1.state") == "completed")
    }

    @Test("every setting is a flag, and a wrong one is named")
    func flags() async throws {
        let site = try await Site(.embedded)
        #expect(try run(["serve", "--workers", "many"], in: site).text.contains("WORKERS is a number from 0 to 64"))
        #expect(try run(["serve", "--wrokers=1"], in: site).text.contains("there is no setting --wrokers"))
        #expect(try run(["work", "--redis-url"], in: site).text.contains("--redis-url needs a value"))
        let help = try run(["serve", "--help"], in: site).text
        for name in ["REDIS_URL", "MAX_JOBS_PER_CALLER", "S3_PATH_STYLE", "--hostname"] { #expect(help.contains(name)) }
        let unreachable = try run(
            ["work", "--data-dir=/proc/nothing", "--exit-when-idle", "1"], in: site)
        #expect(unreachable.status != 0 && unreachable.text.contains("DATA_DIR"))
    }

    @Test("the log is a line of JSON for each message, with no secret in it")
    func log() async throws {
        let site = try await Site(.embedded, ["API_KEYS": "anna:very-secret-key", "CALLBACK_SECRET": "hidden-secret"])
        let service = try site.service("serve", ["LOG_LEVEL": "trace"])
        let client = Client(service, key: "very-secret-key")
        _ = try await client.wait(for: try await client.submit(Samples.color()))
        service.stop()
        let lines = service.text.split(separator: "\n")
        #expect(lines.count > 5)
        for line in lines {
            let fields = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String], "\(line)")
            #expect(fields["message"] != nil && fields["level"] != nil && fields["time"]?.hasSuffix("Z") == true)
        }
        #expect(!service.text.contains("very-secret-key") && !service.text.contains("hidden-secret"))
    }

    /// Makes a video with the page in a browser, and returns whether all was as it should be and what was said.
    private func browse(
        _ service: ServiceProcess, _ files: [String], _ options: [String] = [], in site: Site
    ) throws -> (isRight: Bool, text: String) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("browser/browser.py").path
        let output = site.folder.appendingPathComponent("browser.txt").path
        var environment = ["HOME": site.folder.path]
        environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        let browser = try ChildProcess(
            "python3", [script, service.url.absoluteString] + files + ["--seconds", "1"] + options,
            environment: environment, output: output)
        return (browser.wait() == 0, (try? String(contentsOfFile: output, encoding: .utf8)) ?? "")
    }

    private func sample(_ name: String) -> String { Samples.folder.appendingPathComponent(name).path }

    @Test("the page makes a video of photos, a video and captions in a browser", .enabled(if: ProgramTests.hasChromium))
    func page() async throws {
        let site = try await Site(.embedded)
        let service = try site.service()
        // The video is one that the service has made.
        let client = Client(service)
        let made = try await client.wait(for: try await client.submit(Samples.color(seconds: 1.5, "#ffcc00")))
        let clip = site.folder.appendingPathComponent("clip.mp4")
        try (try await client.get("job/\(made.string("id"))/output")).body.write(to: clip)
        let said = site.folder.appendingPathComponent("said.srt")
        try Data("1\n00:00:00,000 --> 00:00:02,000\nHello\n".utf8).write(to: said)
        let media = [sample("photo1.jpg"), clip.path, sample("photo2.jpg"), sample("music.m4a"), said.path]
        let seen = try browse(service, media, in: site)
        #expect(seen.isRight, "\(seen.text)")
        let jobs = try await client.get("jobs?limit=1")
        #expect(jobs.string("jobs.0.state") == "completed")
        #expect(jobs.number("jobs.0.result.duration") > 2, "two photos of one second, a video of 1.5 s, and two fades")
        let record = try await client.get("generations/\(jobs.string("jobs.0.id"))")
        for kind in ["video", "audio", "captions"] {
            #expect(record.text.contains(#""type":"\#(kind)""#), "\(record.text)")
        }
    }

    @Test("the page says that captions are wrong where they are", .enabled(if: ProgramTests.hasChromium))
    func wrongCaptions() async throws {
        let site = try await Site(.embedded)
        let service = try site.service()
        let said = site.folder.appendingPathComponent("said.srt")
        try Data("no captions at all".utf8).write(to: said)
        for media in [["photo1.jpg"], ["photo1.jpg", "music.m4a"]] {
            let seen = try browse(service, media.map(sample) + [said.path], ["--wrong", "Captions: "], in: site)
            #expect(seen.isRight, "\(seen.text)")
        }
    }

    private static let hasChromium = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains
    {
        FileManager.default.isExecutableFile(atPath: "\($0)/chromium")
    }
}
