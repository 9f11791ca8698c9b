// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct RenderCommandTests {
    private struct Line: Decodable {
        let frame: Int
        let totalFrames: Int
        let framesPerSecond: Double
        let secondsRemaining: Double?
        let fraction: Double
    }
    private struct Last: Decodable {
        struct Report: Decodable {
            struct Video: Decodable { let frames, width, height: Int }
            let bytes: Int
            let video: Video
        }
        let report: Report
    }

    private static func zoom(_ seconds: Double) -> String {
        #"{"type": "image", "src": "odd.png", "duration": \#(seconds), "motion": {"to": {"zoom": 1.5}}}"#
    }
    private static let picture = zoom(0.4)
    private static let endless = zoom(86_000)

    @Test func `a render ends in words, one line each, also where there is no terminal`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        let outcome = try await folder.run("render", "edit.json", "-o", "film.mp4")
        #expect(outcome.code == 0)
        #expect(outcome.errors == "")
        let words = outcome.outputLines.map { $0.prefix { $0 != " " } }
        #expect(words.filter { !$0.isEmpty } == ["file", "length", "size", "encoder", "speed"])
        #expect(outcome.outputLines[0] == "file     film.mp4")
        #expect(outcome.outputLines[1] == "length   0.400 s: 12 frames of 160x90 at 30")
    }

    @Test(arguments: [["--json"], ["--progress", "json"]])
    func `where JSON is asked for a render prints a line for each progress, the report last`(
        options: [String]
    ) async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        let outcome = try await Running(
            ["render", "edit.json", "-o", "film.mp4"] + options, in: folder, input: nil
        ).outcome
        #expect(outcome.code == 0)
        #expect(outcome.errors == "")
        let lines = try outcome.outputLines.dropLast().map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        #expect(lines.first?.frame == 0)
        #expect(lines.first?.secondsRemaining == nil)
        #expect(lines.last?.frame == 12)
        #expect(lines.last?.fraction == 1)
        #expect(lines.allSatisfy { $0.totalFrames == 12 })
        let last = try #require(outcome.outputLines.last)
        let report = try JSONDecoder().decode(Last.self, from: Data(last.utf8)).report
        #expect(report.video.frames == 12)
        #expect(report.video.width == 160)
        #expect(report.video.height == 90)
        let film = try folder.read("film.mp4")
        #expect(film.count == report.bytes)
        #expect(film.dropFirst(4).prefix(4) == Data("ftyp".utf8))
        #expect(try folder.names == ["edit.json", "film.mp4", "odd.png"])
    }

    @Test func `quiet prints nothing`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        let outcome = try await folder.run("render", "edit.json", "-o", "film.mp4", "--quiet")
        #expect(outcome.code == 0)
        #expect(outcome.output == "")
        #expect(outcome.errors == "")
        #expect(try folder.names.contains("film.mp4"))
    }

    @Test func `media are looked for in the edit's folder, and for standard input in the current one`() async throws {
        let folder = try Scratch()
        let inner = folder.url.appendingPathComponent("inner")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Scratch.fixtures.appendingPathComponent("odd.png"), to: inner.appendingPathComponent("odd.png"))
        try folder.writeEdit(Self.picture, to: "inner/edit.json")
        #expect(try await folder.run("render", "inner/edit.json", "-qo", "film.mp4").code == 0)
        #expect(try folder.names == ["film.mp4", "inner"])

        let text = String(decoding: try folder.read("inner/edit.json"), as: UTF8.self)
        let outcome = try await folder.run("render", "-", "-qo", "other.mp4", input: text)
        #expect(outcome.code == 2)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.hasPrefix("-: tracks[0].clips[0].src: "))
        try FileManager.default.copyItem(
            at: inner.appendingPathComponent("odd.png"), to: folder.url.appendingPathComponent("odd.png"))
        #expect(try await folder.run("render", "-", "-qo", "other.mp4", input: text).code == 0)
    }

    @Test func `a bad edit ends with 2 and every problem, one a line`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(
            #"{"type": "image", "src": "odd.png", "duration": -1}"#,
            #"{"type": "image", "src": "missing.png", "duration": 1}"#, width: 161)
        let outcome = try await folder.run("render", "edit.json", "-o", "film.mp4")
        #expect(outcome.code == 2)
        #expect(outcome.output == "")
        #expect(outcome.errorLines.count == 3)
        let places = ["size.width", "tracks[0].clips[0].duration", "tracks[0].clips[1].src"]
        for (line, place) in zip(outcome.errorLines, places) { #expect(line.hasPrefix("edit.json: \(place): ")) }
        #expect(try folder.names == ["edit.json", "odd.png"])
    }

    @Test func `a document that is no edit ends with 2`() async throws {
        let folder = try Scratch()
        try folder.write(#"{"version": 1,"#, to: "edit.json")
        let outcome = try await folder.run("render", "edit.json", "-o", "film.mp4")
        #expect(outcome.code == 2)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.hasPrefix("edit.json: "))
    }

    @Test func `an edit that is not there ends with 2`() async throws {
        let outcome = try await Scratch().run("render", "no/edit.json", "-o", "film.mp4")
        #expect(outcome.code == 2)
        #expect(outcome.errors == "no/edit.json: cannot be read: No such file or directory\n")
    }

    @Test func `a target that cannot be written ends with 1`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        let outcome = try await folder.run("render", "edit.json", "-o", "no/film.mp4")
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.hasPrefix("compose: "))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal cancels: exit code 130, and nothing is left`(signal: Int32) async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.endless)
        let outcome = try await folder.run("render", "edit.json", "-o", "film.mp4", "--json") { render in
            try render.waitForProgress(lines: 3)
            #expect(try folder.names.contains { $0.hasSuffix(".part") })
            render.send(signal)
        }
        #expect(outcome.code == 130)
        #expect(!outcome.wasKilled)
        #expect(outcome.errorLines.count == 1)
        #expect(try folder.names == ["edit.json", "odd.png"])
    }

    @Test func `a render whose progress nobody reads any more ends with 1, and nothing is left`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.endless)
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let outcome = try await Running(
            ["render", "edit.json", "-o", "film.mp4", "--json"], in: folder, input: nil,
            output: pipe.fileHandleForWriting
        ).outcome
        #expect(outcome.code == 1)
        #expect(!outcome.wasKilled)
        #expect(outcome.errors == "compose: standard output cannot be written: Broken pipe\n")
        #expect(try folder.names == ["edit.json", "odd.png"])
    }

    @Test func `a killed render leaves no film, and the one that was there stays`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.endless)
        try folder.write("what was there", to: "old.mp4")
        for name in ["new.mp4", "old.mp4"] {
            let outcome = try await folder.run("render", "edit.json", "-o", name, "--json") { render in
                try render.waitForProgress(lines: 3)
                render.send(SIGKILL)
            }
            #expect(outcome.wasKilled)
        }
        #expect(try !folder.names.contains("new.mp4"))
        #expect(try folder.read("old.mp4") == Data("what was there".utf8))
    }

    @Test func `the video is not written to standard output, and a file may be called a hyphen`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        for command in [["render", "edit.json"], ["slideshow", "odd.png"]] {
            let outcome = try await Running(command + ["-o", "-"], in: folder, input: nil).outcome
            #expect(outcome.code == 2)
            #expect(outcome.output == "")
            #expect(outcome.errors.contains("not written to standard output"))
        }
        #expect(try folder.names == ["edit.json", "odd.png"])
        #expect(try await folder.run("render", "edit.json", "-qo", "./-").code == 0)
        #expect(try folder.names == ["-", "edit.json", "odd.png"])
    }

    @Test func `a name that no format has is refused before anything is written`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        let outcome = try await folder.run("render", "edit.json", "-o", "film.avi")
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("\"film.avi\" names no format that is written; use .flac, .gif, "))
        #expect(try folder.names == ["edit.json", "odd.png"])
    }

    @Test(
        .enabled(if: !isSanitized, "a sanitizer needs the whole address space"),
        arguments: [900, 1200, 1500, 1800])
    func `a machine without memory is not called a wrong edit`(megabytes: Int) async throws {
        // Enough for threads: where none can be started, Swift's runtime waits without end.
        let folder = try Scratch()
        try folder.write(
            ##"""
            {"version": 1, "timeline": {"size": {"width": 7680, "height": 4320},
              "tracks": [{"clips": [{"type": "color", "color": "#204080", "duration": 0.2}]}]}}
            """##, to: "edit.json")
        let outcome = try await folder.run(
            "-c", "ulimit -v \(megabytes * 1000); exec \"$0\" render edit.json -qo film.mp4",
            Running.binary?.path ?? "", program: "/bin/sh")
        #expect(outcome.code == 1 || outcome.code == 0, "\(outcome)")
        guard outcome.code == 1 else { return }
        #expect(outcome.errors.contains("memory"))
        #expect(outcome.errors.contains("--workers 1"))
        #expect(try folder.names == ["edit.json"])
    }

    @Test(.enabled(if: !isSanitized, "a sanitizer's memory counts too"))
    func `the peak of memory is the render's own, not that of the process that started it`() async throws {
        struct Last: Decodable {
            struct Report: Decodable { let peakMemoryBytes: Int }
            let report: Report
        }
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        let hoard = "b = b'x' * 900_000_000; del b; import os, sys; os.execv(sys.argv[1], sys.argv[1:])"
        let outcome = try await folder.run(
            "-c", hoard, Running.binary?.path ?? "", "render", "edit.json", "-o", "film.mp4", "--json",
            program: "/usr/bin/python3")
        #expect(outcome.code == 0)
        let last = try #require(outcome.outputLines.last)
        let report = try JSONDecoder().decode(Last.self, from: Data(last.utf8)).report
        #expect(report.peakMemoryBytes < 300_000_000)
        #expect(report.peakMemoryBytes > 20_000_000)
    }
}

/// Whether the tests were built with a sanitizer.
private let isSanitized = Running.binary?.pathComponents.contains { $0 == "asan" || $0 == "tsan" } ?? false
