// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct OtherCommandTests {
    private static let picture = #"{"type": "image", "src": "odd.png", "duration": 1}"#

    @Test(arguments: ["0", "0.5", "17/30"])
    func `still writes a PNG of the canvas's size`(time: String) async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        let outcome = try await folder.run("still", "edit.json", "--at", time, "-o", "still.png")
        #expect(outcome.code == 0)
        #expect(outcome.output + outcome.errors == "")
        let bytes = [UInt8](try folder.read("still.png"))
        try #require(bytes.count > 24)
        #expect(Array(bytes[..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        #expect(Array(bytes[16..<24]) == [0, 0, 0, 160, 0, 0, 0, 90])
        #expect(try folder.names == ["edit.json", "odd.png", "still.png"])
    }

    @Test func `still shows the frame that is on the screen at the time`() async throws {
        let folder = try Scratch()
        try folder.writeEdit(
            ##"{"type": "color", "color": "#fff", "duration": 0.5}"##,
            ##"{"type": "color", "color": "#000", "duration": 0.5}"##)
        func still(at time: String) async throws -> Data {
            #expect(try await folder.run("still", "edit.json", "--at", time, "-o", "still.png").code == 0)
            return try folder.read("still.png")
        }
        let (white, black) = (try await still(at: "0"), try await still(at: "0.75"))
        #expect(white != black)
        for time in ["14/30", "0.499"] { #expect(try await still(at: time) == white) }
        for time in ["0.5", "15/30", "29/30", "0.999"] { #expect(try await still(at: time) == black) }
    }

    @Test func `still refuses a time outside the timeline`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        let outcome = try await folder.run("still", "edit.json", "--at", "1", "-o", "still.png")
        #expect(outcome.code == 2)
        #expect(outcome.errorLines.count == 1)
        #expect(try folder.names == ["edit.json", "odd.png"])
    }

    @Test func `validate says that an edit is fine, and how long it is`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture, ##"{"type": "color", "color": "#fff", "duration": 0.5}"##)
        let outcome = try await folder.run("validate", "edit.json")
        #expect(outcome.code == 0)
        #expect(outcome.output == "edit.json: fine: 45 frames, 1.5 s\n")
        #expect(outcome.errors == "")
    }

    @Test func `validate prints every problem, and nothing else`() async throws {
        let folder = try Scratch("tone.wav", "truncated.png")
        try folder.writeEdit(
            #"{"type": "image", "src": "truncated.png", "duration": 1}"#,
            #"{"type": "image", "src": "tone.wav", "duration": 1}"#)
        let path = folder.url.appendingPathComponent("edit.json").path
        let outcome = try await folder.run("validate", path)
        #expect(outcome.code == 2)
        #expect(outcome.output == "")
        #expect(outcome.errorLines.count == 2)
        for (index, line) in outcome.errorLines.enumerated() {
            #expect(line.hasPrefix("\(path): tracks[0].clips[\(index)].src: "))
        }
    }

    @Test func `validate prints no lines of FFmpeg's between the problems`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture, #"{"type": "audio", "src": "odd.png"}"#)
        let outcome = try await folder.run("validate", "edit.json")
        #expect(outcome.code == 2)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.hasPrefix("edit.json: tracks[0].clips[1].src: "))
    }

    @Test func `plan writes text, JSON and DOT`() async throws {
        let folder = try Scratch("odd.png")
        try folder.writeEdit(Self.picture)
        let text = try await folder.run("plan", "edit.json")
        #expect(text.code == 0)
        #expect(text.output.hasPrefix("plan"))
        #expect(text.output.contains("odd.png"))
        #expect(try await folder.run("plan", "edit.json", "--format", "text").output == text.output)

        let json = try await folder.run("plan", "edit.json", "--format", "json")
        #expect(json.code == 0)
        struct Plan: Decodable { let frameCount: Int }
        #expect(try JSONDecoder().decode(Plan.self, from: Data(json.output.utf8)).frameCount == 30)

        let dot = try await folder.run("plan", "edit.json", "--format", "dot")
        #expect(dot.code == 0)
        #expect(dot.output.hasPrefix("digraph"))
        #expect(dot.output.hasSuffix("}\n"))
    }

    @Test func `encoders prints a table, or JSON`() async throws {
        let table = try await Scratch().run("encoders")
        #expect(table.code == 0)
        #expect(table.errors == "")
        #expect(table.outputLines.contains { $0.hasPrefix("x264") && $0.contains("h264    yes") })

        let json = try await Scratch().run("encoders", "--json")
        #expect(json.code == 0)
        struct Status: Decodable {
            let backend, codec, detail: String
            let device: String?
            let isUsable: Bool
        }
        let statuses = try JSONDecoder().decode([Status].self, from: Data(json.output.utf8))
        // Every backend has a status for each of its codecs: one line, or one for each device.
        #expect(Set(statuses.map { $0.backend + $0.codec }).count == 17)
        #expect(table.outputLines.count == statuses.count + 1)
        #expect(statuses.contains { $0.backend == "x264" && $0.isUsable && $0.detail.contains("crf=21") })
    }

    @Test func `version and help end with 0`() async throws {
        let version = try await Scratch().run("--version")
        #expect(version.code == 0)
        #expect(version.output.hasPrefix("compose 0."))
        #expect(version.output.contains(" (FFmpeg "))
        #expect(version.outputLines.count == 1)
        for arguments in [["--help"], ["help", "render"], ["slideshow", "-h"], []] {
            let help = try await Running(arguments, in: Scratch(), input: nil).outcome
            #expect(help.code == 0)
            #expect(help.output.contains("USAGE: compose"))
            #expect(help.errors == "")
        }
    }

    @Test(arguments: [
        ["paint"], ["render"], ["render", "edit.json"], ["render", "edit.json", "-o", "a.mp4", "--fast"],
        ["render", "edit.json", "-o", "a.mp4", "--json", "--quiet"], ["still", "edit.json", "-o", "a.png"],
        ["still", "edit.json", "--at", "soon", "-o", "a.png"], ["plan", "edit.json", "--format", "xml"],
        ["slideshow", "-o", "a.mp4"], ["slideshow", "a.png", "-o", "a.mp4", "--transition", "explode"],
        ["slideshow", "a.png", "-o", "a.mp4", "--size", "big"],
        ["slideshow", "a.png", "-o", "a.mp4", "--fps", "1/2/3"],
    ])
    func `a command line that makes no sense ends with 2`(arguments: [String]) async throws {
        let folder = try Scratch()
        let outcome = try await Running(arguments, in: folder, input: nil).outcome
        #expect(outcome.code == 2)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("Usage: compose"))
        #expect(try folder.names == [])
    }
}
