// SPDX-License-Identifier: Apache-2.0

import Foundation

/// WAV files of 32-bit floats, made by tests without any of our code.
enum FloatFile {
    /// Returns a file of interleaved samples.
    static func wave(_ samples: [Float], channels: Int = 1, rate: Int = 48_000) -> Data {
        var data = Data()
        func text(_ value: String) { data.append(contentsOf: value.utf8) }
        func number(_ value: Int, bytes: Int) {
            for shift in 0..<bytes { data.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
        }
        text("RIFF")
        number(36 + 4 * samples.count, bytes: 4)
        text("WAVEfmt ")
        number(16, bytes: 4)
        number(3, bytes: 2)
        number(channels, bytes: 2)
        number(rate, bytes: 4)
        number(rate * channels * 4, bytes: 4)
        number(channels * 4, bytes: 2)
        number(32, bytes: 2)
        text("data")
        number(4 * samples.count, bytes: 4)
        unsafe samples.withUnsafeBytes { unsafe data.append(contentsOf: $0) }
        return data
    }

    /// Runs `body` with a folder that holds `sound.wav` with such samples.
    static func withFile(
        _ samples: [Float], channels: Int = 1, rate: Int = 48_000, _ body: (_ folder: String) throws -> Void
    ) throws {
        let folder = NSTemporaryDirectory() + "sound-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try wave(samples, channels: channels, rate: rate).write(to: URL(fileURLWithPath: folder + "/sound.wav"))
        try body(folder)
    }
}
