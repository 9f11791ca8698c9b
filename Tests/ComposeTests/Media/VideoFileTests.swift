// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

import Libav

@testable import Compose

/// What is wrong with videos is said before anything is rendered, or in the report.
struct VideoFileTests {
    private func problems(_ clip: VideoClip) async throws -> [String] {
        let edit = Edit(size: VideoTests.size, frameRate: 25) { Track { clip } }
        return await edit.problems(in: "/").map(\.description)
    }

    @Test func `a part that the file does not have is refused with what it has`() async throws {
        let made = try NumberedClips.shared()
        let src = made.path("b_frames.mp4")  // four seconds
        #expect(
            try await problems(VideoClip(src).trimmed(from: .seconds(4))) == [
                "tracks[0].clips[0].source.start: 4 s lies behind the end of \(src), which lasts 4 s"
            ])
        #expect(
            try await problems(VideoClip(src).trimmed(from: .seconds(3), duration: .seconds(1.5))) == [
                "tracks[0].clips[0].source.duration: 3 s + 1.5 s lies behind the end of \(src), which lasts 4 s; shorten it"
            ])
        #expect(
            try await problems(VideoClip(src, duration: .seconds(3)).speed(2)) == [
                "tracks[0].clips[0].duration: 3 s is longer than the rest of the video (2 s, which is 4 s at this speed); "
                    + "shorten it, set loop, or let a clip with \"freeze\": \"last\" follow"
            ])
        #expect(
            try await problems(VideoClip(src, duration: .seconds(1)).frozen(at: .at(.seconds(9)))) == [
                "tracks[0].clips[0].freeze: 9 s lies behind the end of \(src), which lasts 4 s"
            ])
        #expect(try await problems(VideoClip(src, duration: .seconds(9)).looping()) == [])
        #expect(try await problems(VideoClip(src, duration: .seconds(9)).frozen(at: .last)) == [])
    }

    @Test func `files without pictures, and files that are no video, are refused in words`() async throws {
        let made = try NumberedClips.shared()
        let refused: [(String, String)] = [
            (
                made.path("only_sound.mp4"),
                "has no pictures in it, or of a kind that is not decoded; use an audio clip for a sound"
            ),
            (made.path("no_index.mp4"), "cannot be opened as video (Invalid data found when processing input)"),
            (Fixtures.input("gradient.png"), "cannot be opened as video"),
            (made.path("clips.json"), "cannot be opened as video"),
            (made.folder, "is a folder; name a file in it"),
            (made.path("b_frame.mp4"), "does not exist (did you mean \(made.path("b_frames.mp4"))?)"),
        ]
        for (src, words) in refused {
            let found = try await problems(VideoClip(src))
            #expect(found.count == 1 && found[0].contains("tracks[0].clips[0].src: \(src) \(words)"), "\(found)")
        }
    }

    @Test func `a playlist cannot make a video clip read other files`() async throws {
        let made = try NumberedClips.shared()
        try await Fixtures.withTemporaryFolder { folder in
            let playlists = [
                (
                    "list.m3u8",
                    "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n\(made.path("h264.ts"))\n#EXT-X-ENDLIST\n"
                ),
                ("list.ffconcat", "ffconcat version 1.0\nfile \(made.path("b_frames.mp4"))\n"),
                ("list.mp4", "#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1:1/a.ts\n"),
            ]
            for (name, text) in playlists {
                try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
                let found = try await problems(VideoClip(folder + "/" + name))
                #expect(found.count == 1 && found[0].contains("cannot be opened as video"), "\(found)")
            }
        }
    }

    @Test func `the last good picture stays where a file is damaged, and the report says where`() async throws {
        let made = try NumberedClips.shared()
        for name in ["damaged.mp4", "damaged.ts", "cut_short.mp4", "cut_short.ts", "cut_short.mkv"] {
            let clip = try #require(made.clips[name])
            let edit = Edit(size: VideoTests.size, frameRate: 25) { Track { VideoClip(made.path(name)).fit(.fill) } }
            try await Fixtures.withTemporaryFolder { folder in
                let report = try await Renderer().render(edit, in: "/", to: folder + "/a.mp4").result
                let numbers = try decodedFrames(folder + "/a.mp4", width: 160, height: 96).map(\.number)
                // Every number is right, or is that of an earlier picture that stays. A decoder does not notice all damage,
                // so that a picture may be none.
                var last = 0
                for (index, number) in numbers.enumerated() {
                    let right = clip.number(at: Fraction(index, 25))
                    let isNoticed = name != "damaged.ts" || number != nil
                    #expect(number == right || number == last || !isNoticed, "\(name): frame \(index)")
                    last = number ?? last
                }
                let wrong = numbers.enumerated().filter { $1 != clip.number(at: Fraction($0, 25)) }.count
                let warning = report.warnings.first { $0.contains(name) }
                #expect((warning == nil) == (wrong == 0), "\(name): \(wrong) wrong, \(report.warnings)")
                if let warning {
                    #expect(warning.hasPrefix("tracks[0].clips[0].src: \(made.path(name)) is damaged "))
                    #expect(warning.contains("\(wrong) picture") || name == "damaged.ts")
                }
            }
        }
    }

    @Test func `a clip may ask for damage to fail the render`() async throws {
        let made = try NumberedClips.shared()
        var clip = VideoClip(made.path("damaged.mp4"))
        clip.onDamage = .fail
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Edit(size: VideoTests.size, frameRate: 25) { Track { clip } }
            let error = await #expect(throws: ComposeError.self) {
                _ = try await Renderer().render(edit, in: "/", to: folder + "/a.mp4").result
            }
            #expect(error?.code == .unreadableMedia)
            #expect(error?.description.contains("tracks[0].clips[0].src") == true, "\(String(describing: error))")
            #expect(error?.description.contains("the file is damaged at ") == true)
            let left = try Fixtures.contents(of: folder)
            #expect(left == [])
        }
    }

    @Test func `probing counts pictures and samples, whatever headers say`() async throws {
        let made = try NumberedClips.shared()
        for name in made.sound {
            let clip = try #require(made.clips[name])
            let media = try await MediaFile.probe(made.path(name))
            let pictures = try #require(media.pictures)
            #expect(media.kind == .video)
            #expect(pictures.count == clip.frames.count, "\(name)")
            #expect(abs((pictures.duration ?? 0) - clip.end.seconds) < 0.002, "\(name)")
        }
        let phone = try await MediaFile.probe(made.path("phone.mp4"))
        #expect(phone.pictures?.isVariable == true && phone.sound == nil)
        let turned = try await MediaFile.probe(made.path("turn90.mov"))
        #expect(turned.pictures.map { [$0.width, $0.height, $0.storedWidth, $0.orientation] } == [96, 160, 160, 6])
        let flashes = try await MediaFile.probe(made.path("flashes.mov"))
        #expect(flashes.sound?.samples == 480_000)
        #expect(try await MediaFile.probe(Fixtures.input("gradient.png")).kind == .picture)
        #expect(try await MediaFile.probe(Fixtures.input("tone.wav")).kind == .sound)
        let error = await #expect(throws: ComposeError.self) {
            try await MediaFile.probe(made.path("clips.json"))
        }
        #expect(error?.description.contains("is not a picture, a video or a sound of a kind that is known") == true)
    }

    @Test func `damaged videos neither crash nor hang`() async throws {
        let made = try NumberedClips.shared()
        let environment = ProcessInfo.processInfo.environment
        var random = RepeatableRandom(environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 3)
        try await Fixtures.withTemporaryFolder { folder in
            // FUZZ_ROUNDS asks for more, FUZZ_SEED for others.
            for round in 0..<(environment["FUZZ_ROUNDS"].flatMap { Int($0) } ?? 150) {
                let name = made.sound[random.next(below: made.sound.count)]
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: made.path(name))))
                let path = folder + "/\(round)." + (name.split(separator: ".").last.map(String.init) ?? "")
                try Data(random.damaged(bytes)).write(to: URL(fileURLWithPath: path))
                let edit = Edit(size: VideoTests.size, frameRate: 5) { Track { VideoClip(path) } }
                guard let plan = try? edit.makePlan(in: "/") else { continue }
                let frames = FrameQueue(plan)
                defer { frames.close() }
                for _ in 0..<min(plan.frameCount, 40) { guard (try? frames.next()) != nil else { break } }
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test func `a plan with videos is the same after it was written and read`() async throws {
        let made = try NumberedClips.shared()
        for name in made.sound {
            let edit = Edit(size: VideoTests.size, frameRate: 25) { Track { VideoClip(made.path(name)) } }
            let plan = try await edit.plan(in: "/")
            let read = try Plan(json: try plan.json())
            #expect(read.sources == plan.sources && read.spans == plan.spans && read.audio == plan.audio, "\(name)")
        }
    }

    @Test func `a file's cuts share its decoders, and few stay open`() throws {
        let made = try NumberedClips.shared()
        let src = made.path("long_gop.mp4")
        let clips = (0..<200).map { index in
            VideoClip(src).trimmed(from: .milliseconds(index * 37 % 300 * 50), duration: .milliseconds(80)).clip
        }
        let timeline = Timeline(size: VideoTests.size, frameRate: 25, tracks: [Track(clips: clips)])
        let plan = try Edit(timeline: timeline).makePlan(in: "/")
        let decoders = VideoDecoders()
        let media = MediaAccess(folder: "/", decoders: decoders)
        for (source, span) in zip(plan.sources, plan.spans) {
            let reader = try source.source.open(at: 0, from: media)
            for frame in 0..<span.frames.count { _ = try reader.picture(at: frame) }
            #expect(decoders.count == 1)
        }
        // Two clips of one file at once need two, and what was opened for them stays for the next ones.
        let both = [
            try plan.sources[0].source.open(at: 0, from: media), try plan.sources[1].source.open(at: 0, from: media),
        ]
        for reader in both { _ = try reader.picture(at: 0) }
        #expect(decoders.count == 2)
    }

    @Test func `segments of a long clip begin where its file has key frames`() throws {
        let made = try NumberedClips.shared()
        // 400 pictures at half speed: 32 s, with key frames every 250 pictures, at 20 s.
        let edit = Edit(size: VideoTests.size, frameRate: 25) {
            Track { VideoClip(made.path("long_gop.mp4")).speed(0.5) }
        }
        let segments = try edit.makePlan(in: "/").segments.map(\.frames)
        #expect(segments.map(\.lowerBound).contains(500))
        #expect(segments.allSatisfy { (100...250).contains($0.count) })
        #expect(segments.first?.lowerBound == 0 && segments.last?.upperBound == 800)
    }

    @Test func `times beyond all reason are refused, and hardly any time is a picture`() throws {
        let (early, late) = ([0, 300_000_000_000_000_000], [0, 4_000])
        #expect(VideoTimes(unit: (1, 1000), starts: early, keys: [0], end: early[1] + 40) == nil)
        #expect(VideoTimes(unit: (1, 1000), starts: late, keys: [0], end: 4_040) != nil)
        let made = try NumberedClips.shared()
        let moment = Duration(secondsComponent: 0, attosecondsComponent: 1_000)
        for (start, number) in [(Duration.seconds(1), 25), (.seconds(4) - moment, 99)] {
            let clip = VideoClip(made.path("b_frames.mp4"), duration: .seconds(1), fit: .fill)
                .trimmed(from: start, duration: moment).looping()
            let plan = try Edit(size: VideoTests.size, frameRate: 25) { Track { clip } }.makePlan(in: "/")
            let frames = FrameQueue(plan)
            defer { frames.close() }
            for _ in 0..<25 { #expect(Planes(try frames.next()).number == number) }
        }
    }

    @Test func `a loop of an animated speed moves below a layer, too`() throws {
        let made = try NumberedClips.shared()
        let clip = VideoClip(made.path("b_frames.mp4"), duration: .seconds(6), fit: .fill)
            .trimmed(from: .seconds(1), duration: .seconds(0.2)).looping().muted()
            .speed(.keyframes([Keyframe(.zero, 0.05), Keyframe(.seconds(2), 1, easing: .hold)]))
        func numbers(_ layer: [Track]) throws -> [Int?] {
            let timeline = Timeline(
                size: VideoTests.size, frameRate: 25, tracks: [Track(clips: [clip.clip])] + layer)
            let plan = try Edit(timeline: timeline).makePlan(in: "/")
            let frames = FrameQueue(plan)
            defer { frames.close() }
            return try (0..<plan.frameCount).map { _ in Planes(try frames.next()).number }
        }
        let box = ColorClip(.white, duration: .milliseconds(440)).starting(at: .seconds(4))
            .size(width: .pixels(20), height: .pixels(20)).position(x: .pixels(140), y: .pixels(80))
        let alone = try numbers([])
        #expect(try numbers([Track { box }]) == alone)
        #expect(Set(alone[100..<111].compactMap { $0 }) == [25, 26, 27, 28, 29])
    }

    @Test func `a file of few pictures is not shown beyond its end`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let src = folder + "/sparse.mp4"
            // Two pictures in a minute.
            _ = try run(
                "ffmpeg",
                ["-v", "error", "-f", "lavfi", "-i", "color=red:s=160x96:r=1/30:d=60", "-c:v", "libx264", src])
            let found = try await problems(VideoClip(src, duration: .seconds(61)))
            #expect(found.count == 1 && found[0].contains("is longer than the rest of the video (60 s)"), "\(found)")
            #expect(try await problems(VideoClip(src, duration: .seconds(60))) == [])
        }
    }

    @Test func `whether a video has sound is known once it was examined`() async throws {
        let made = try NumberedClips.shared()
        var silent = Edit(size: VideoTests.size, frameRate: 25) { Track { VideoClip(made.path("b_frames.mp4")) } }
        silent.output.format = .mp3
        let found = await silent.problems(in: "/").map(\.description)
        #expect(
            found == ["output.format: mp3 holds only sound, but the timeline has none: its videos are silent"])
        var sounding = Edit(size: VideoTests.size, frameRate: 25) { Track { VideoClip(made.path("flashes.mp4")) } }
        sounding.output.format = .mp3
        #expect(await sounding.problems(in: "/") == [])
        // A format without sound leaves out that of videos.
        for format in [Output.Format.gif, .webp] {
            sounding.output.format = format
            silent.output.format = format
            #expect(await sounding.problems(in: "/") == [])
            #expect(await silent.problems(in: "/") == [])
        }
    }

    @Test func `what is damaged is reported alike however many segments are made at once`() async throws {
        let made = try NumberedClips.shared()
        // Three times the damaged file, slowed down, so that several segments meet its damage.
        let clips = (0..<3).map { _ in VideoClip(made.path("damaged.mp4")).speed(0.25).muted().clip }
        let edit = Edit(
            timeline: Timeline(size: VideoTests.size, frameRate: 25, tracks: [Track(clips: clips)]))
        try await Fixtures.withTemporaryFolder { folder in
            var warnings: [[String]] = []
            for workers in [1, 2, 4] {
                let report = try await Renderer(segmentWorkers: workers)
                    .render(edit, in: "/", to: folder + "/\(workers).mp4").result
                #expect(report.video.map { $0.segments > 3 } == true)
                warnings.append(report.warnings)
            }
            #expect(warnings[0].count >= 1 && warnings[1] == warnings[0] && warnings[2] == warnings[0], "\(warnings)")
        }
    }

    @Test func `an estimate counts the decoding`() throws {
        let made = try NumberedClips.shared()
        func seconds(_ clip: any ClipValue) throws -> Double {
            let timeline = Timeline(size: VideoTests.size, frameRate: 25, tracks: [Track(clips: [clip.clip])])
            return try Edit(timeline: timeline).makePlan(in: "/").estimate(RenderRate(cpuSecondsPerMegapixel: 0))
                .cpuSeconds
        }
        let decoding =
            try seconds(VideoClip(made.path("b_frames.mp4"))) - seconds(ColorClip(.black, duration: .seconds(4)))
        #expect(abs(decoding - 100 * 0.008 * 160 * 96 / (1920 * 1080)) < 1e-6)
    }

    @Test func `high dynamic range is mapped to what a screen shows`() throws {
        let made = try NumberedClips.shared()
        for name in ["pq.mp4", "hlg.mp4"] {
            let plan = try Edit(size: VideoTests.size, frameRate: 25) {
                Track { VideoClip(made.path(name), fit: .fill) }
            }
            .makePlan(in: "/")
            #expect(plan.sources[0].description.contains("mapped to SDR"))
            let frames = FrameQueue(plan)
            defer { frames.close() }
            let shown = Planes(try frames.next())
            let cells = (0..<20).map { shown.luma($0 * 8 + 4, 4) }
            // The white cells are of 1,000 cd/m² or more, and the black ones black; greys have no colour.
            #expect(cells.max()! >= 230 && cells.min()! <= 20, "\(name) \(cells)")
            #expect(abs(shown.chroma(80, 60).u - 128) <= 2 && abs(shown.chroma(80, 60).v - 128) <= 2)
        }
    }
}
