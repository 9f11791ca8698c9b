// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Captions as tracks of the file, read back by FFmpeg.
@Suite struct CaptionTrackTests {
    private static let file = """
        1
        00:00:00,500 --> 00:00:01,250
        <i>First</i> & it's

        2
        00:00:01,250 --> 00:00:09,000
        Second
        line

        """

    private func edit(_ tracks: [CaptionTrack], format: Output.Format = .mp4) -> Edit {
        var edit = Edit(size: PixelSize(width: 64, height: 64), frameRate: 20) {
            Track { ColorClip(.white, duration: .seconds(3)) }
        }
        edit.output.format = format
        edit.output.captions = tracks
        return edit
    }

    private func withFile<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        try await Fixtures.withTemporaryFolder { folder in
            try Self.file.write(toFile: folder + "/a.srt", atomically: true, encoding: .utf8)
            return try await body(folder)
        }
    }

    /// Returns a track as FFmpeg writes it in SubRip, without its tags.
    private func read(_ path: String, track: Int) throws -> String {
        let text = String(
            decoding: try run("ffmpeg", ["-v", "error", "-i", path, "-map", "0:s:\(track)", "-f", "srt", "-"]),
            as: UTF8.self)
        return text.replacing(/<[^>]*>/, with: "")
    }

    @Test(arguments: [
        (Output.Format.mp4, "mov_text"), (.mov, "mov_text"), (.mkv, "subrip"), (.webm, "webvtt"),
    ])
    func `every format that has captions holds them at their times`(format: Output.Format, codec: String) async throws {
        try await withFile { folder in
            let path = folder + "/out." + (format.fileExtension ?? "")
            let tracks = [
                CaptionTrack("a.srt", language: "de-AT", name: "Deutsch", isDefault: true),
                CaptionTrack("a.srt", language: "eng"),
            ]
            _ = try await Renderer().render(edit(tracks, format: format), in: folder, to: path).result
            let stream = try probe(path, stream: "s:0")
            #expect(stream["codec_name"] == codec && stream["DISPOSITION:default"] == "1", "\(stream)")
            if format != .mov { #expect(stream["TAG:language"] == "deu") }
            #expect(stream["TAG:title"] == "Deutsch" || stream["TAG:handler_name"] == "Deutsch")
            #expect(try probe(path, stream: "s:1")["TAG:language"] == "eng")
            // The second cue ends with the timeline.
            let cues = try Captions(reading: Array(try read(path, track: 1).utf8), name: "read.srt").cues
            #expect(cues.map(\.text) == ["First & it's", "Second\nline"])
            let times = cues.map { [$0.start / .milliseconds(1), $0.end / .milliseconds(1)] }
            for (found, right) in zip(times.joined(), [500, 1250, 1250, 3000.0]) {
                #expect(abs(found - right) <= 1, "\(times)")
            }
            // The pictures are not touched.
            #expect(try probe(path, stream: "v:0")["nb_read_frames"] == "60")
        }
    }

    @Test func `without a file the track has what the captions clips show`() async throws {
        try await withFile { folder in
            var edit = edit([CaptionTrack(language: "en")])
            edit.timeline.tracks.append(
                Track {
                    CaptionsClip("a.srt", style: TextStyle(size: 8)).starting(at: .seconds(1))
                })
            let path = folder + "/out.mp4"
            _ = try await Renderer().render(edit, in: folder, to: path).result
            let cues = try Captions(reading: Array(try read(path, track: 0).utf8), name: "read.srt").cues
            #expect(cues.map(\.start) == [.milliseconds(1500), .milliseconds(2250)])
            #expect(cues.last?.end == .seconds(3))
        }
    }

    @Test func `a track changes no picture, and no segment is encoded for it`() async throws {
        try await withFile { folder in
            let with = try await edit([CaptionTrack("a.srt")]).plan(in: folder)
            let without = try await edit([]).plan(in: folder)
            let shared = try with.segmentsShared(with: without)
            #expect(shared.allSatisfy { $0 != nil })
            #expect(with.files.map(\.reference.path) == ["output.captions[0].src"])
        }
    }

    @Test func `tracks that cannot be are refused`() async throws {
        func problems(_ edit: Edit) async -> [String] { await edit.problems().map(\.description) }
        #expect(
            await problems(edit([CaptionTrack("nothing.srt")])) == [
                "output.captions[0].src: nothing.srt does not exist"
            ])
        #expect(
            await problems(edit([CaptionTrack(language: "german!")])) == [
                #"output.captions[0].language: "german!" is not a language; write its code, as in "en" or "pt-BR""#
            ])
        #expect(
            await problems(edit([CaptionTrack()], format: .gif)) == [
                "output.captions: gif has no tracks of captions; leave them out, or use mp4, mov, webm, mkv"
            ])
        let many = [CaptionTrack](repeating: CaptionTrack(), count: 33)
        #expect(await problems(edit(many)) == ["output.captions: there are 33; use at most 32"])
    }
}
