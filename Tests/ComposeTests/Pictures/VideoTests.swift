// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

import Libav

@testable import Compose

/// Video clips show exactly the pictures that their files have at a time.
@Suite(.serialized)
struct VideoTests {
    static let size = PixelSize(width: 160, height: 96)
    static let rates: [FrameRate] = [24, 25, 30, 50, 60, FrameRate(30000, 1001)]

    /// Returns the number shown in every frame of an edit of clips, composed but not encoded.
    private func numbers(_ clips: [VideoClip], rate: FrameRate, size: PixelSize = size) throws -> [Int?] {
        let track = Track(clips: clips.map { $0.fit(.fill).muted().clip })
        let edit = Edit(timeline: Timeline(size: size, frameRate: rate, tracks: [track]))
        let plan = try edit.makePlan(in: "/")
        let frames = FrameQueue(plan)
        defer { frames.close() }
        var last: (frame: Frame, number: Int?)?
        return try (0..<plan.frameCount).map { _ in
            let frame = try frames.next()
            if let last, last.frame === frame { return last.number }
            let number = Planes(frame).number
            last = (frame, number)
            return number
        }
    }

    @Test(arguments: rates)
    func `every frame shows the last picture that begins at or before it`(rate: FrameRate) throws {
        let made = try NumberedClips.shared()
        var compared = 0
        for name in made.sound {
            let clip = try #require(made.clips[name])
            guard clip.turn == nil || clip.turn == "turn0" else { continue }
            let shown = try numbers([VideoClip(made.path(name))], rate: rate)
            let length = clip.end.seconds * Double(rate.numerator) / Double(rate.denominator)
            #expect(abs(Double(shown.count) - length) <= 1.01, "\(name)")
            for (index, number) in shown.enumerated() {
                let time = Fraction(index * rate.denominator, rate.numerator)
                let slack = clip.tolerance ?? Fraction(0)
                let right = [time - slack, time, time + slack].map { clip.number(at: $0) }
                #expect(
                    number.map(right.contains) == true, "\(name) shows \(number ?? -1) in frame \(index), not \(right)")
                compared += 1
            }
        }
        #expect(compared > 4000)
    }

    @Test func `a picture is found at any time in any order`() throws {
        let made = try NumberedClips.shared()
        var random = RepeatableRandom(19)
        for name in made.sound {
            let clip = try #require(made.clips[name])
            guard clip.turn == nil, clip.tolerance == nil else { continue }
            let file = try VideoFile(OpenFile(made.path(name)), maxPixels: 1 << 20)
            let info = file.info
            for _ in 0..<30 {
                let index = random.next(below: clip.frames.count)
                let start = clip.frames[index].time
                let next = index + 1 < clip.frames.count ? clip.frames[index + 1].time : clip.end
                let within = start + (next - start) * Fraction(random.next(below: 1000), 1000)
                let units = (within.seconds * Double(info.unitDenominator) / Double(info.unitNumerator) + 1e-6)
                #expect(try file.find(Int(units.rounded(.down))) != nil)
                let copier = try PictureCopier(
                    PictureCopy(
                        original: Self.size, orientation: .upright, hasAlpha: false, color: .sRGB,
                        region: .init(left: 0, top: 0, width: 160, height: 96), size: Self.size, blur: 0))
                let frame = try copier.frame(of: file.picture())
                #expect(Planes(frame).number == clip.frames[index].number, "\(name) at \(within.seconds)")
            }
        }
    }

    @Test func `cuts, speeds, directions, loops and single pictures are exact`() throws {
        let made = try NumberedClips.shared()
        var random = RepeatableRandom(7)
        let names = made.sound.filter { name in
            made.clips[name].map { $0.turn == nil && $0.tolerance == nil && $0.interlaced == nil } ?? false
        }
        var compared = 0
        for _ in 0..<60 {
            let rate = Self.rates[random.next(below: Self.rates.count)]
            var clips: [VideoClip] = []
            var expected: [Int] = []
            var cursor = Fraction(0)
            for _ in 0..<3 {
                let name = names[random.next(below: names.count)]
                guard let (clip, length, number) = variation(of: name, made, &random) else { continue }
                func frame(_ time: Fraction) -> Int {
                    let exact = time * Fraction(rate.numerator, rate.denominator)
                    return (exact.numerator + exact.denominator - 1) / exact.denominator
                }
                let first = frame(cursor)
                cursor = cursor + length
                guard frame(cursor) > first else { continue }
                clips.append(clip)
                expected += (0..<frame(cursor) - first).map {
                    number(Fraction($0 * rate.denominator, rate.numerator))
                }
            }
            guard !clips.isEmpty else { continue }
            let shown = try numbers(clips, rate: rate)
            #expect(shown == expected, "\(rate): \(clips)")
            compared += shown.count
        }
        #expect(compared > 5000)
    }

    /// Returns a clip of a part of a file, its length, and the number that it shows at a time.
    private func variation(
        of name: String, _ made: NumberedClips, _ random: inout RepeatableRandom
    ) -> (VideoClip, Fraction, (Fraction) -> Int)? {
        guard let truth = made.clips[name] else { return nil }
        let hundredths = Int(truth.end.seconds * 100)
        let start = Fraction(random.next(below: hundredths * 7 / 10 + 1), 100)
        let rest = truth.end - start
        let part = min(rest, Fraction(5 + random.next(below: 196), 100))
        var clip = VideoClip(made.path(name)).trimmed(from: start.duration, duration: part.duration)
        let end = start + part
        func played(_ source: Fraction) -> Int {
            source < end ? truth.number(at: source) : truth.number(at: end, before: true)
        }
        switch random.next(below: 6) {
        case 0: return (clip, part, { played(start + $0) })
        case 1:
            let (times, of) = [(2, 1), (1, 2), (5, 4), (10, 1), (3, 10)][random.next(below: 5)]
            clip.speed = .constant(Double(times) / Double(of))
            return (clip, part * Fraction(of, times), { played(start + $0 * Fraction(times, of)) })
        case 2:
            clip.reverse = true
            return (clip, part, { time in time < part ? truth.number(at: end - time, before: true) : played(start) })
        case 3:
            clip.loop = true
            let length = part * Fraction(7, 3)
            clip.visual.duration = length.duration
            return (
                clip, length,
                { time in
                    var time = time
                    while time >= part { time = time - part }
                    return played(start + time)
                }
            )
        case 4:
            clip.freeze = .last
            clip.visual.duration = .seconds(1)
            return (clip, Fraction(1), { _ in truth.number(at: end, before: true) })
        default:
            let middle = start + part * Fraction(1, 2)
            clip.freeze = .at(middle.duration)
            clip.visual.duration = .seconds(1)
            return (clip, Fraction(1), { _ in truth.number(at: middle) })
        }
    }

    @Test func `an animated speed shows the pictures of its integral`() throws {
        let made = try NumberedClips.shared()
        // From half to twice the speed in two seconds: after t, 0.5 t + 0.375 t² is played; then 2.5 s + 2 (t − 2).
        let clip = VideoClip(made.path("long_gop.mp4"), duration: .seconds(4))
            .speed(.keyframes([Keyframe(.zero, 0.5), Keyframe(.seconds(2), 2)]))
        let shown = try numbers([clip], rate: 30)
        for (index, number) in shown.enumerated() {
            let time = Double(index) / 30
            let source = time < 2 ? 0.5 * time + 0.375 * time * time : 2.5 + 2 * (time - 2)
            #expect(number == Int(source * 25 + 1e-6), "frame \(index)")
        }
        #expect(shown.count == 120)
    }

    @Test(arguments: ["turn0", "turn90", "turn180", "turn270", "mirror", "upside_down", "transpose", "transverse"])
    func `pictures are shown as their file says they are to be turned`(turn: String) throws {
        let made = try NumberedClips.shared()
        let isSideways = !["turn0", "turn180", "mirror", "upside_down"].contains(turn)
        let size = isSideways ? PixelSize(width: 96, height: 160) : Self.size
        let edit = Edit(size: size, frameRate: 30) { Track { VideoClip(made.path(turn + ".mov")).muted() } }
        let plan = try edit.makePlan(in: "/")
        let frames = FrameQueue(plan)
        defer { frames.close() }
        let shown = Planes(try frames.next())
        // Where the file's matrix moves a pixel of the stored picture to.
        func place(_ x: Int, _ y: Int) -> (Int, Int) {
            switch turn {
            case "turn90": (95 - y, x)
            case "turn180": (159 - x, 95 - y)
            case "turn270": (y, 159 - x)
            case "mirror": (159 - x, y)
            case "upside_down": (x, 95 - y)
            case "transpose": (y, x)
            case "transverse": (95 - y, 159 - x)
            default: (x, y)
            }
        }
        var stored: [UInt8] = []
        for y in 0..<96 {
            for x in 0..<160 {
                let (column, row) = place(x, y)
                stored.append(UInt8(shown.luma(column, row)))
            }
        }
        let grey = [UInt8](repeating: 128, count: 160 * 96 / 2)
        #expect(Planes(raw: stored + grey, width: 160, height: 96).number == 0)
    }

    @Test func `pixels that are not square are made so`() throws {
        let made = try NumberedClips.shared()
        // 120 × 96 of 4:3 fill 160 × 96 exactly, so that nothing of the border is seen.
        let edit = Edit(size: Self.size, frameRate: 25, background: .white) {
            Track { VideoClip(made.path("sar.mp4"), fit: .contain).muted() }
        }
        let plan = try edit.makePlan(in: "/")
        let frames = FrameQueue(plan)
        defer { frames.close() }
        let shown = Planes(try frames.next())
        #expect(shown.number == 0)
        #expect(plan.sources[0].description.contains("160.00x96.00+0.00+0.00 → 160x96"))
    }

    @Test(arguments: ["alpha.webm", "alpha.mov"])
    func `transparent pictures stay so`(name: String) throws {
        let made = try NumberedClips.shared()
        let edit = Edit(size: Self.size, frameRate: 25, background: .white) {
            Track { VideoClip(made.path(name), fit: .fill).muted() }
        }
        let plan = try edit.makePlan(in: "/")
        let frames = FrameQueue(plan)
        defer { frames.close() }
        let shown = Planes(try frames.next())
        // The cells of the bar code: black at the left is black; at the right a quarter of it covers white.
        let (left, right) = (shown.luma(76, 13), shown.luma(100, 13))
        let cells = (0..<20).map { shown.luma($0 * 8 + 4, 13) }
        #expect(cells[0..<10].min()! < 30 && cells[10..<20].min()! > 150, "\(cells) \(left) \(right)")
    }

    /// Copies a clip with the tags of the working format, cropped on the left by some columns of what is stored.
    private func tagged(_ folder: String, cropped columns: Int = 0) throws -> String {
        let (path, made) = (folder + "/tagged\(columns).mp4", try NumberedClips.shared())
        let tags = "matrix_coefficients=1:chroma_sample_loc_type=0:crop_left=\(columns)"
        _ = try run(
            "ffmpeg",
            [
                "-v", "error", "-i", made.path("b_frames.mp4"), "-vf",
                "pad=\(160 + columns):96:\(columns):0,setparams=colorspace=bt709:range=tv", "-c:v", "libx264", "-bsf:v",
                "h264_metadata=" + tags, path,
            ])
        return path
    }

    /// With ten columns cropped, rows do not begin where vector instructions need them to.
    @Test(arguments: [0, 10])
    func `a clip of the canvas' size is shown as it was decoded`(cropped: Int) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = try tagged(folder, cropped: cropped)
            let edit = Edit(size: Self.size, frameRate: 25) { Track { VideoClip(path).muted() } }
            let plan = try edit.makePlan(in: "/")
            let decoded = try decodedFrames(path, width: 160, height: 96)
            let frames = FrameQueue(plan)
            defer { frames.close() }
            for picture in decoded { #expect(Planes(try frames.next()).planes == picture.planes) }
            #expect(decoded.count == plan.frameCount)
            // Encoders that take other formats convert the very frames of the decoder.
            for output in [
                Output(format: .mov, video: VideoSettings(codec: .prores)), Output(format: .gif),
                Output(format: .mkv, video: VideoSettings(codec: .hevc, pixelFormat: .yuv420p10)),
            ] {
                var other = edit
                other.output = output
                let target = folder + "/other.\(output.format?.rawValue ?? "")"
                _ = try await Renderer().render(other, in: "/", to: target).result
                let numbers = try decodedFrames(target, width: 160, height: 96).map(\.number)
                #expect(numbers.contains(0) && numbers.contains(99), "\(output.format?.rawValue ?? "")")
            }
        }
    }

    @Test func `a picture that is shown again is the same frame, and one that stays is held`() throws {
        let made = try NumberedClips.shared()
        let plan = try Edit(size: Self.size, frameRate: 50) { Track { VideoClip(made.path("b_frames.mp4")).muted() } }
            .makePlan(in: "/")
        let frames = FrameQueue(plan)
        defer { frames.close() }
        let all = try (0..<plan.frameCount).map { _ in try frames.next() }
        for index in all.indices.dropFirst() { #expect((all[index] === all[index - 1]) == (index % 2 == 1)) }
        // In the screen recording a picture stays for three seconds.
        let screen = try Edit(size: Self.size, frameRate: 30) { Track { VideoClip(made.path("screen.mp4")).muted() } }
            .makePlan(in: "/")
        #expect(screen.foldedFrameCount > 85)
    }

    @Test func `the bytes do not depend on how many segments are made at once`() async throws {
        let made = try NumberedClips.shared()
        let edit = Edit(size: Self.size, frameRate: 30) {
            Track {
                VideoClip(made.path("long_gop.mp4")).speed(0.5)
                Transition(.fade, .seconds(0.5))
                VideoClip(made.path("open_gop.mp4"))
                VideoClip(made.path("flashes.ts")).trimmed(from: .seconds(1), duration: .seconds(6))
            }
        }
        try await Fixtures.withTemporaryFolder { folder in
            var written: [Data] = []
            for parallel in [1, 3] {
                let path = folder + "/\(parallel).mp4"
                let report = try await Renderer(segmentWorkers: parallel).render(edit, in: "/", to: path).result
                #expect(report.video.map { $0.segments > 2 } == true)
                written.append(try Data(contentsOf: URL(fileURLWithPath: path)))
            }
            #expect(written[0] == written[1])
        }
    }
}
