// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose
@testable import Encoders

/// The requirements that every encoder has to meet.
@Suite(.serialized)
struct ConformanceTests {
    @Test(arguments: Rig.software)
    func `an encoder on the CPU gives every picture once, in time, with key frames where asked`(rig: Rig) async throws {
        guard rig.backend.isSole else { return try Self.checkPackets(rig) }
        // Where other tests' encoders would have to be waited for, it has a process to itself.
        await #expect(processExitsWith: .success) { [rig] in try Self.checkPackets(rig) }
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice), arguments: Rig.standIns)
    func `an encoder on hardware gives every picture once, in time, with key frames where asked`(rig: Rig) async {
        await #expect(processExitsWith: .success) { [rig] in
            rig.prepare()
            try Self.checkPackets(rig)
        }
    }

    @Test(arguments: Rig.software)
    func `what an encoder on the CPU wrote reads back as it was composed`(rig: Rig) async throws {
        try await Self.checkFile(rig)
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice), arguments: Rig.standIns)
    func `what an encoder on hardware wrote reads back as it was composed, bit for bit`(rig: Rig) async {
        await #expect(processExitsWith: .success) { [rig] in
            rig.prepare()
            try await Self.checkFile(rig)
        }
    }

    @Test(arguments: Rig.software)
    func `one picture makes a video on the CPU`(rig: Rig) async throws { try await Self.checkOnePicture(rig) }

    @Test(.enabled(if: StandIn.exist, StandIn.advice), arguments: Rig.standIns)
    func `one picture makes a video on hardware`(rig: Rig) async {
        await #expect(processExitsWith: .success) { [rig] in
            rig.prepare()
            try await Self.checkOnePicture(rig)
        }
    }

    @Test(arguments: Rig.software)
    func `small pictures are encoded on the CPU, or refused before anything is written`(rig: Rig) async throws {
        try await Self.checkSmall(rig)
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice), arguments: Rig.standIns)
    func `small pictures are encoded on hardware, or refused before anything is written`(rig: Rig) async {
        await #expect(processExitsWith: .success) { [rig] in
            rig.prepare()
            try await Self.checkSmall(rig)
        }
    }

    @Test(arguments: Rig.software)
    func `an encoder on the CPU gives the same bytes each time`(rig: Rig) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let files = ["a", "b"].map { "\(folder)/\($0).\(rig.format.rawValue)" }
            for file in files {
                _ = try await Renderer().render(
                    Self.edit(rig, duration: .seconds(1)), in: Fixtures.folder, to: file
                ).result
            }
            let bytes = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
            #expect(bytes[0] == bytes[1])
        }
    }

    @Test(arguments: Rig.software)
    func `a cancelled render on the CPU ends, and leaves nothing`(rig: Rig) async throws {
        try await Self.checkCancelling(rig)
    }

    @Test(.enabled(if: StandIn.exist, StandIn.advice), arguments: Rig.standIns)
    func `a cancelled render on hardware ends, and leaves nothing`(rig: Rig) async {
        await #expect(processExitsWith: .success) { [rig] in
            rig.prepare()
            try await Self.checkCancelling(rig)
        }
    }

    // MARK: - The checks

    /// Checks that every frame sent gives one packet.
    private static func checkPackets(_ rig: Rig) throws {
        let found = try rig.request().open(rig.backend, on: rig.device)
        let opened = try #require(found)
        let pictures = try testPictures(40, rig.size)
        var packets: [Packet] = []
        func drain() throws {
            while case .packet(let packet) = try opened.encoder.receive() { packets.append(packet) }
        }
        for (index, picture) in pictures.enumerated() {
            try opened.encoder.send(picture, at: index, keyframe: index == 17)
            try drain()
        }
        try opened.encoder.drain()
        try drain()
        #expect(packets.map(\.time).sorted() == Array(0..<40))
        #expect(packets.allSatisfy { $0.size > 0 })
        let keys = packets.filter { $0.flags & 1 != 0 }.map(\.time)
        if rig.codec.isIntraOnly {
            #expect(keys.count == 40)
        } else if rig.backend != .svtav1 {  // which places key frames only at its interval
            #expect(keys.contains(0) && keys.contains(17), "keys at \(keys)")
            #expect(keys.count <= 4, "keys at \(keys)")
        } else {
            #expect(keys.contains(0))
        }
        // Nothing is shown before it is decoded.
        #expect(packets.first?.time == 0)
    }

    private static func edit(_ rig: Rig, duration: Duration, size: PixelSize? = nil) -> Edit {
        Edit(
            size: size ?? rig.size, frameRate: .ntsc, output: Output(format: rig.format, video: rig.settings())
        ) {
            Track {
                ImageClip("inputs/gradient.png", duration: duration).motion(.zoom(to: 1.3))
            }
        }
    }

    /// Checks a complete file with FFmpeg's tools.
    private static func checkFile(_ rig: Rig) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Self.edit(rig, duration: .seconds(1))
            let path = folder + "/out." + rig.format.rawValue
            let report = try await Renderer().render(edit, in: Fixtures.folder, to: path).result
            #expect(report.video?.encoder == rig.backend.rawValue)
            #expect(report.video?.frames == 30)
            let stream = try probe(path, stream: "v:0")
            #expect(stream["codec_name"] == rig.codec.rawValue)
            #expect(stream["width"] == "\(rig.size.width)" && stream["height"] == "\(rig.size.height)")
            #expect(stream["nb_read_frames"] == "30")
            #expect(stream["r_frame_rate"] == "30000/1001")
            let formats = ["yuv420p10": "yuv420p10le", "yuv422p10": "yuv422p10le", "yuva444p10": "yuva444p12le"]
            #expect(
                stream["pix_fmt"] == formats[rig.pixelFormat.rawValue] ?? rig.pixelFormat.rawValue
                    || stream["pix_fmt"] == rig.pixelFormat.rawValue + "le", "\(stream["pix_fmt"] ?? "")")
            #expect(stream["color_space"] == "bt709" && stream["color_primaries"] == "bt709")
            #expect(stream["color_transfer"] == "bt709")
            // ProRes and its container have no field for the range, which is narrow; FFmpeg 5 and 6 fill it in.
            let range = stream["color_range"]
            let isUnsaid = codecVersion >= 61 && rig.codec == .prores && range == "unknown"
            #expect(range == "tv" || isUnsaid, "\(range ?? "none")")
            #expect(Double(stream["start_time"] ?? "") == 0)
            let plan = try edit.makePlan(in: Fixtures.folder)
            let frames = try decodedFrames(path, width: rig.size.width, height: rig.size.height)
            #expect(frames.count == 30)
            for index in stride(from: 0, to: 30, by: 7) {
                let expected = Planes(try compose(index, of: plan))
                let found = frames[index].lowestPSNR(expected)
                if rig.isLossless {
                    #expect(found == .infinity, "frame \(index): \(found) dB")
                } else {
                    #expect(found > 36, "frame \(index): \(found) dB")
                }
            }
        }
    }

    private static func checkOnePicture(_ rig: Rig) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/one." + rig.format.rawValue
            let edit = Self.edit(rig, duration: .milliseconds(33))
            let report = try await Renderer().render(edit, in: Fixtures.folder, to: path).result
            #expect(report.video?.frames == 1)
            #expect(try probe(path, stream: "v:0")["nb_read_frames"] == "1")
        }
    }

    private static func checkSmall(_ rig: Rig) async throws {
        for side in [16, 66] {
            try await Fixtures.withTemporaryFolder { folder in
                let path = folder + "/small." + rig.format.rawValue
                let edit = Self.edit(
                    rig, duration: .milliseconds(200), size: PixelSize(width: side, height: side + 2))
                do {
                    _ = try await Renderer().render(edit, in: Fixtures.folder, to: path).result
                    #expect(try probe(path, stream: "v:0")["width"] == "\(side)")
                    #expect(rig.backend.limits?.widths.contains(side) ?? true)
                } catch let error as ComposeError {
                    #expect(error.code == .invalidEdit, "\(error)")
                    // GPUs say it when they are opened; of the others it is known.
                    let path = rig.backend.isHardware ? "output.video.encoder" : "output.video.codec"
                    #expect(error.problems[0].path == path)
                    #expect(
                        error.description.contains(
                            rig.backend.isHardware ? "size out of range" : "pixels, and the canvas has"), "\(error)")
                    #expect(try Fixtures.contents(of: folder).isEmpty)
                    #expect(!(rig.backend.limits?.widths.contains(side) ?? false))
                }
            }
        }
    }

    private static func checkCancelling(_ rig: Rig) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            // Immediately, and after some pictures have been encoded.
            for wait in [0, 150] {
                let path = folder + "/out." + rig.format.rawValue
                let render = Renderer().render(
                    Self.edit(rig, duration: .seconds(60)), in: Fixtures.folder, to: path)
                try await Task.sleep(for: .milliseconds(wait))
                render.cancel()
                await #expect(throws: ComposeError.self) { try await render.result }
                #expect(try Fixtures.contents(of: folder).isEmpty)
            }
        }
    }
}

extension Rig {
    /// The device that the stand-in is opened as.
    var device: String? {
        switch hardware {
        case .nvidia: "0"
        case .vaapi: StandIn.node
        case nil: nil
        }
    }
}
