// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct ProbeCommandTests {
    @Test func `probe says what a file holds, in words and as JSON`() async throws {
        let folder = try Scratch("odd.png", "tone.wav")
        let words = try await folder.run("probe", "odd.png", "tone.wav")
        #expect(words.code == 0 && words.errors == "")
        #expect(words.output.contains("file     odd.png\nkind     picture\npictures png, "))
        #expect(words.output.contains("file     tone.wav\nkind     sound\nsound    "))
        let json = try await folder.run("probe", "--json", "odd.png")
        let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
        #expect(found?.count == 1 && found?[0]["kind"] as? String == "picture")
    }

    @Test func `probe refuses what no edit can use`() async throws {
        let folder = try Scratch("truncated.png")
        for name in ["truncated.png", "missing.mp4"] {
            let outcome = try await folder.run("probe", name)
            #expect(outcome.code != 0 && outcome.output == "" && outcome.errorLines.count == 1)
        }
    }
}
