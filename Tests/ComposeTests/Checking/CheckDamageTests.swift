// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Files that are damaged, hostile, or of another kind.
@Suite struct CheckDamageTests {
    @Test func `a file that was cut short is an error, and nothing else`() async throws {
        let report = try await CheckedFile.report(patched: { $0.removeLast($0.count * 2 / 5) })
        #expect(report.faults == [.damage] && report.worst == .error, "\(report)")
        #expect(report.findings.contains { $0.message.contains("cut short") }, "\(report)")
    }

    @Test func `damaged pictures are counted and placed`() async throws {
        let report = try await CheckedFile.report(patched: { bytes in
            // The second half of the data, but not the sound's: zeros in a few places.
            guard let data = bytes.place(of: "mdat") else { return }
            let middle = data + (bytes.count - data) / 2
            for index in middle..<middle + 4000 { bytes[index] = 0xFF }
        })
        #expect(report.findings.contains { $0.kind == .damage && $0.severity == .error }, "\(report)")
        #expect(report.pictures?.damaged ?? 0 > 0, "\(report)")
    }

    @Test func `samples that are no numbers are an error`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var samples = (0..<96_000).map { Float(0.2 * sin(Double($0 / 2) * 0.05)) }
            for index in 40_000..<40_100 { samples[index] = .nan }
            samples[50_000] = .infinity
            samples[50_001] = 3e38
            let raw = samples.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
            }
            try Data(raw).write(to: URL(fileURLWithPath: folder + "/raw"))
            let path = folder + "/a.wav"
            try run(
                "ffmpeg",
                [
                    "-v", "error", "-f", "f32le", "-ar", "48000", "-ac", "2", "-i", folder + "/raw", "-c:a",
                    "pcm_f32le", path,
                ])
            let report = try await MediaFile.check(path)
            #expect(report.findings.contains { $0.kind == .damage && $0.message.contains("51 samples") }, "\(report)")
            #expect(report.sound?.loudness != nil)
        }
    }

    @Test func `sound that leaves out hours is not waited for`() async throws {
        // A second of sound, then nothing for a day, then another second.
        let report = try await CheckedFile.report("a.mkv") {
            $0.seconds = 2
            $0.options = ["-bsf:a", "setts=ts='PTS+gt(N\\,40)*86400/TB'"]
        }
        #expect(
            report.sound == nil && report.findings.contains { $0.kind == .damage && $0.severity == .error }, "\(report)"
        )
    }

    @Test func `what cannot be opened is refused in words`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/a.mp4"))
            try Data().write(to: URL(fileURLWithPath: folder + "/empty.mp4"))
            for name in ["a.mp4", "empty.mp4", "missing.mp4", "."] {
                let error = await #expect(throws: ComposeError.self) { try await MediaFile.check(folder + "/" + name) }
                #expect(error?.code == .unreadableMedia && error?.problems.count == 1)
            }
        }
    }

    @Test func `files with random damage are reported or refused`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var file = CheckedFile()
            (file.seconds, file.size) = (1, "64x48")
            var random = RepeatableRandom(7)
            for name in ["a.mp4", "a.mkv", "a.ts", "a.avi"] {
                let path = folder + "/" + name
                try file.write(to: path)
                let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                for _ in 0..<12 {
                    var bytes = random.damaged(whole)
                    for _ in 0..<20 {
                        bytes[random.next(below: min(bytes.count, 3000))] = UInt8(random.next(below: 256))
                    }
                    try Data(bytes).write(to: URL(fileURLWithPath: path))
                    do throws(ComposeError) { _ = try await MediaFile.check(path) } catch {
                        #expect(error.code == .unreadableMedia && !error.problems.isEmpty)
                    }
                }
            }
        }
    }

    @Test func `a cancelled check ends with an error that says so`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a.mp4"
            var file = CheckedFile()
            file.seconds = 30
            try file.write(to: path)
            let task = Task { try await MediaFile.check(path) }
            task.cancel()
            let error = await #expect(throws: ComposeError.self) { try await task.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test func `pictures and sounds alone are checked too`() async throws {
        let picture = try await MediaFile.check(Fixtures.input("red.jpg"))
        #expect(picture.kind == .picture && picture.findings.isEmpty && picture.pictures == nil)
        let sound = try await MediaFile.check(Fixtures.input("tone.wav"))
        #expect(sound.kind == .sound && sound.sound?.loudness != nil && sound.sync == nil)
    }

    @Test func `a check in a process of its own gives the same report`() async throws {
        guard MediaDecoding.canIsolate else { return }
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/a.mp4"
            var file = CheckedFile()
            file.videoFilter = "trim=duration=3.5,tpad=stop_mode=clone:stop_duration=2.5"
            try file.write(to: path)
            let isolated = try await MediaFile.check(path, decoding: .isolated)
            #expect(isolated == (try await MediaFile.check(path)))
            #expect(isolated.faults == [.frozen])
        }
    }
}
