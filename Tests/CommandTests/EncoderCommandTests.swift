// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

/// Encoder and output options on the command line.
struct EncoderCommandTests {
    private static let picture = """
        {"type": "image", "src": "gradient.png", "duration": 2, "motion": {"to": {"zoom": 1.2}}}
        """

    private static func edit(_ output: String) -> String {
        """
        {"version": 1, "timeline": {"size": {"width": 256, "height": 256}, "tracks": [{"clips": [\(picture)]}]},
         "output": \(output)}
        """
    }

    /// The environment for the stand-ins for NVIDIA's libraries; `nil` if they have not been built.
    private static var nvidia: [String: String]? {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build/stand-ins").path
        guard FileManager.default.fileExists(atPath: folder + "/libnvidia-encode.so.1") else { return nil }
        let before = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""
        return ["LD_LIBRARY_PATH": folder + before]
    }

    @Test(.enabled(if: !Library.loads("libcuda.so.1"), "NVIDIA's driver is installed here"))
    func `an encoder that cannot be had ends with 2, the reason, and nothing written`() async throws {
        let folder = try Scratch("gradient.png")
        try folder.write(Self.edit(#"{"video": {"encoder": "nvenc"}}"#), to: "edit.json")
        let outcome = try await folder.run("render", "edit.json", "-o", "out.mp4", "--json")
        #expect(outcome.code == 2)
        #expect(
            outcome.errors
                == "edit.json: output.video.encoder: nvenc cannot encode this video on this machine: nvenc: no driver: libcuda.so.1 is not installed; use \"automatic\" to fall back to another encoder\n"
        )
        #expect(try folder.names == ["edit.json", "gradient.png"])
    }

    @Test func `what does not go together ends with 2 and nothing written`() async throws {
        let folder = try Scratch("gradient.png")
        try folder.write(
            Self.edit(#"{"format": "webm", "video": {"codec": "h264", "options": {"sharpness": 1}}}"#), to: "edit.json")
        let outcome = try await folder.run("render", "edit.json", "-o", "out.webm", "--json")
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("output.video.options.sharpness: unknown field"))
        #expect(try folder.names == ["edit.json", "gradient.png"])
    }

    @Test(arguments: [("out.webm", "vp9"), ("out.mkv", "h264"), ("out.gif", "gif"), ("out.mov", "h264")])
    func `the output's name says what it becomes`(name: String, codec: String) async throws {
        let folder = try Scratch("gradient.png")
        try folder.write(Self.edit("{}"), to: "edit.json")
        let outcome = try await folder.run("render", "edit.json", "-o", name, "--json")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\"codec\":\"\(codec)\""))
        #expect(try folder.names == ["edit.json", "gradient.png", name].sorted())
    }

    @Test(.enabled(if: Self.nvidia != nil, "the stand-ins have not been made: run make stand-ins (Linux)"))
    func `a GPU is found, used and reported`() async throws {
        let folder = try Scratch("gradient.png")
        let environment = try #require(Self.nvidia)
        let table = try await folder.run("encoders", environment: environment)
        #expect(table.outputLines.contains { $0.hasPrefix("nvenc    h264    yes    0") }, "\(table.output)")
        #expect(table.errors == "")

        try folder.write(Self.edit("{}"), to: "edit.json")
        let outcome = try await folder.run("render", "edit.json", "-o", "out.mp4", "--json", environment: environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\"encoder\":\"nvenc\""))
        #expect(outcome.output.contains("\"device\":\"0\""))
    }

    @Test(.enabled(if: Self.nvidia != nil, "the stand-ins have not been made: run make stand-ins (Linux)"))
    func `a GPU that fails on the way is replaced, and the report says so`() async throws {
        let folder = try Scratch("gradient.png")
        let environment = try #require(Self.nvidia).merging(["STANDIN_NV_FAIL_AT": "40"]) { $1 }
        try folder.write(Self.edit("{}"), to: "edit.json")
        let outcome = try await folder.run("render", "edit.json", "-o", "out.mp4", "--json", environment: environment)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\"encoder\":\"x264\""))
        #expect(outcome.output.contains("failedMidStream"))
    }
}
