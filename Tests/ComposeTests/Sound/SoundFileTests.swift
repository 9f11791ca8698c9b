// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Sound files as they are met: with delay and padding, damaged, late, chained, without samples or a length.
///
/// The files were made by ffmpeg, LAME, oggenc, opusenc and flac of tones, noise and silence.
struct SoundFileTests {
    private func plan(_ name: String, loop: Bool = false, seconds: Double? = nil) throws -> Plan {
        try Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
            Track {
                let clip = AudioClip("sounds/" + name, duration: seconds.map { .milliseconds(Int($0 * 1000)) })
                loop ? clip.looping() : clip
            }
        }.makePlan(in: Fixtures.folder)
    }

    /// Returns the left channel of a file as it is mixed, and what is known of it.
    private func heard(_ plan: Plan) throws -> (samples: [Float], summary: SoundSummary) {
        let mixer = AudioMixer(plan.audio, path: plan.path)
        var samples: [Float] = []
        while mixer.position < plan.sampleCount {
            let (part, count) = try mixer.next(4096)
            samples += stride(from: 0, to: count * 2, by: 2).map { part[$0] }
        }
        return (samples, mixer.summary)
    }

    /// Returns the starts of stretches of 2 kHz, in samples.
    private func marks(_ samples: [Float]) -> [Int] {
        var (found, isOn) = ([Int](), false)
        for start in stride(from: 0, to: samples.count - 480, by: 48) {
            var (sine, cosine) = (0.0, 0.0)
            for index in start..<start + 480 {
                let angle = 2 * Double.pi * 2000 * Double(index) / 48_000
                sine += Double(samples[index]) * sin(angle)
                cosine += Double(samples[index]) * cos(angle)
            }
            let level = (sine * sine + cosine * cosine).squareRoot() / 240
            if level > 0.1, !isOn { found.append(start + 240) }
            isOn = level > 0.1
        }
        return found
    }

    /// Returns the first and last sample that can be heard.
    private func audible(_ samples: [Float]) -> (first: Int, last: Int) {
        (samples.firstIndex { abs($0) > 0.01 } ?? -1, samples.lastIndex { abs($0) > 0.01 } ?? -1)
    }

    /// Returns the length of the longest stretch whose mean level over 64 samples is low.
    private func longestGap(_ samples: [Float]) -> Int {
        var (longest, current) = (0, 0)
        for start in stride(from: 0, to: samples.count - 64, by: 16) {
            let level = samples[start..<start + 64].reduce(0) { $0 + abs($1) } / 64
            current = level < 0.03 ? current + 16 : 0
            longest = max(longest, current)
        }
        return longest
    }

    @Test(arguments: [
        "two-seconds-44.m4a", "two-seconds-48.m4a", "two-seconds-44.mp3", "two-seconds-44.ogg", "two-seconds-48.ogg",
        "two-seconds-44.opus", "two-seconds-48.opus", "two-seconds-48.webm", "two-seconds-48-aac.mka",
        "two-seconds-48-mp3.mka", "book.m4b", "piped.flac",
    ])
    func `two seconds of sound last two seconds, whatever an encoder added`(_ name: String) throws {
        let plan = try self.plan(name)
        #expect(plan.frameCount == 60)
        let (first, last) = audible(try heard(plan).samples)
        #expect(first < 48 && last > 96_000 - 48)
    }

    @Test(arguments: [
        "half-second-44k.m4a", "half-second-48k.m4a", "half-second-ff.mp3", "half-second-lame.mp3", "half-second.ogg",
        "half-second.mka", "opus-in.mp4",
    ])
    func `a short sound is repeated without a gap`(_ name: String) throws {
        let samples = try heard(try plan(name, loop: true, seconds: 3)).samples
        #expect(longestGap(samples) < 48)
        // The tone of 440 Hz has 220 whole periods, so the repeats are equal and in step. Matroska rounds to milliseconds.
        #expect(
            name.hasSuffix("mka") || (0..<24_000).allSatisfy { abs(samples[24_000 + $0] - samples[72_000 + $0]) < 1e-6 }
        )
    }

    @Test(arguments: [
        ("noise-then-tone.mp3", 361...362, 0...1200), ("silence-then-noise.mp3", 361...362, 383_000...386_000),
        ("silence-then-noise.aac", 361...361, 383_000...386_000), ("cut.wav", 20...21, 0...48),
    ])
    func `a length that no header states is counted`(
        _ name: String, frames: ClosedRange<Int>, first: ClosedRange<Int>
    ) throws {
        let plan = try self.plan(name)
        #expect(frames.contains(plan.frameCount))
        let (heardFirst, last) = audible(try heard(plan).samples)
        #expect(first.contains(heardFirst) && last > plan.sampleCount - 4000)
    }

    @Test(arguments: [
        "damaged-early-aac.m4a", "damaged-early-flac.flac", "damaged-early-mp3.mp3", "damaged-ends-aac.m4a",
        "damaged-ends-ac3-in.mka", "damaged-ends-adpcm.wav", "damaged-ends-adts.aac", "damaged-ends-flac.flac",
    ])
    func `damage costs its own samples, and what follows keeps its place`(_ name: String) throws {
        let (samples, summary) = try heard(try plan(name))
        let found = marks(samples)
        #expect(found.count == 4)
        for (mark, second) in zip(found, 0...3) { #expect(abs(mark - second * 48_000) < 480, "\(found)") }
        let loss = try #require(summary.losses.first)
        #expect((1...12_000).contains(loss.count) && (65_000...80_000).contains(loss.first), "\(loss)")
    }

    @Test func `a damaged page of Ogg is silent, and what follows keeps its place`() throws {
        let (samples, summary) = try heard(try plan("damaged-early-vorbis.ogg"))
        let found = marks(samples)
        // The page lasts from 1.1 s to 2.3 s.
        #expect(found.count == 3 && abs(found[1] - 48_000) < 480 && abs(found[2] - 144_000) < 480, "\(found)")
        #expect(summary.losses.first.map { (50_000...65_000).contains($0.count) } == true)
    }

    @Test(arguments: ["offset.mp4", "offset.mkv", "sound-only.m4a"])
    func `sound that begins late in its file begins late`(_ name: String) throws {
        let plan = try self.plan(name)
        let (first, last) = audible(try heard(plan).samples)
        #expect(plan.frameCount == 60 && abs(first - 24_000) < 480 && last > 95_000)
    }

    @Test(arguments: ["chained-vorbis.ogg", "chained-vorbis-other-rate.ogg"])
    func `of a chained Ogg all files are played`(_ name: String) throws {
        if codecVersion >= 63, name.contains("other-rate") {
            // FFmpeg 9 refuses a rate that changes, and we do so with its words.
            let error = #expect(throws: ComposeError.self) { try self.plan(name) }
            #expect(error?.description.contains("\(name) cannot be read: Not yet implemented") == true)
            return
        }
        let plan = try self.plan(name)
        let samples = try heard(plan).samples
        #expect(plan.frameCount == 60)
        func frequency(_ part: ArraySlice<Float>) -> Double {
            let pairs = zip(part, part.dropFirst())
            return Double(pairs.count { $0 < 0 && $1 >= 0 }) * 48_000 / Double(part.count)
        }
        #expect(abs(frequency(samples[4800..<43_200]) - 440) < 5)
        #expect(abs(frequency(samples[52_800..<91_200]) - 880) < 5)
    }

    @Test(arguments: ["empty.wav", "empty.flac", "empty.ogg", "empty.opus", "empty.mp3"], [true, false])
    func `a file without samples is refused, even to be repeated`(_ name: String, loop: Bool) throws {
        let error = try #require(throws: ComposeError.self) { try plan(name, loop: loop, seconds: loop ? 2 : nil) }
        #expect(error.code == .invalidEdit && error.problems.map(\.path) == ["tracks[0].clips[0].src"])
        #expect(error.description.contains("holds no sound") || error.description.contains("cannot be opened as sound"))
    }

    @Test(arguments: ["broadcast.ts", "tone.ac3", "cover.mp3", "cover.m4a", "cover.flac", "video.mp4"])
    func `sound is found in broadcasts, behind cover art, and beside pictures`(_ name: String) throws {
        let plan = try self.plan(name)
        let samples = try heard(plan).samples
        let (first, last) = audible(samples)
        #expect(first >= 0 && first < 1300 && last > samples.count - 2400)
    }

    @Test func `six loud channels are mixed down without being cut`() throws {
        let (samples, summary) = try heard(try plan("loud-6ch.wav"))
        #expect(summary.over == 0 && summary.peak <= 1 && summary.peak > 0.85)
        #expect(samples.allSatisfy { abs($0) <= 1 })
    }

    @Test func `the report says what is damaged, from a cache too, and what is cut`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let renderer = Renderer(cache: RenderCache(folder: folder + "/cache"))
            let damaged = Edit(size: PixelSize(width: 16, height: 16), frameRate: 30) {
                Track { AudioClip("sounds/damaged-early-mp3.mp3") }
                Track { AudioClip("inputs/tone.wav").volume(8) }
            }
            for attempt in 0..<2 {
                let report = try await renderer.render(damaged, in: Fixtures.folder, to: folder + "/\(attempt).mp4")
                    .result
                try #require(report.warnings.count == 2)
                #expect(
                    report.warnings[0].hasPrefix(
                        "tracks[0].clips[0].src: sounds/damaged-early-mp3.mp3 is damaged at 1.4"))
                #expect(report.warnings[1].contains("above full scale"))
                #expect((1...12_000).contains(report.audio?.samplesLost ?? 0))
            }
        }
    }
}
