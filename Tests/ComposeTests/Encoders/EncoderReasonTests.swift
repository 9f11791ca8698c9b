// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose
@testable import Encoders

/// Every reason not to use an encoder, provoked.
@Suite(.serialized)
struct EncoderReasonTests {
    private static func search(
        _ encoder: VideoSettings.EncoderChoice, codec: VideoSettings.Codec = .h264, device: String? = nil,
        size: Int = 256, options: VideoSettings.Options = VideoSettings.Options()
    ) -> [EncoderReason] {
        let settings = VideoSettings(codec: codec, encoder: encoder, device: device, speed: .medium, options: options)
        var search = EncoderSearch(
            EncoderRequest(settings, width: size, height: size, rate: Encoder.Rate(30, 1)))
        let opened = search.next()
        #expect(opened == nil)
        return search.rejected.map(\.reason)
    }

    private static func expect(_ reasons: [EncoderReason], _ code: String) {
        #expect(reasons.map(\.code) == [code], "\(reasons)")
    }

    private static func render(to path: String, _ encoder: VideoSettings.EncoderChoice = .automatic) async throws
        -> Report
    {
        let edit = Edit(
            size: PixelSize(width: 256, height: 256), frameRate: 25,
            output: Output(video: VideoSettings(encoder: encoder))
        ) {
            Track { ImageClip("inputs/gradient.png", duration: .seconds(4)).motion(.zoom(to: 1.3)) }
        }
        return try await Renderer().render(edit, in: Fixtures.folder, to: path).result
    }

    @Test(.enabled(if: !Library.loads("libcuda.so.1"), "NVIDIA's driver is installed here"))
    func `without NVIDIA's driver the reason is that there is none`() {
        Self.expect(Self.search(.nvenc), "noDriver")
    }

    @Test
    func `a driver that does not start is none`() async {
        await #expect(processExitsWith: .success) {
            StandIn.vaapi(["VA_INIT": "fail"])
            Self.expect(Self.search(.vaapi, device: StandIn.node), "noDriver")
        }
    }

    @Test
    func `a render node that does not exist is no device`() {
        Self.expect(Self.search(.vaapi, device: "/dev/dri/renderD999"), "noDevice")
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice), arguments: [["CUDA_INIT": "100"], ["CUDA_DEVICES": "0"]])
    func `a driver without a GPU is no device`(setup: [String: String]) async {
        await #expect(processExitsWith: .success) { [setup] in
            StandIn.nvidia(setup)
            Self.expect(Self.search(.nvenc), "noDevice")
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a GPU that is not there is no device`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["CUDA_DEVICES": "2"])
            Self.expect(Self.search(.nvenc, device: "2"), "noDevice")
        }
    }

    @Test
    func `a render node of somebody else's is no permission`() async {
        await #expect(processExitsWith: .success) {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("node-\(UUID().uuidString)").path
            #expect(FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0]))
            defer { unsafe unlink(path) }
            // Root may open any file.
            if getuid() == 0 { #expect(setuid(65534) == 0) }
            Self.expect(Self.search(.vaapi, device: path), "noPermission")
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a GPU without NVENC, as data centres have, has no encoder`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_OPEN": "2"])
            Self.expect(Self.search(.nvenc), "noEncoderOnGPU")
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a driver that only decodes has no encoder`() async {
        await #expect(processExitsWith: .success) {
            StandIn.vaapi(["VA_ENTRYPOINT": "none"])
            Self.expect(Self.search(.vaapi, device: StandIn.node), "noEncoderOnGPU")
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice), arguments: ["10", "21"])
    func `both ways the driver says that there are too many sessions are understood`(status: String) async {
        await #expect(processExitsWith: .success) { [status] in
            StandIn.nvidia(["NV_OPEN": status])
            Self.expect(Self.search(.nvenc), "sessionLimit")
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a limit of our own is kept, and given back when encoders are let go of`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia()
            NVENCSessions.limit = 1
            let settings = VideoSettings(codec: .h264, encoder: .nvenc)
            let request = EncoderRequest(settings, width: 256, height: 256, rate: Encoder.Rate(30, 1))
            do {
                var first = EncoderSearch(request)
                let opened = try #require(next(&first))
                #expect(NVENCSessions.open == 1)
                Self.expect(Self.search(.nvenc), "sessionLimit")
                withExtendedLifetime(opened) {}
            }
            #expect(NVENCSessions.open == 0)
            var again = EncoderSearch(request)
            #expect(next(&again) != nil)
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a driver too old says which is needed and which is there`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_VERSION": "10.0"])
            let reasons = Self.search(.nvenc)
            guard case .driverTooOld(let required, let found)? = reasons.first else {
                Issue.record("\(reasons)")
                return
            }
            #expect(found == "10.0" && required.contains(".") && required != found)
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `what a GPU does not make is not supported`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_CODECS": "hevc"])
            StandIn.vaapi(["VA_CODECS": "hevc"])
            Self.expect(Self.search(.nvenc), "unsupported")
            Self.expect(Self.search(.vaapi, device: StandIn.node), "unsupported")
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `B-frames that were asked for and cannot be had are not supported`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_WITHOUT": "bframes"])
            Self.expect(Self.search(.nvenc, options: VideoSettings.Options(bFrames: 2)), "unsupported")
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `pictures too small or too large for a GPU are out of range`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_MAX": "1024"])
            StandIn.vaapi(["VA_MAX": "1024"])
            Self.expect(Self.search(.nvenc, size: 64), "sizeOutOfRange")
            Self.expect(Self.search(.nvenc, size: 2048), "sizeOutOfRange")
            Self.expect(Self.search(.vaapi, device: StandIn.node, size: 2048), "sizeOutOfRange")
        }
    }

    @Test
    func `pictures too small for SVT-AV1 are out of range`() {
        Self.expect(Self.search(.svtav1, codec: .av1, size: 32), "sizeOutOfRange")
    }

    private static let missing = Backend.allCases.flatMap { backend in backend.codecs.map { (backend, $0) } }
        .first { $0.0.isHardware && !Library.hasEncoder($0.0.encoderName(for: $0.1)) }

    @Test(.enabled(if: Self.missing != nil, "this FFmpeg has every encoder"))
    func `an encoder that FFmpeg was built without is named`() throws {
        let (backend, codec) = try #require(Self.missing)
        let choice = try #require(VideoSettings.EncoderChoice(rawValue: backend.rawValue))
        let reasons = Self.search(choice, codec: codec)
        #expect(reasons == [.notInThisBuild(encoder: backend.encoderName(for: codec))])
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a failure with words nobody knows is passed on`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_INIT": "20"])
            let reasons = Self.search(.nvenc)
            Self.expect(reasons, "failed")
            #expect(reasons[0].description.contains("generic error"))
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `what a GPU lacks is left out one by one, and reported`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_WITHOUT": "bframes,temporalaq"])
            let settings = VideoSettings(codec: .h264, encoder: .nvenc, speed: .medium)
            var search = EncoderSearch(
                EncoderRequest(settings, width: 256, height: 256, rate: Encoder.Rate(30, 1)))
            let opened = try #require(next(&search))
            #expect(opened.chosen.notes.count == 2, "\(opened.chosen.notes)")
            #expect(opened.chosen.notes.contains { $0.contains("B-frames") })
            #expect(opened.chosen.notes.contains { $0.contains("temporal AQ") })
            #expect(opened.chosen.settings.contains("rc-lookahead=20"))
        }
    }

    @Test(
        .enabled(if: StandIn.exist, StandIn.advice),
        arguments: [("cqp", "rc_mode=CQP"), ("vbr,cqp", "rc_mode=VBR"), ("icq,vbr,cqp", "rc_mode=ICQ")])
    func `VA-API takes the best way to control the rate that the driver has`(has: String, taken: String) async {
        await #expect(processExitsWith: .success) { [has, taken] in
            StandIn.vaapi(["VA_RC": has])
            let settings = VideoSettings(codec: .h264, encoder: .vaapi, device: StandIn.node)
            var search = EncoderSearch(
                EncoderRequest(settings, width: 256, height: 256, rate: Encoder.Rate(30, 1)))
            let opened = try #require(next(&search))
            #expect(opened.chosen.settings.contains(taken), "\(opened.chosen.settings)")
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice), arguments: [1, 3, 4, 6])
    func `NVENC takes key frames as close together as they are asked for`(interval: Int) async {
        await #expect(processExitsWith: .success) { [interval] in
            StandIn.nvidia()
            let settings = VideoSettings(
                codec: .h264, encoder: .nvenc, speed: .medium, keyframeInterval: .seconds(interval) / 10)
            var search = EncoderSearch(EncoderRequest(settings, width: 256, height: 256, rate: Encoder.Rate(10, 1)))
            let opened = search.next()
            #expect(opened != nil, "\(search.rejected)")
        }
    }

    @Test func `more B-frames than a preset looks ahead make x265 look further`() {
        for (speed, options) in [
            (VideoSettings.Speed.veryfast, VideoSettings.Options(bFrames: 16)),
            (.ultrafast, VideoSettings.Options(bFrames: 5)), (.slower, VideoSettings.Options(lookahead: 5)),
            (.veryfast, VideoSettings.Options(tune: .animation, lookahead: 1)),
        ] {
            let settings = VideoSettings(codec: .hevc, encoder: .x265, speed: speed, options: options)
            var search = EncoderSearch(EncoderRequest(settings, width: 256, height: 256, rate: Encoder.Rate(30, 1)))
            let opened = search.next()
            #expect(opened != nil, "\(speed) \(options): \(search.rejected)")
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `two GPUs are tried in order, or the one that was asked for`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["CUDA_DEVICES": "2"])
            func device(_ name: String?) throws -> String? {
                let settings = VideoSettings(codec: .h264, encoder: .nvenc, device: name)
                var search = EncoderSearch(
                    EncoderRequest(settings, width: 256, height: 256, rate: Encoder.Rate(30, 1)))
                return try #require(next(&search)).chosen.device
            }
            let devices = [try device(nil), try device("1")]
            #expect(devices == ["0", "1"])
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a render that loses NVENC at frame 40 ends as a whole render on the CPU`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_FAIL_AT": "40"])
            try await Fixtures.withTemporaryFolder { folder in
                let report = try await Self.render(to: folder + "/out.mp4")
                let video = try #require(report.video)
                #expect(video.encoder == "x264" && video.frames == 100)
                guard case .failedMidStream(let frame, _)? = video.rejected.first?.reason else {
                    Issue.record("\(video.rejected)")
                    return
                }
                #expect((40...45).contains(frame))
                #expect(video.reason.contains("nvenc on 0: failed at frame"))
                let names = try Fixtures.contents(of: folder)
                #expect(names == ["out.mp4"])
                // The result has the same bytes as a render that never used a GPU.
                _ = try await Self.render(to: folder + "/cpu.mp4", .software)
                let files = try ["out", "cpu"].map { try Data(contentsOf: URL(filePath: "\(folder)/\($0).mp4")) }
                #expect(files[0] == files[1])
                #expect(try probe(folder + "/out.mp4", stream: "v:0")["nb_read_frames"] == "100")
            }
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a folder of files is begun again too`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_FAIL_AT": "40"])
            try await Fixtures.withTemporaryFolder { folder in
                let edit = Edit(
                    size: PixelSize(width: 256, height: 256), frameRate: 25, output: Output(format: .hls)
                ) {
                    Track { ImageClip("inputs/gradient.png", duration: .seconds(4)).motion(.zoom(to: 1.3)) }
                }
                let report = try await Renderer().render(edit, in: Fixtures.folder, to: folder + "/stream").result
                #expect(report.video?.encoder == "x264" && report.video?.frames == 100)
                #expect(try Fixtures.contents(of: folder) == ["stream"])
                #expect(try probe(folder + "/stream/index.m3u8", stream: "v:0")["nb_read_frames"] == "100")
            }
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a render that loses its only permitted encoder fails, and leaves nothing`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_FAIL_AT": "40"])
            try await Fixtures.withTemporaryFolder { folder in
                do {
                    _ = try await Self.render(to: folder + "/out.mp4", .nvenc)
                    Issue.record("it was rendered")
                } catch let error as ComposeError {
                    #expect(error.code == .encoderUnavailable)
                    #expect(error.description.contains("failed at frame 4"), "\(error)")
                }
                #expect(try Fixtures.contents(of: folder).isEmpty)
            }
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a render that meets the session limit at its start ends on the CPU`() async {
        await #expect(processExitsWith: .success) {
            StandIn.nvidia(["NV_SESSIONS": "0"])
            try await Fixtures.withTemporaryFolder { folder in
                let report = try await Self.render(to: folder + "/out.mp4")
                #expect(report.video?.encoder == "x264" && report.video?.frames == 100)
                #expect(report.video?.rejected.first?.reason.code == "sessionLimit")
            }
        }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice))
    func `a VA-API driver that fails in mid-stream is left for the CPU`() async {
        await #expect(processExitsWith: .success) {
            StandIn.vaapi(["VA_FAIL_AT": "30"])
            try await Fixtures.withTemporaryFolder { folder in
                let edit = Edit(
                    size: PixelSize(width: 256, height: 256), frameRate: 25,
                    output: Output(video: VideoSettings(device: StandIn.node))
                ) {
                    Track { ImageClip("inputs/gradient.png", duration: .seconds(4)).motion(.zoom(to: 1.3)) }
                }
                let report = try await Renderer().render(edit, in: Fixtures.folder, to: folder + "/out.mp4").result
                #expect(report.video?.encoder == "x264" && report.video?.frames == 100)
                #expect(report.video?.rejected.map(\.reason.code) == ["noDevice", "failedMidStream"])
            }
        }
    }
}

/// Returns the next encoder of a search, because a macro cannot mutate its arguments.
private func next(_ search: inout EncoderSearch) -> OpenedEncoder? { search.next() }
