// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Segments on the command line: cached, resumed, rendered elsewhere.
@Suite(.serialized)
struct SegmentCommandTests {
    private static func edit(_ seconds: [Double]) -> String {
        let clips = seconds.enumerated().map { index, seconds in
            """
            {"type": "image", "src": "odd.png", "duration": \(seconds), "motion": {"to": {"zoom": \(1.1 + Double(index) / 100)}}}
            """
        }
        return """
            {"version": 1, "timeline": {"size": {"width": 192, "height": 108}, "tracks": [
                {"clips": [\(clips.joined(separator: ", "))]}, {"clips": [{"type": "audio", "src": "tone.wav", "loop": true}]}]}}
            """
    }

    @Test func `a render killed at any moment goes on from what it had, to the same file, and nothing is left over`()
        async throws
    {
        let folder = try Scratch("odd.png", "tone.wav")
        try folder.write(Self.edit(Array(repeating: 2, count: 12)), to: "edit.json")
        let whole = try await folder.run("render", "edit.json", "-o", "whole.mp4", "--quiet")
        #expect(whole.code == 0, "\(whole.errors)")
        let expected = try folder.read("whole.mp4")
        var kills = 0
        while kills < 100 {
            // A video from an empty cache, in as many runs as it takes.
            try? FileManager.default.removeItem(at: folder.url.appendingPathComponent("cache"))
            try? FileManager.default.removeItem(at: folder.url.appendingPathComponent("film.mp4"))
            for attempt in 1... {
                let outcome = try await folder.run(
                    "render", "edit.json", "-o", "film.mp4", "--cache", "cache", "--workers", "2", "--quiet"
                ) { render in
                    guard attempt <= 20 else { return }
                    Thread.sleep(forTimeInterval: Double.random(in: 0.02...0.45))
                    render.send(SIGKILL)
                }
                if outcome.wasKilled { kills += 1 } else { #expect(outcome.code == 0, "\(outcome.errors)") }
                if try folder.names.contains("film.mp4") { break }
            }
            #expect(try folder.read("film.mp4") == expected)
        }
        // A run that is not killed removes what killed ones left.
        let last = try await folder.run("render", "edit.json", "-o", "film.mp4", "--cache", "cache", "--quiet")
        #expect(last.code == 0)
        #expect(try folder.read("film.mp4") == expected)
        #expect(try folder.names == ["cache", "edit.json", "film.mp4", "odd.png", "tone.wav", "whole.mp4"])
    }

    @Test func `a second render takes what did not change from the cache, and says so`() async throws {
        let folder = try Scratch("odd.png", "tone.wav")
        try folder.write(Self.edit([3, 3, 3, 3]), to: "edit.json")
        _ = try await folder.run("render", "edit.json", "-o", "a.mp4", "--cache", "cache", "--quiet")
        try folder.write(Self.edit([3, 2.5, 3, 3]), to: "edit.json")
        let second = try await folder.run("render", "edit.json", "-o", "b.mp4", "--cache", "cache", "--json")
        #expect(second.output.contains("\"reusedSegments\":3") && second.output.contains("\"segments\":4"))
    }

    @Test func `a cache on a full disk keeps what fits, says so, and costs nothing but the work`() async throws {
        let folder = try Scratch("odd.png", "tone.wav")
        try folder.write(Self.edit([3, 3, 3, 3]), to: "edit.json")
        _ = try await folder.run("render", "edit.json", "-o", "a.mp4", "--quiet")
        let film = try folder.read("a.mp4")
        let small = folder.url.appendingPathComponent("small")
        try FileManager.default.createDirectory(at: small, withIntermediateDirectories: false)
        // Space for two of four segments of ten kilobytes each.
        guard system("mount", "-t", "tmpfs", "-o", "size=28k", "tmpfs", small.path) else {
            print("a full disk under a cache: not tested, since this user may not mount a small tmpfs")
            return
        }
        defer { _ = system("umount", small.path) }
        for round in 0..<2 {
            let outcome = try await folder.run("render", "edit.json", "-o", "b.mp4", "--cache", "small", "--json")
            #expect(outcome.code == 0)
            #expect(
                outcome.errors.contains("the cache cannot be written; rendering continues without it"),
                "\(outcome.errors)")
            #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
            #expect(try folder.read("b.mp4") == film)
            // Only complete entries are left, which the next render uses.
            let kept = try FileManager.default.subpathsOfDirectory(atPath: small.path).filter { $0.contains("/") }
            #expect(!kept.isEmpty && kept.allSatisfy { $0.hasSuffix(".segment") }, "\(kept)")
            #expect(outcome.output.contains("\"reusedSegments\":0") == (round == 0))
        }
    }

    @Test func `what two edits share is shown`() async throws {
        let folder = try Scratch("odd.png", "tone.wav")
        try folder.write(Self.edit([3, 3, 3]), to: "a.json")
        try folder.write(Self.edit([3, 4, 3]), to: "b.json")
        let outcome = try await folder.run("diff", "a.json", "b.json")
        #expect(outcome.code == 0)
        #expect(
            outcome.output == """
                segment 0  0…89  as segment 0
                segment 1  90…209  changed
                segment 2  210…299  as segment 2
                2 of 3 segments are shared; 120 of 300 frames would be rendered

                """)
    }

    @Test func `a plan is rendered piece by piece and put together`() async throws {
        let folder = try Scratch("odd.png", "tone.wav")
        try folder.write(Self.edit([3, 3]), to: "edit.json")
        let plan = try await folder.run("plan", "edit.json", "--format", "json")
        try folder.write(plan.output, to: "plan.json")
        for index in ["0", "1"] {
            let outcome = try await folder.run("segment", "plan.json", index, "-o", "part\(index)")
            #expect(outcome.code == 0, "\(outcome.errors)")
        }
        let outcome = try await folder.run("assemble", "plan.json", "part0", "part1", "-o", "film.mp4", "--quiet")
        #expect(outcome.code == 0, "\(outcome.errors)")
        _ = try await folder.run("render", "edit.json", "-o", "whole.mp4", "--quiet")
        #expect(try folder.read("film.mp4") == folder.read("whole.mp4"))
        let sound = try await folder.run("segment", "plan.json", "0", "--sound", "-o", "sound0")
        #expect(sound.code == 0, "\(sound.errors)")
        let all = try await folder.run(
            "assemble", "plan.json", "part0", "part1", "--sound", "sound0", "-o", "all.mp4", "--quiet")
        #expect(all.code == 0, "\(all.errors)")
        #expect(try folder.read("all.mp4") == folder.read("whole.mp4"))
        let many = try await folder.run(
            "assemble", "plan.json", "part0", "part1", "--sound", "sound0", "part0", "-o", "many.mp4")
        #expect(many.code == 2 && many.errors.contains("The plan has 1 chunks of sound, and 2 were given."))

        let few = try await folder.run("assemble", "plan.json", "part0", "-o", "few.mp4")
        #expect(few.code == 2 && few.errors.contains("The plan has 2 segments, and 1 were given."))
        let twice = try await folder.run("assemble", "plan.json", "part0", "part0", "-o", "twice.mp4")
        #expect(twice.code == 1 && twice.errors.contains("segment 1 was made for another plan"))
        let none = try await folder.run("segment", "edit.json", "0", "-o", "part")
        #expect(none.code == 2 && none.errors.contains("is not a plan"))
        let names = try folder.names
        #expect(
            names == [
                "all.mp4", "edit.json", "film.mp4", "odd.png", "part0", "part1", "plan.json", "sound0", "tone.wav",
                "whole.mp4",
            ])
    }
}

/// Runs a system program; returns whether it succeeded.
private func system(_ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}
