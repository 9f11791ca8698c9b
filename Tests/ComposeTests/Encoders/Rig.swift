// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose
@testable import Encoders

/// An encoder under test: the settings that select it, and the expectations.
struct Rig: Sendable, Codable, CustomTestStringConvertible {
    enum Hardware: String, Codable { case nvidia, vaapi }

    var backend: Backend
    var codec: VideoSettings.Codec
    var pixelFormat: VideoSettings.PixelFormat = .yuv420p
    /// The stand-in it runs on.
    var hardware: Hardware?
    /// The settings of the stand-in.
    var setup: [String: String] = [:]
    /// A container that can hold the codec and whose pictures can be decoded.
    var format = Output.Format.mp4
    var width = 322
    var height = 182

    var size: PixelSize { PixelSize(width: width, height: height) }

    /// Whether decoding returns the input bit for bit.
    var isLossless: Bool { hardware != nil }

    var testDescription: String {
        let options = setup.isEmpty ? "" : " \(setup.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
        return "\(backend.rawValue) \(codec.rawValue) \(pixelFormat.rawValue)\(options)"
    }

    static let software = [
        Rig(backend: .x264, codec: .h264), Rig(backend: .x264, codec: .h264, pixelFormat: .yuv420p10),
        Rig(backend: .x265, codec: .hevc), Rig(backend: .x265, codec: .hevc, pixelFormat: .yuv420p10),
        Rig(backend: .svtav1, codec: .av1), Rig(backend: .svtav1, codec: .av1, pixelFormat: .yuv420p10),
        Rig(backend: .vpx, codec: .vp9, format: .webm),
        Rig(backend: .vpx, codec: .vp9, pixelFormat: .yuv420p10, format: .webm),
        Rig(backend: .prores, codec: .prores, pixelFormat: .yuv422p10, format: .mov),
        Rig(backend: .prores, codec: .prores, pixelFormat: .yuva444p10, format: .mov),
    ]

    static let standIns = [
        Rig(backend: .nvenc, codec: .h264, hardware: .nvidia), Rig(backend: .nvenc, codec: .hevc, hardware: .nvidia),
        Rig(backend: .nvenc, codec: .hevc, pixelFormat: .yuv420p10, hardware: .nvidia),
        Rig(
            backend: .nvenc, codec: .h264, hardware: .nvidia,
            setup: ["NV_WITHOUT": "bframes,bref,lookahead,temporalaq"], format: .mkv),
        Rig(backend: .vaapi, codec: .h264, hardware: .vaapi, format: .mkv),
        Rig(backend: .vaapi, codec: .h264, hardware: .vaapi, setup: ["VA_BFRAMES": "1"]),
        Rig(backend: .vaapi, codec: .h264, hardware: .vaapi, setup: ["VA_PACKED": "none"], format: .mkv),
        Rig(backend: .vaapi, codec: .h264, hardware: .vaapi, setup: ["VA_ENTRYPOINT": "lowpower", "VA_RC": "cqp"]),
        Rig(backend: .vaapi, codec: .h264, hardware: .vaapi, setup: ["VA_RC": "vbr,cqp"]),
        Rig(backend: .vaapi, codec: .hevc, hardware: .vaapi),
        Rig(backend: .vaapi, codec: .hevc, pixelFormat: .yuv420p10, hardware: .vaapi, format: .mkv),
    ]

    /// Returns the settings that select the encoder.
    func settings(speed: VideoSettings.Speed = .medium) -> VideoSettings {
        VideoSettings(
            codec: codec, encoder: VideoSettings.EncoderChoice(rawValue: backend.rawValue) ?? .software,
            device: hardware == .vaapi ? StandIn.node : nil, quality: .number(12), speed: speed,
            pixelFormat: pixelFormat)
    }

    func request(_ size: PixelSize? = nil) -> EncoderRequest {
        let size = size ?? self.size
        return EncoderRequest(settings(), width: size.width, height: size.height, rate: Encoder.Rate(30000, 1001))
    }

    /// Installs the stand-in for the hardware.
    func prepare() {
        switch hardware {
        case .nvidia: StandIn.nvidia(setup)
        case .vaapi: StandIn.vaapi(setup)
        case nil: break
        }
    }
}

/// Returns different pictures without symmetry: growing circles.
func testPictures(_ count: Int, _ size: PixelSize) throws -> [Frame] {
    let pool = try FramePool(.opaque, width: size.width, height: size.height)
    let map = try TransitionMap(.circleOpen, width: size.width, height: size.height)
    return try (0..<count).map { index in
        let frame = try pool.frame()
        map.draw(progress: Double(index + 1) / Double(count + 1), softness: 0.3, into: frame)
        return frame
    }
}
