// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Every pair of a format and its codecs that the documentation lists.
@Suite struct FormatPairTests {
    struct Pair: Sendable, CustomTestStringConvertible {
        let format: Output.Format
        let video: VideoSettings.Codec?
        let audio: AudioSettings.Codec?
        var testDescription: String {
            ([format.rawValue] + [video?.rawValue, audio?.rawValue].compactMap(\.self)).joined(separator: " ")
        }
    }

    private static let pairs = Output.Format.allCases.flatMap { format in
        let container = format.container
        let videos: [VideoSettings.Codec?] = container.video.isEmpty ? [nil] : container.video.map { $0 }
        let audios: [AudioSettings.Codec?] = container.audio.isEmpty ? [nil] : container.audio.map { $0 }
        return videos.flatMap { video in audios.map { Pair(format: format, video: video, audio: $0) } }
    }

    /// FFmpeg's names where they are not ours.
    private static let names = ["webp": "webp", "jpeg": "mjpeg", "pcm": "pcm_s24le"]

    @Test(arguments: pairs) func `every format holds each of its codecs`(pair: Pair) async throws {
        var video = VideoSettings(codec: pair.video, speed: .ultrafast)
        video.encoder = .software
        let output = Output(
            format: pair.format, video: video, audio: AudioSettings(codec: pair.audio ?? AudioSettings.Codec.noSound))
        let edit = Edit(size: PixelSize(width: 64, height: 64), frameRate: 25, output: output) {
            Track { ColorClip(Color(red: 200, green: 40, blue: 40), duration: .milliseconds(400)) }
            if pair.audio != nil { Track { AudioClip("inputs/tone44.wav").looping() } }
        }
        #expect(edit.valueProblems().isEmpty)
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/out"
            let report = try await Renderer().render(edit, in: Fixtures.folder, to: path).result
            #expect(report.video?.frames == (pair.video == nil ? nil : 10))
            var file = path
            if let ending = pair.format.pictureEnding { file += "/%06d." + ending }
            if pair.format == .hls { file += "/index.m3u8" }
            if let codec = pair.video, codec != .webp {  // FFmpeg does not decode animated WebP
                let found = try probe(file, stream: "v:0")
                #expect(found["codec_name"] == Self.names[codec.rawValue] ?? codec.rawValue)
                #expect(found["nb_read_frames"] == "10")
            }
            if let codec = pair.audio {
                #expect(try probe(file, stream: "a:0")["codec_name"] == Self.names[codec.rawValue] ?? codec.rawValue)
                let samples = try decodedSound(file).count / 2
                #expect(abs(samples - 19200) <= 2400, "\(samples)")
            }
        }
    }
}
