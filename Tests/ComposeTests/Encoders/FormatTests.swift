// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose
@testable import Encoders

/// Every container and folder, rendered from one edit and checked with other tools.
@Suite(.serialized)
struct FormatTests {
    /// Returns an edit of two seconds: a moving picture, then a half-transparent colour; with a tone.
    ///
    /// The background is transparent if `clear`, otherwise blue.
    private static func edit(_ output: Output, clear: Bool = false, sound: Bool = true) -> Edit {
        Edit(
            size: PixelSize(width: 160, height: 90), frameRate: 25,
            background: clear ? Color(red: 0, green: 0, blue: 0, alpha: 0) : Color(red: 0, green: 48, blue: 80),
            output: output
        ) {
            Track {
                ImageClip("inputs/gradient.png", duration: .seconds(1)).motion(.zoom(to: 1.3)).size(
                    width: 80, height: 60
                )
                .position(x: .percent(50), y: .percent(50))
                ColorClip(Color(red: 255, green: 0, blue: 0, alpha: 128), duration: .seconds(1))
                    .size(width: 80, height: 60).position(x: .percent(50), y: .percent(50))
            }
            if sound { Track { AudioClip("inputs/tone44.wav").looping() } }
        }
    }

    private static func render(_ edit: Edit, to name: String, in folder: String) async throws -> Report {
        try await Renderer().render(edit, in: Fixtures.folder, to: folder + "/" + name).result
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let format: Output.Format
        var codec: VideoSettings.Codec?
        let video: String
        let audio: String
        var testDescription: String { "\(format.rawValue) with \(video) and \(audio)" }
    }

    private static let cases = [
        Case(name: "a.mp4", format: .mp4, video: "h264", audio: "aac"),
        Case(name: "b.mp4", format: .mp4, codec: .hevc, video: "hevc", audio: "aac"),
        Case(name: "c.mp4", format: .mp4, codec: .av1, video: "av1", audio: "aac"),
        Case(name: "d.mp4", format: .mp4, codec: .vp9, video: "vp9", audio: "aac"),
        Case(name: "a.mov", format: .mov, video: "h264", audio: "aac"),
        Case(name: "b.mov", format: .mov, codec: .prores, video: "prores", audio: "aac"),
        Case(name: "e.mp4", format: .fmp4, video: "h264", audio: "aac"),
        Case(name: "a.webm", format: .webm, video: "vp9", audio: "opus"),
        Case(name: "b.webm", format: .webm, codec: .av1, video: "av1", audio: "opus"),
        Case(name: "a.mkv", format: .mkv, video: "h264", audio: "aac"),
        Case(name: "b.mkv", format: .mkv, codec: .prores, video: "prores", audio: "aac"),
    ]

    @Test(arguments: Self.cases)
    func `a container holds all pictures and all sound`(of: Case) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Self.edit(Output(format: of.format, video: VideoSettings(codec: of.codec)))
            let report = try await Self.render(edit, to: of.name, in: folder)
            #expect(report.video?.frames == 50)
            #expect(report.audio?.samples == 96000 && report.audio?.samplesOfVideo == 96000)
            let path = folder + "/" + of.name
            let (video, audio) = (try probe(path, stream: "v:0"), try probe(path, stream: "a:0"))
            #expect(video["codec_name"] == of.video && audio["codec_name"] == of.audio)
            #expect(video["nb_read_frames"] == "50" && video["color_space"] == "bt709")
            #expect(abs(try decodedSound(path).count / 2 - 96000) <= 2048)  // decoder delay at both ends
            let blue = try decodedFrames(path, width: 160, height: 90)[30]
            #expect(abs(blue.luma(4, 4) - 50) <= 3, "\(blue.luma(4, 4))")  // BT.709 of the background
        }
    }

    @Test(arguments: Output.Format.allCases.filter { !$0.container.audio.isEmpty && !$0.container.video.isEmpty })
    func `sound and picture begin together`(format: Output.Format) async throws {
        // A click and a flash at one second, decoded and compared on the file's own clock.
        let edit = Edit(size: PixelSize(width: 64, height: 64), frameRate: 25, output: Output(format: format)) {
            Track {
                ColorClip(.black, duration: .seconds(1))
                ColorClip(.white, duration: .seconds(1))
            }
            Track { AudioClip("inputs/click.wav").starting(at: .seconds(1)) }
        }
        try await Fixtures.withTemporaryFolder { folder in
            _ = try await Self.render(edit, to: "out", in: folder)
            let path = folder + "/out" + (format == .hls ? "/index.m3u8" : "")
            func times(_ stream: String) throws -> [Double] {
                let text = try run(
                    "ffprobe",
                    [
                        "-v", "error", "-select_streams", stream, "-show_entries", "frame=pts_time", "-of", "csv=p=0",
                        path,
                    ])
                return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap {
                    Double($0.split(separator: ",")[0])
                }
            }
            let flash = try times("v")[25]
            let samples = try decodedSound(path)
            let loudest = samples.map(abs).max() ?? 0
            let onset = try #require(samples.firstIndex { abs($0) > loudest / 2 }) / 2
            let click = try #require(try times("a").first) + Double(onset) / 48000
            #expect(abs(flash - click) < 0.0015, "flash at \(flash), click at \(click)")
        }
    }

    @Test func `a stream for HTTP is a folder with a playlist that leads to everything`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Self.edit(Output(format: .hls, video: VideoSettings(keyframeInterval: .seconds(1))))
            let report = try await Self.render(edit, to: "stream", in: folder)
            #expect(try Fixtures.contents(of: folder) == ["stream"])
            let names = try Fixtures.contents(of: folder + "/stream")
            #expect(names == ["index.m3u8", "init.mp4", "segment00000.m4s"])
            #expect(report.bytes > 10_000)
            #expect(try probe(folder + "/stream/index.m3u8", stream: "v:0")["nb_read_frames"] == "50")
        }
    }

    @Test func `a folder's name may hold what means something elsewhere`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Self.edit(Output(format: .hls))
            _ = try await Self.render(edit, to: "50%d of: it?", in: folder)
            #expect(try Fixtures.contents(of: folder) == ["50%d of: it?"])
            #expect(try Fixtures.contents(of: folder + "/50%d of: it?").count == 3)
        }
    }

    @Test(arguments: [(Output.Format.png, "png"), (.jpeg, "jpg"), (.tiff, "tif")])
    func `a sequence is a folder with a picture for every frame`(format: Output.Format, ending: String) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Self.edit(Output(format: format), sound: false)
            _ = try await Self.render(edit, to: "frames", in: folder)
            let names = try Fixtures.contents(of: folder + "/frames")
            #expect(names.count == 50)
            #expect(names.first == "000001.\(ending)" && names.last == "000050.\(ending)")
            let found = try decodedFrames(folder + "/frames/000011.\(ending)", width: 160, height: 90)
            #expect(found.count == 1)
            // Other decoders give sRGB: the background's original red, green and blue.
            let pixel = try run(
                "ffmpeg",
                [
                    "-v", "error", "-i", folder + "/frames/000011.\(ending)", "-vf", "format=rgb24,crop=1:1:2:2", "-f",
                    "rawvideo",
                    "-pix_fmt", "rgb24", "-",
                ])
            for (value, wanted) in zip(pixel, [0, 48, 80]) { #expect(abs(Int(value) - wanted) <= 2, "\(Array(pixel))") }
        }
    }

    @Test(arguments: [Output.Format.png, .tiff, .webm, .gif])
    func `what is clear in the timeline is clear in the output`(format: Output.Format) async throws {
        try await checkAlpha(Output(format: format), gif: format == .gif)
    }

    @Test func `ProRes keeps what is clear`() async throws {
        try await checkAlpha(Output(format: .mov, video: VideoSettings(codec: .prores)))
    }

    private func checkAlpha(_ output: Output, gif: Bool = false) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let isSequence = output.format?.pictureEnding != nil
            _ = try await Self.render(Self.edit(output, clear: true, sound: false), to: "out", in: folder)
            func pixel(frame: Int, _ x: Int, _ y: Int) throws -> [Int] {
                let number = "0000" + (frame + 1 < 10 ? "0" : "") + "\(frame + 1)"
                let ending = output.format?.pictureEnding ?? ""
                let path = folder + "/out" + (isSequence ? "/\(number).\(ending)" : "")
                // FFmpeg's own VP9 decoder ignores transparency; libvpx does not.
                let decoder = output.format == .webm ? ["-c:v", "libvpx-vp9"] : []
                let pick = isSequence ? "" : "select=eq(n\\,\(frame)),"
                let bytes = try run(
                    "ffmpeg",
                    ["-v", "error"] + decoder + [
                        "-i", path, "-vf", pick + "format=rgba,crop=1:1:\(x):\(y)", "-frames:v", "1", "-f", "rawvideo",
                        "-pix_fmt", "rgba", "-",
                    ])
                return bytes.map(Int.init)
            }
            #expect(try pixel(frame: 10, 3, 3)[3] == 0)
            #expect(try pixel(frame: 10, 80, 45)[3] == 255)
            let red = try pixel(frame: 40, 80, 45)
            if gif {
                #expect(red[3] == 255)  // GIF has no partial transparency
            } else {
                #expect(abs(red[3] - 128) <= 2, "\(red)")
                #expect(red[0] >= 250 && red[1] <= 8 && red[2] <= 8, "\(red)")  // straight alpha, not premultiplied
            }
        }
    }

    @Test(arguments: [false, true])
    func `an animation has every frame for its time`(clear: Bool) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            for name in ["out.gif", "out.webp"] {
                let report = try await Self.render(
                    Self.edit(Output(), clear: clear, sound: false), to: name, in: folder)
                #expect(report.video?.frames == 50)
            }
            let gif = try probe(folder + "/out.gif", stream: "v:0")
            #expect(gif["nb_read_frames"] == "50" && gif["duration"] == "2.000000")
            // FFmpeg 5.1 cannot read an animated WebP, so count its chunks; frames equal to the previous one are
            // merged.
            let webp = try Data(contentsOf: URL(fileURLWithPath: folder + "/out.webp"))
            let durations = webp.indices.dropLast(24).filter { webp[$0..<$0 + 4].elementsEqual("ANMF".utf8) }
                .map { Int(webp[$0 + 20]) | Int(webp[$0 + 21]) << 8 | Int(webp[$0 + 22]) << 16 }
            #expect(durations.count > 20 && durations.reduce(0, +) == 2000, "\(durations)")
            // Opaque files may also have alpha: pixels that do not change between frames are stored as transparent.
            if clear { #expect(webp[webp.startIndex + 20] & 0x10 != 0) }
        }
    }

    @Test func `a GIF's colours are chosen from all its pictures`() async throws {
        // Each second has its own colour, which a palette of only the first picture would lack.
        let colours = [Color(red: 200, green: 30, blue: 40), Color(red: 20, green: 180, blue: 60)]
        let edit = Edit(size: PixelSize(width: 32, height: 32), frameRate: 10) {
            Track { for colour in colours { ColorClip(colour, duration: .seconds(1)) } }
        }
        try await Fixtures.withTemporaryFolder { folder in
            _ = try await Self.render(edit, to: "out.gif", in: folder)
            let bytes = try run(
                "ffmpeg", ["-v", "error", "-i", folder + "/out.gif", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
            for (second, colour) in colours.enumerated() {
                let pixel = second * 10 * 32 * 32 * 3 + 600
                let found = bytes[pixel..<pixel + 3].map(Int.init)
                let wanted = [colour.red, colour.green, colour.blue].map(Int.init)
                for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= 4, "\(found) for \(wanted)") }
            }
        }
    }

    @Test(arguments: [
        (Output.Format.m4a, "aac"), (.mp3, "mp3"), (.opus, "opus"), (.flac, "flac"), (.wav, "pcm_s24le"),
    ])
    func `sound alone is as long as the timeline and as loud as the mix`(format: Output.Format, codec: String)
        async throws
    {
        try await Fixtures.withTemporaryFolder { folder in
            let name = "out." + format.rawValue
            let report = try await Self.render(Self.edit(Output()), to: name, in: folder)
            #expect(report.video == nil && report.audio?.samples == 96000)
            #expect(try probe(folder + "/" + name, stream: "a:0")["codec_name"] == codec)
            let found = try decodedSound(folder + "/" + name)
            #expect(abs(found.count / 2 - 96000) <= 2400)
            let peak = found.map(abs).max() ?? 0
            #expect(abs(Double(peak) - (report.audio?.peak ?? 0)) < 0.05)
            if format == .flac || format == .wav {
                let other = format == .flac ? "b.wav" : "b.flac"
                _ = try await Self.render(Self.edit(Output()), to: other, in: folder)
                #expect(try decodedSound(folder + "/" + other) == found)
            }
        }
    }

    @Test(arguments: ["mp4", "mov", "webm", "mkv", "m4a", "mp3"])
    func `tags and chapters are there`(ending: String) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let output = Output(
                tags: [.title: "Tïtle", .comment: "a; b = c"],
                chapters: [Output.Chapter("One", at: .zero), Output.Chapter("Two", at: .milliseconds(1500))])
            _ = try await Self.render(Self.edit(output), to: "out." + ending, in: folder)
            let text = String(
                decoding: try run(
                    "ffprobe",
                    ["-v", "error", "-show_chapters", "-show_format", "-of", "flat", folder + "/out." + ending]),
                as: UTF8.self)
            #expect(text.lowercased().contains("format.tags.title=\"tïtle\""))
            #expect(text.lowercased().contains("format.tags.comment=\"a; b = c\""))
            #expect(text.contains("chapters.chapter.0.tags.title=\"One\""))
            #expect(text.contains("chapters.chapter.1.tags.title=\"Two\""))
            #expect(text.contains("chapters.chapter.1.start_time=\"1.500000\""))
            #expect(text.contains("chapters.chapter.1.end_time=\"2.000000\""))
        }
    }

    @Test func `a folder with something in it is left alone`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/frames", withIntermediateDirectories: false)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/frames/note.txt"))
            let edit = Self.edit(Output(format: .png), sound: false)
            await #expect(throws: ComposeError.self) { try await Self.render(edit, to: "frames", in: folder) }
            #expect(try Fixtures.contents(of: folder + "/frames") == ["note.txt"])
            #expect(try Fixtures.contents(of: folder) == ["frames"])
        }
    }

    @Test(arguments: ["poster.jpg", "poster.png", "poster.webp", "poster.tif"])
    func `one frame is a picture of the kind its name says`(name: String) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try await Renderer().still(
                Self.edit(Output()), at: .milliseconds(500), in: Fixtures.folder, to: folder + "/" + name)
            let stream = try probe(folder + "/" + name, stream: "v:0")
            let codecs = ["poster.jpg": "mjpeg", "poster.png": "png", "poster.webp": "webp", "poster.tif": "tiff"]
            #expect(stream["codec_name"] == codecs[name])
            #expect(stream["width"] == "160" && stream["height"] == "90")
        }
    }

    @Test(arguments: ["png", "tif"])
    func `one frame keeps what is clear`(ending: String) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/poster." + ending
            try await Renderer().still(
                Self.edit(Output(format: .webm), clear: true), at: .milliseconds(1500), in: Fixtures.folder, to: path)
            let pixels = try run("ffmpeg", ["-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgba", "-"])
            func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(pixels[((y * 160 + x) * 4)..<((y * 160 + x) * 4 + 4)]) }
            #expect(pixel(4, 4)[3] == 0)
            #expect(abs(Int(pixel(80, 45)[3]) - 128) <= 1 && abs(Int(pixel(80, 45)[0]) - 255) <= 3)
        }
    }
}
