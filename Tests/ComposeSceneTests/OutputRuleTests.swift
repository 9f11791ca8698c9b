// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Invalid combinations of settings, which are reported before anything is rendered.
struct OutputRuleTests {
    private func lines(_ output: Output, sound: Bool = true, for path: String? = nil, frameRate: FrameRate = 30)
        -> [String]
    {
        let edit = Edit(size: .hd720, frameRate: frameRate, output: output) {
            Track { ColorClip(.white, duration: .seconds(1)) }
            if sound { Track { AudioClip("tone.wav") } }
        }
        return edit.valueProblems(for: path).map(\.description)
    }

    @Test func `what is usual goes together`() {
        for format in Output.Format.allCases {
            let output = Output(format: format)
            #expect(lines(output, sound: !format.container.audio.isEmpty) == [], "\(format)")
            for codec in format.container.video {
                for pixels in codec.pixelFormats where !pixels.hasAlpha || format.container.keepsAlpha(of: codec) {
                    var output = Output(format: format, video: VideoSettings(codec: codec, pixelFormat: pixels))
                    output.audio.codec = format.container.audio.first ?? AudioSettings.Codec.noSound
                    #expect(lines(output) == [], "\(format) \(codec) \(pixels)")
                }
            }
        }
    }

    @Test func `a container gets only what it can hold`() {
        #expect(
            lines(Output(format: .webm, video: VideoSettings(codec: .h264))) == [
                "output.video.codec: webm does not hold h264; use vp9, av1, or the format mp4, mov, fmp4, mkv, hls"
            ])
        #expect(
            lines(Output(format: .webm, audio: AudioSettings(codec: .aac))) == [
                "output.audio.codec: webm does not hold aac; use opus"
            ])
        #expect(
            lines(Output(format: .gif)) == [
                "output.format: gif holds no sound, but the timeline has some; remove it, or set output.audio.codec to none"
            ])
        #expect(lines(Output(format: .gif, audio: AudioSettings(codec: AudioSettings.Codec.noSound))) == [])
        #expect(
            lines(Output(format: .wav), sound: false) == [
                "output.format: wav holds only sound, but the timeline has none; add an audio clip"
            ])
        #expect(
            lines(Output(format: .gif), sound: false, frameRate: 60) == [
                "frameRate: GIF shows at most 50 frames a second; use a lower rate"
            ])
    }

    @Test func `a name says the format where the edit does not`() {
        #expect(lines(Output(video: VideoSettings(codec: .h264)), for: "out.webm").count == 1)
        #expect(lines(Output(video: VideoSettings(codec: .h264)), for: "out.mkv") == [])
        let edit = Edit(size: .hd720) { Track { ColorClip(.white, duration: .seconds(1)) } }
        let settled = edit.settled(for: "a/b.c/out.WebM")
        #expect(settled.output.format == .webm && settled.output.video.codec == .vp9)
        #expect(settled.output.audio.codec == .opus && settled.output.video.pixelFormat == .yuv420p)
        #expect(edit.settled(for: "out").output.format == .mp4)
        #expect(edit.settled(for: ".gif").output.format == .mp4)
    }

    @Test func `an encoder gets only what it can do`() {
        #expect(
            lines(Output(video: VideoSettings(codec: .hevc, encoder: .x264))) == [
                "output.video.encoder: x264 does not make hevc; use automatic, nvenc, vaapi, x265"
            ])
        #expect(
            lines(Output(format: .mov, video: VideoSettings(codec: .prores, encoder: .hardware))) == [
                "output.video.encoder: hardware does not make prores; use automatic, prores"
            ])
        #expect(
            lines(Output(video: VideoSettings(encoder: .nvenc, pixelFormat: .yuv420p10))) == [
                "output.video.pixelFormat: nvenc makes no h264 in yuv420p10; use yuv420p, or the encoder software"
            ])
        #expect(
            lines(Output(video: VideoSettings(pixelFormat: .yuva420p))) == [
                "output.video.pixelFormat: h264 has no yuva420p; use yuv420p, yuv420p10, or the codec vp9"
            ])
    }

    @Test func `options and limits are such as the encoder has`() {
        func line(_ settings: VideoSettings, _ format: Output.Format = .mp4) -> [String] {
            lines(Output(format: format, video: settings))
        }
        #expect(
            line(VideoSettings(encoder: .x264, options: VideoSettings.Options(filmGrain: 8))) == [
                "output.video.options.filmGrain: x264 has no such option; svtav1 have it"
            ])
        #expect(
            line(VideoSettings(codec: .prores, maxBitrate: 1_000_000), .mov) == [
                "output.video.maxBitrate: prores does not support maxBitrate; leave it out"
            ])
        #expect(
            line(VideoSettings(maxBitrate: 1000)) == [
                "output.video.maxBitrate: 1000 is out of range; use 50000…200000000"
            ])
        #expect(
            line(VideoSettings(keyframeInterval: .zero)) == [
                "output.video.keyframeInterval: 0 is out of range; use 0.1…60"
            ])
        #expect(
            line(VideoSettings(device: "gpu one")) == [
                "output.video.device: \"gpu one\" is neither a number, for NVENC, nor the path of a render node, for VA-API"
            ])
        #expect(
            line(VideoSettings(encoder: .x264, device: "0")) == [
                "output.video.device: x264 does not run on such a device; leave it out"
            ])
        #expect(line(VideoSettings(encoder: .nvenc, device: "1")) == [])
        #expect(
            line(VideoSettings(options: VideoSettings.Options(bFrames: 17))) == [
                "output.video.options.bFrames: 17 is out of range; use 0…16"
            ])
    }

    @Test func `a number is within what the encoder takes`() {
        func line(_ codec: VideoSettings.Codec, _ format: Output.Format, _ lookahead: Int) -> [String] {
            lines(
                Output(
                    format: format,
                    video: VideoSettings(codec: codec, options: VideoSettings.Options(lookahead: lookahead))))
        }
        #expect(
            line(.av1, .mp4, 200) == ["output.video.options.lookahead: 200 is out of range; use 0…120"])
        #expect(line(.vp9, .webm, 26) == ["output.video.options.lookahead: 26 is out of range; use 0…25"])
        #expect(line(.h264, .mp4, 251) == ["output.video.options.lookahead: 251 is out of range; use 0…250"])
        #expect(line(.h264, .mp4, 250) == [])
    }

    @Test func `transparency is refused where it would be lost`() {
        let clear = Color(red: 0, green: 0, blue: 0, alpha: 0)
        func lines(_ output: Output) -> [String] {
            let edit = Edit(size: .hd720, background: clear, output: output) {
                Track { ColorClip(.white, duration: .seconds(1)) }
                Track { AudioClip("tone.wav") }
            }
            return edit.valueProblems().map(\.description)
        }
        #expect(lines(Output(format: .webm)) == [])
        #expect(lines(Output(format: .mkv, video: VideoSettings(codec: .vp9))) == [])
        #expect(lines(Output(format: .mp4, video: VideoSettings(codec: .vp9))).first?.hasPrefix("background: ") == true)
        #expect(
            lines(Output(format: .mp4, video: VideoSettings(codec: .vp9, pixelFormat: .yuva420p))) == [
                "output.video.pixelFormat: mp4 does not keep transparency of vp9; use the format webm or mkv"
            ])
        #expect(lines(Output(format: .m4a)) == [])  // no pictures, nothing to lose
    }

    @Test func `chapters follow each other, where there may be any`() {
        let chapters = [Output.Chapter("b", at: .seconds(1)), Output.Chapter("a", at: .zero)]
        #expect(
            lines(Output(chapters: chapters)) == [
                "output.chapters[1].start: is not after the chapter before it; order them by time"
            ])
        #expect(
            lines(Output(format: .hls, tags: [.title: "x"], chapters: [chapters[0]])) == [
                "output.tags: hls does not support tags; leave them out",
                "output.chapters: hls has no chapters; leave them out",
            ])
    }

    @Test func `everything of an output survives a round trip`() throws {
        let edit = Edit(
            size: .hd720,
            output: Output(
                format: .mkv,
                video: VideoSettings(
                    codec: .hevc, encoder: .vaapi, device: "/dev/dri/renderD129", quality: .high, speed: .slow,
                    pixelFormat: .yuv420p10, keyframeInterval: .milliseconds(2500), maxBitrate: 4_000_000, threads: 3,
                    options: VideoSettings.Options(
                        tune: .grain, bFrames: 2, lookahead: 30, filmGrain: 4, lowPower: true)),
                audio: AudioSettings(codec: .flac, bitrate: 96_000),
                tags: [.title: "a", .copyright: "b"], chapters: [Output.Chapter("c", at: .seconds(1))])
        ) { Track { ColorClip(.white, duration: .seconds(3)) } }
        #expect(try Edit(json: try edit.json()) == edit)
    }
}
