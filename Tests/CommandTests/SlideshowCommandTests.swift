// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct SlideshowCommandTests {
    @Test func `a slideshow renders, and the edit it saves renders to the same film`() async throws {
        let folder = try Scratch("odd.png", "red.jpg", "photo.webp", "tone.wav")
        let outcome = try await folder.run(
            "slideshow", "odd.png", "red.jpg", "photo.webp", "--audio", "tone.wav", "--duration", "0.4",
            "--transition", "wipeLeft", "--transition-duration", "1/10", "--size", "160x90", "--fade-out", "0.2",
            "--background", "fff", "--quality", "high", "--speed", "ultrafast", "--save-edit", "edit.json", "-o",
            "a.mp4")
        #expect(outcome.code == 0)
        #expect(outcome.errors == "")
        #expect(try await folder.run("validate", "edit.json").output == "edit.json: fine: 30 frames, 1 s\n")
        #expect(try await folder.run("render", "edit.json", "-qo", "b.mp4").code == 0)
        #expect(try folder.read("a.mp4") == folder.read("b.mp4"))
        #expect(try folder.names.count == 7)
    }

    @Test func `an edit that is saved to another folder still finds its photos`() async throws {
        let folder = try Scratch("odd.png")
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("inner"), withIntermediateDirectories: true)
        let outcome = try await folder.run(
            "slideshow", "odd.png", "--duration", "0.2", "--size", "160x90", "--motion", "none", "--transition", "none",
            "--save-edit", "inner/edit.json", "-qo", "a.mp4")
        #expect(outcome.code == 0)
        #expect(outcome.output + outcome.errors == "")
        #expect(try await folder.run("validate", "inner/edit.json").code == 0)
    }

    @Test func `photos zoom in and out in turn, unless said otherwise`() async throws {
        let folder = try Scratch("odd.png")
        func zooms(_ options: String...) async throws -> [String] {
            let outcome = try await Running(
                ["slideshow", "odd.png", "odd.png", "odd.png", "--duration", "0.1", "--transition", "none", "--size"]
                    + ["160x90", "--zoom", "1.5", "--save-edit", "edit.json", "-qo", "a.mp4"] + options,
                in: folder, input: nil
            ).outcome
            #expect(outcome.code == 0)
            #expect(outcome.errors == "")
            return try JSONDecoder().decode(Saved.self, from: folder.read("edit.json")).zooms
        }
        #expect(try await zooms() == ["1→1.5", "1.5→1", "1→1.5"])
        #expect(try await zooms("--motion", "zoomIn") == ["1→1.5", "1→1.5", "1→1.5"])
        #expect(try await zooms("--motion", "zoomOut") == ["1.5→1", "1.5→1", "1.5→1"])
        #expect(try await zooms("--motion", "none") == ["", "", ""])
    }

    @Test func `captions are shown over the photos when their words are said`() async throws {
        let folder = try Scratch("odd.png")
        let said = "1\n00:00:00,100 --> 00:00:00,300\nHello\n"
        try Data(said.utf8).write(to: folder.url.appendingPathComponent("said.srt"))
        let outcome = try await folder.run(
            "slideshow", "odd.png", "--captions", "said.srt", "--duration", "0.4", "--size", "320x180", "--fps", "10",
            "--motion", "none", "--save-edit", "edit.json", "-qo", "a.mp4")
        #expect(outcome.code == 0, "\(outcome.errors)")
        for (time, name) in [("0", "before.png"), ("0.1", "during.png"), ("0.3", "after.png")] {
            #expect(try await folder.run("still", "edit.json", "--at", time, "-o", name).code == 0)
        }
        #expect(try folder.read("before.png") == folder.read("after.png"))
        #expect(try folder.read("before.png") != folder.read("during.png"))
    }

    @Test func `captions that are not there, or hold none, end with 2`() async throws {
        let folder = try Scratch("odd.png")
        try Data("no captions at all".utf8).write(to: folder.url.appendingPathComponent("empty.srt"))
        for name in ["missing.srt", "empty.srt"] {
            let outcome = try await folder.run("slideshow", "odd.png", "--captions", name, "-o", "a.mp4")
            #expect(outcome.code == 2)
            #expect(outcome.errorLines.count == 1 && outcome.errors.contains(name), "\(outcome.errors)")
        }
        #expect(try folder.names == ["empty.srt", "odd.png"])
    }

    @Test func `a photo that is not there ends with 2`() async throws {
        let folder = try Scratch("odd.png")
        let outcome = try await folder.run("slideshow", "odd.png", "missing.jpg", "-o", "a.mp4")
        #expect(outcome.code == 2)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains("missing.jpg"))
        #expect(try folder.names == ["odd.png"])
    }
}

/// The fields of a saved edit that the tests check.
private struct Saved: Decodable {
    struct Timeline: Decodable { let tracks: [Track] }
    struct Track: Decodable { let clips: [Clip] }
    struct Clip: Decodable { let motion: Motion? }
    struct Motion: Decodable { let from, to: View? }
    struct View: Decodable { let zoom: Double? }
    let timeline: Timeline

    var zooms: [String] {
        timeline.tracks.flatMap(\.clips).map { clip in
            guard let motion = clip.motion else { return "" }
            func text(_ view: View?) -> String { view?.zoom.map { $0 == 1 ? "1" : "\($0)" } ?? "1" }
            return text(motion.from) + "→" + text(motion.to)
        }
    }
}
