// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

import Libav

@testable import Compose

/// Videos that are decoded in processes of their own: the same pictures, and no harm to the host.
@Suite(.serialized, .enabled(if: MediaDecoding.canIsolate))
struct IsolatedDecodingTests {
    private func open(_ path: String) throws -> VideoFile {
        try VideoFile(OpenFile(path), maxPixels: 1 << 20, isolated: true)
    }

    @Test func `times and pictures are the same as in the calling process`() throws {
        let made = try NumberedClips.shared()
        for name in made.clips.keys.sorted() {
            let (alone, here) = (
                try open(made.path(name)), try VideoFile(OpenFile(made.path(name)), maxPixels: 1 << 20)
            )
            #expect(alone.process > 0 && here.process == 0)
            #expect(alone.info == here.info, "\(name)")
            let times = try open(made.path(name)).listTimes(atMost: 10_000)
            let list = try VideoFile(OpenFile(made.path(name)), maxPixels: 1 << 20).listTimes(atMost: 10_000)
            #expect(times == list && !times.isEmpty, "\(name)")
            let copy = PictureCopy(
                original: VideoTests.size, orientation: .upright, hasAlpha: here.info.hasAlpha, color: .sRGB,
                region: .init(left: 0, top: 0, width: 160, height: 96), size: VideoTests.size, blur: 0)
            for index in [0, times.count / 2, times.count / 3, times.count - 1] {
                let found = (try alone.find(times[index].time), try here.find(times[index].time))
                #expect(found.0 == found.1, "\(name)")
                let copier = try PictureCopier(copy)
                let frames = (try copier.frame(of: alone.picture()), try copier.frame(of: here.picture()))
                #expect(Planes(frames.0).planes == Planes(frames.1).planes, "\(name), picture \(index)")
            }
        }
    }

    @Test func `the process is locked, and has its file and the shared memory alone`() throws {
        let made = try NumberedClips.shared()
        let video = try open(made.path("b_frames.mp4"))
        _ = try video.find(0)
        let place = "/proc/\(video.process)"
        let status = try String(contentsOfFile: place + "/status", encoding: .utf8)
        // A sanitizer opens files of its own, so such a process is not locked.
        if ProcessInfo.processInfo.environment["ASAN_OPTIONS"] == nil {
            #expect(status.contains("NoNewPrivs:\t1") && status.contains("Seccomp:\t2"), "\(status)")
            // Descriptors 3 and 4, and the demuxer's own of the same file.
            let open = (try? FileManager.default.contentsOfDirectory(atPath: place + "/fd")) ?? []
            #expect(open.count <= 3, "\(open)")
        }
        // It looks every second whether the host is still there, also while a decoder does not return.
        func signals(_ name: String) -> UInt64 {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
            return line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
        }
        let alarm: UInt64 = 1 << (14 - 1)
        #expect(signals("SigBlk:") & alarm == 0 && signals("SigCgt:") & alarm != 0, "\(status)")
    }

    @Test func `a process that dies is an error of its file, and others go on`() throws {
        let made = try NumberedClips.shared()
        let (first, second) = (try open(made.path("b_frames.mp4")), try open(made.path("h264.ts")))
        #expect(try first.find(0) == 0)
        let picture = try first.picture()
        kill(first.process, SIGKILL)
        let error = #expect(throws: LibavError.self) { while true { _ = try first.find(30_000) } }
        #expect(error?.message.contains("the process that decodes it has ended") == true)
        #expect(error?.log?.contains("signal 9") == true, "\(String(describing: error))")
        #expect(throws: LibavError.self) { try first.picture() }
        // A picture that was taken before stays.
        #expect(picture.width == 160)
        #expect(try second.find(0) != nil && second.picture().width == 160)
    }

    @Test func `a process that does not answer is an error of its file`() throws {
        let made = try NumberedClips.shared()
        let video = try open(made.path("b_frames.mp4"))
        let process = video.process
        VideoFile.limitIsolated(milliseconds: 500)
        defer { VideoFile.limitIsolated(milliseconds: 60_000) }
        kill(process, SIGSTOP)
        let error = #expect(throws: LibavError.self) { try video.find(0) }
        #expect(error?.message == "the process that decodes it did not answer in time")
        #expect(kill(process, 0) != 0)  // it was ended and waited for
    }

    @Test func `an edit renders to the same bytes, and leaves no process behind`() async throws {
        let made = try NumberedClips.shared()
        let edit = Edit(size: VideoTests.size, frameRate: 30) {
            Track {
                VideoClip(made.path("long_gop.mp4"))
                Transition(.fade, .seconds(0.5))
                VideoClip(made.path("hlg.mp4")).speed(0.5)
                VideoClip(made.path("alpha.mov")).reversed()
                VideoClip(made.path("interlaced.ts"))
            }
        }
        try await Fixtures.withTemporaryFolder { folder in
            var written: [Data] = []
            for decoding in MediaDecoding.allCases {
                let path = folder + "/\(decoding).mp4"
                _ = try await Renderer(decoding: decoding).render(edit, in: "/", to: path).result
                written.append(try Data(contentsOf: URL(fileURLWithPath: path)))
            }
            #expect(written[0] == written[1])
        }
    }

    @Test func `the same files are refused, in the same words`() async throws {
        let made = try NumberedClips.shared()
        for name in ["only_sound.mp4", "no_index.mp4", "clips.json", "missing.mp4"] {
            let edit = Edit(size: VideoTests.size, frameRate: 25) { Track { VideoClip(made.path(name)) } }
            let alone = await edit.problems(in: "/", decoding: .isolated)
            #expect(alone == (await edit.problems(in: "/")) && !alone.isEmpty)
        }
    }

    @Test func `damaged videos harm neither the process nor the host`() async throws {
        let made = try NumberedClips.shared()
        var random = RepeatableRandom(31)
        try await Fixtures.withTemporaryFolder { folder in
            for round in 0..<40 {
                let name = made.sound[random.next(below: made.sound.count)]
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: made.path(name))))
                let path = folder + "/\(round)." + (name.split(separator: ".").last.map(String.init) ?? "")
                try Data(random.damaged(bytes)).write(to: URL(fileURLWithPath: path))
                let edit = Edit(size: VideoTests.size, frameRate: 5) { Track { VideoClip(path).muted() } }
                guard let plan = try? edit.makePlan(in: "/", decoding: .isolated) else { continue }
                let frames = FrameQueue(plan)
                defer { frames.close() }
                for _ in 0..<min(plan.frameCount, 20) { guard (try? frames.next()) != nil else { break } }
            }
        }
    }
}
