// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Sound as the output asks for it: rates, channels, tracks, and lengths right to the sample.
@Suite(.serialized)
struct SoundOutputTests {
    private static func edit(_ output: Output, seconds: Int = 3, @ClipBuilder _ clips: () -> [Clip]) -> Edit {
        Edit(size: PixelSize(width: 64, height: 48), frameRate: 30, output: output) {
            Track { ColorClip(.black, duration: .seconds(seconds)) }
            Track("tone", clips: clips)
        }
    }

    /// Returns a file's sound as it is stored, by FFmpeg: interleaved samples.
    private static func decoded(_ path: String, stream: Int = 0) throws -> [Float] {
        floats(
            try run("ffmpeg", ["-v", "error", "-xerror", "-i", path, "-map", "0:a:\(stream)", "-f", "f32le", "-"]))
    }

    /// Returns whether a decoded length is right; FFmpeg gives AAC's last frame in MP4 whole, whatever the file says.
    private static func isLength(_ decoded: Int, _ wanted: Int, of path: String) -> Bool {
        let isAAC = path.hasSuffix("4") || path.hasSuffix("mov") || path.hasSuffix("m4a")
        return decoded == wanted || isAAC && (wanted..<wanted + 1024).contains(decoded)
    }

    /// Returns where the sound of an MP4 file begins in its track, and how long it is, by the edit list.
    private static func soundEdit(_ path: String) throws -> (start: Int, length: Int) {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        // The last edit list is the sound's; its one entry has version 0.
        let name = Array("elst".utf8)
        let place = try #require((4..<bytes.count - 24).last { Array(bytes[$0..<$0 + 4]) == name })
        return (number(place + 16), number(place + 12))
    }

    /// Returns the level of a frequency in one channel, in the middle of the samples.
    private static func level(_ samples: [Float], channels: Int, rate: Int, hertz: Double) -> Double {
        let count = samples.count / channels
        let range = count / 4..<3 * count / 4
        var (sine, cosine) = (0.0, 0.0)
        for index in range {
            let angle = 2 * Double.pi * hertz * Double(index) / Double(rate)
            sine += Double(samples[index * channels]) * sin(angle)
            cosine += Double(samples[index * channels]) * cos(angle)
        }
        return 2 * (sine * sine + cosine * cosine).squareRoot() / Double(range.count)
    }

    @Test(
        arguments: [
            (Output.Format.wav, 44_100), (.wav, 96_000), (.flac, 44_100), (.flac, 96_000), (.m4a, 44_100),
            (.m4a, 96_000),
            (.mp3, 44_100), (.opus, 48_000),
        ], AudioSettings.Channels.allCases)
    func `every rate and number of channels is written as asked, at its level and length`(
        output: (format: Output.Format, rate: Int), channels: AudioSettings.Channels
    ) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let audio = AudioSettings(bitrate: 192_000, sampleRate: output.rate, channels: channels)
            let edit = Self.edit(Output(format: output.format, audio: audio)) { AudioClip("inputs/tone.wav").looping() }
            let path = folder + "/a." + output.format.rawValue
            let report = try await Renderer().render(edit, in: Fixtures.folder, to: path).result
            #expect(report.audio?.samples == 3 * output.rate && report.audio?.samplesOfVideo == 3 * output.rate)
            let stream = try probe(path, stream: "a:0")
            #expect(stream["sample_rate"] == String(output.rate))
            #expect(stream["channels"] == (channels == .mono ? "1" : "2"))
            let samples = try Self.decoded(path)
            let count = channels == .mono ? 1 : 2
            #expect(Self.isLength(samples.count / count, 3 * output.rate, of: path), "\(samples.count / count)")
            // A sine at −12 dBFS.
            let tone = Self.level(samples, channels: count, rate: output.rate, hertz: 1000)
            // Each channel has a tone of its own, so mono has half of each.
            let right = channels == .mono ? 0.1256 : 0.2512
            // LAME turns everything down by a quarter of a decibel at some rates, in FFmpeg's own files too.
            let tolerance = output.format == .wav || output.format == .flac ? 0.001 : 0.035
            #expect(abs(tone / right - 1) < tolerance, "\(tone)")
        }
    }

    @Test(arguments: [44_100, 96_000])
    func `at another rate, a sine keeps its place, and nothing is added above a hundred thousandth`(rate: Int)
        async throws
    {
        try await Fixtures.withTemporaryFolder { folder in
            for hertz in [100.0, 1000, 15_000, 19_000] {
                let sine = (0..<96_000).flatMap { index -> [Float] in
                    let value = Float(0.5 * sin(2 * .pi * hertz * Double(index) / 48_000))
                    return [value, -value]
                }
                try FloatFile.wave(sine, channels: 2).write(to: URL(fileURLWithPath: folder + "/sine.wav"))
                var edit = Self.edit(Output(format: .flac), seconds: 2) { AudioClip("sine.wav") }
                edit.output.audio.sampleRate = rate
                _ = try await Renderer().render(edit, in: folder, to: folder + "/out.flac").result
                let samples = try Self.decoded(folder + "/out.flac")
                #expect(samples.count == 4 * rate)
                var worst = 0.0
                for index in rate / 10..<19 * rate / 10 {
                    let right = 0.5 * sin(2 * .pi * hertz * Double(index) / Double(rate))
                    worst = max(
                        worst, abs(Double(samples[2 * index]) - right), abs(Double(samples[2 * index + 1]) + right))
                }
                #expect(worst < 2e-5, "\(hertz) Hz: \(worst)")
            }
        }
    }

    @Test(arguments: [44_100, 96_000])
    func `at another rate too, chunks are what the whole is`(rate: Int) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try FloatFile.wave(TestSignal.music.samples, channels: 2).write(
                to: URL(fileURLWithPath: folder + "/in.wav"))
            var edit = Self.edit(Output(format: .mkv, audio: AudioSettings(codec: .flac)), seconds: 8) {
                AudioClip("in.wav")
            }
            edit.output.audio.sampleRate = rate
            let plan = try edit.makePlan(in: folder)
            let whole = try ChunkedSound(plan, frames: nil, in: folder)
            let parts = try ChunkedSound(plan, frames: 10, in: folder)
            #expect(parts.borders.count > 2 && parts.packets == whole.packets)
        }
    }

    @Test func `a rate that the codec lacks, or none has, is refused with those there are`() throws {
        func problems(_ format: Output.Format, _ audio: AudioSettings) -> String {
            do {
                _ = try Self.edit(Output(format: format, audio: audio)) { AudioClip("inputs/tone.wav") }
                    .makePlan(in: Fixtures.folder)
                return ""
            } catch { return error.description }
        }
        #expect(
            problems(.webm, AudioSettings(sampleRate: 44_100)).contains(
                "opus has no 44100; use 48000, or another codec"))
        #expect(problems(.mp3, AudioSettings(sampleRate: 96_000)).contains("mp3 has no 96000; use 44100 or 48000"))
        #expect(problems(.wav, AudioSettings(sampleRate: 8000)).contains("8000 is none of the rates"))
        #expect(
            problems(.m4a, AudioSettings(stems: true)).contains(
                "m4a holds one track of sound; leave stems out, or use mp4"))
        #expect(
            problems(.mp4, AudioSettings(tracks: [SoundTrack(["tone", "voice"])])).contains(
                "no track with sound has the id \"voice\"; use \"tone\""))
    }

    private static let languages = Edit(
        size: PixelSize(width: 64, height: 48), frameRate: 30,
        output: Output(
            format: .mp4,
            audio: AudioSettings(
                tracks: [
                    SoundTrack(["tone", "clicks"], language: "de", name: "Deutsch"),
                    SoundTrack(["tone"], language: "en-GB", name: "English", isDefault: true),
                ], stems: true))
    ) {
        Track { ColorClip(.black, duration: .seconds(3)) }
        Track("tone") { AudioClip("inputs/tone.wav").looping() }
        Track("clicks") { AudioClip("inputs/click.wav").looping() }
    }

    @Test(arguments: [Output.Format.mp4, .mov, .mkv, .webm])
    func `several tracks have their languages and names, and stems follow them`(format: Output.Format) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = changed(Self.languages) { $0.output.format = format }
            let path = "\(folder)/a.\(format.rawValue)"
            _ = try await Renderer().render(edit, in: Fixtures.folder, to: path).result
            let streams = try (0..<4).map { try probe(path, stream: "a:\($0)") }
            #expect(
                streams.prefix(2).map { $0["TAG:language"] } == (format == .mov ? ["ger", "eng"] : ["deu", "eng"]))
            let name = format == .mp4 || format == .mov ? "TAG:handler_name" : "TAG:title"
            #expect(streams.map { $0[name] } == ["Deutsch", "English", "tone", "clicks"])
            #expect(streams.map { $0["DISPOSITION:default"] } == ["0", "1", "0", "0"])
            #expect(try probe(path, stream: "a:4").isEmpty)
            let sound = try (0..<4).map { try Self.decoded(path, stream: $0) }
            func hasClick(_ samples: [Float]) -> Bool { samples.contains { abs($0) > 0.43 } }
            #expect(sound.map(hasClick) == [true, false, false, true])
            func tone(_ samples: [Float]) -> Double {
                Self.level(samples, channels: 2, rate: 48_000, hertz: 1000)
            }
            #expect(sound.map { tone($0) > 0.2 } == [true, true, true, false])
        }
    }

    @Test func `chunks of several tracks from elsewhere make the same file`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let plan = try await Self.languages.plan(in: Fixtures.folder)
            #expect(plan.soundChunks.map(\.track) == [0, 1, 2, 3])
            var sounds: [Data] = []
            for chunk in plan.soundChunks { sounds.append(try await Renderer().renderSound(chunk.index, of: plan)) }
            let keys = try await Renderer().soundKeys(of: plan)
            // The second track and the first stem hear the same.
            #expect(keys.count == 4 && Set(keys).count == 3 && sounds[1] == sounds[2])
            let (chunks, segment) = (sounds, try await Renderer().renderSegment(0, of: plan))
            _ = try await Renderer().assemble(plan, to: folder + "/farm.mp4", sound: { chunks[$0] }) { _ in segment }
                .result
            _ = try await Renderer().render(plan, to: folder + "/here.mp4").result
            #expect(
                try SegmentRenderTests.bytes(folder + "/farm.mp4") == SegmentRenderTests.bytes(folder + "/here.mp4"))
        }
    }

    @Test(
        arguments: [
            "a.mp4", "a.mov", "a.m4a", "a.mp3", "a.opus", "a.flac", "a.wav", "a.webm",
        ], [1001, 1500, 2467])
    func `decoders give as many samples as the pictures last, and a click where it was`(
        name: String, milliseconds: Int
    ) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Edit(size: PixelSize(width: 64, height: 48), frameRate: 30) {
                Track { ColorClip(.black, duration: .milliseconds(milliseconds)) }
                Track { AudioClip("inputs/click.wav").starting(at: .milliseconds(500)) }
            }
            let report = try await Renderer().render(edit, in: Fixtures.folder, to: folder + "/" + name).result
            let samples = try Self.decoded(folder + "/" + name)
            let wanted = try #require(report.audio?.samplesOfVideo)
            #expect(Self.isLength(samples.count / 2, wanted, of: name), "\(samples.count / 2)")
            if name.hasPrefix("a.m") && !name.hasSuffix("3") {
                let edits = try Self.soundEdit(folder + "/" + name)
                #expect(edits.length == wanted && edits.start == 1024)
            }
            let loudest = (0..<40_000).max { abs(samples[2 * $0]) < abs(samples[2 * $1]) } ?? 0
            #expect(abs(loudest - 24_000) <= 1, "\(loudest)")
        }
    }

    @Test func `an impulse in each of 525 cuts is within a sample of its place after AAC`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var random = RepeatableRandom(5)
            let lengths = (0..<525).map { _ in Duration.microseconds(120_000 + random.next(below: 90_000)) }
            var edit = Edit(size: PixelSize(width: 64, height: 48), frameRate: FrameRate(30000, 1001)) {
                Track { ColorClip(.black) }
                Track(clips: lengths.map { .audio(AudioClip("inputs/click.wav", duration: $0)) })
            }
            edit.output = Output(format: .mp4, audio: AudioSettings(codec: .aac, bitrate: 256_000))
            let plan = try edit.makePlan(in: Fixtures.folder)
            #expect(plan.soundChunks.count > 3)
            _ = try await Renderer().render(plan, to: folder + "/a.mp4").result
            let samples = try Self.decoded(folder + "/a.mp4")
            var (start, worst) = (Duration.zero, 0)
            for length in lengths {
                let place = Int((start / .seconds(1) * 48_000).rounded())
                let near = max(0, place - 1000)..<min(place + 1000, samples.count / 2)
                let loudest = near.max { abs(samples[2 * $0]) < abs(samples[2 * $1]) } ?? 0
                worst = max(worst, abs(loudest - place))
                start += length
            }
            #expect(worst <= 1)
        }
    }
}
