// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct InspectCommandTests {
    private func edit(_ text: String, color: String) -> String {
        """
        {"version": 1, "timeline": {"size": {"width": 320, "height": 180}, "background": "#101010", "tracks": [{"clips": [
          {"type": "text", "text": "\(text)", "duration": 2, "style": {"size": 24, "color": "\(color)"}}]}]}}
        """
    }

    @Test func `inspect says what is shown where, in words and as JSON`() async throws {
        let folder = try Scratch()
        try folder.write(edit("it's fine", color: "#ffffff"), to: "edit.json")
        let words = try await folder.run("inspect", "edit.json")
        #expect(words.code == 0 && words.errors == "")
        #expect(words.output.contains("tracks[0].clips[0]: text, 0.00–2.00 s, "))
        #expect(words.output.contains(#""it's fine": 1 line, 24 px, 5 characters/s, contrast "#))
        #expect(!words.output.contains("warning"))
        let json = try await folder.run("inspect", "--json", "edit.json")
        let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect((found?["layers"] as? [Any])?.count == 1 && (found?["findings"] as? [Any])?.isEmpty == true)
    }

    @Test func `what cannot be read is a warning of validate, and fails it if it is strict`() async throws {
        let folder = try Scratch()
        try folder.write(edit("dark on dark", color: "#303030"), to: "edit.json")
        let warned = try await folder.run("validate", "edit.json")
        #expect(warned.code == 0 && warned.output.contains("fine"))
        #expect(warned.errorLines.count == 1)
        #expect(
            warned.errors.hasPrefix(
                "edit.json: warning: tracks[0].clips[0]: \"dark on dark\" at 0.00 s has a contrast of 1.4 "))
        let strict = try await folder.run("validate", "--strict", "edit.json")
        #expect(strict.code == 1 && strict.output == "" && strict.errorLines.count == 1)
        #expect(try await folder.run("inspect", "--strict", "edit.json").code == 1)
    }

    @Test func `a platform that is none is refused with the known ones`() async throws {
        let folder = try Scratch()
        try folder.write(edit("a", color: "#ffffff"), to: "edit.json")
        let outcome = try await folder.run("inspect", "--platform", "myspace", "edit.json")
        #expect(outcome.code == 2 && outcome.errors.contains("There is no platform 'myspace'"))
        #expect(outcome.errors.contains("tiktok"))
    }
}
