// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct WaveformCommandTests {
    @Test func `waveform draws a picture and writes JSON`() async throws {
        let folder = try Scratch("tone.wav")
        let drawn = try await folder.run(
            "waveform", "tone.wav", "-o", "w.png", "--width", "400", "--channels", "2", "--color", "ff0000")
        #expect(drawn.code == 0 && drawn.output == "" && drawn.errors == "", "\(drawn)")
        #expect(try folder.read("w.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let written = try await folder.run(
            "waveform", "tone.wav", "-o", "-", "--samples-per-bin", "480", "--bits", "16")
        let json = try JSONSerialization.jsonObject(with: Data(written.output.utf8)) as? [String: Any]
        #expect(
            json?["samples_per_pixel"] as? Int == 480 && json?["bits"] as? Int == 16 && json?["version"] as? Int == 2)
        #expect(try await folder.run("waveform", "tone.wav", "-o", "w.txt").code == 2)
        #expect(try await folder.run("waveform", "tone.wav", "-o", "w.png", "--width", "0").code == 2)
        #expect(try await folder.run("waveform", "tone.wav", "-o", "w.json", "--bits", "9").code == 2)
        let none = try await folder.run("waveform", "missing.wav", "-o", "w.json")
        #expect(none.code == 1 && none.errorLines.count == 1)
    }
}
