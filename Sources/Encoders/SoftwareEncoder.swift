// SPDX-License-Identifier: Apache-2.0

package import Libav

/// An opened video encoder, and what there is to say about the choice.
package struct OpenedEncoder {
    package let encoder: Encoder
    /// The backend's name: `x264`.
    package let name: String
    /// Why it was this one.
    package let reason: String
    /// Its settings in libav's words, for the report.
    package let settings: String
}

/// What a backend says of itself on this machine.
public struct EncoderStatus: Sendable, Hashable, Codable {
    /// The backend's name: `x264`.
    public let backend: String
    /// The video format it makes.
    public let codec: String
    /// Whether an encode would work.
    public let isUsable: Bool
    /// What was found, or why it is not usable.
    public let detail: String
}

/// libx264: H.264 on the CPU.
package enum X264 {
    /// Frame threads x264 runs where the edit does not say.
    ///
    /// They are part of what the result depends on, so they follow from the picture and never from the machine. Each
    /// costs about 26 MB at 1080p; with the thread that composes, two keep two cores busy.
    package static func threads(width: Int, height: Int) -> Int { width * height < 100_000 ? 1 : 2 }

    /// x264's AVX-512 code reads memory that nobody wrote for some picture sizes (seen in build 164 at 320 × 180 and
    /// 1080 × 1920), so that the same frames gave other bytes from run to run.
    ///
    /// With AVX2, which is hardly slower, they do not.
    private static var steadyInstructions: [String] { Library.hasAVX512 ? ["asm=avx2,fma3,bmi2"] : [] }

    package static func parameters(
        _ settings: VideoSettings, width: Int, height: Int, rate: (numerator: Int, denominator: Int)
    ) -> Encoder.VideoParameters {
        let crf = settings.quality.crf
        // Where the edit leaves threads to us, memory comes first: the look-ahead runs where frames are sent from, since on a
        // thread of its own it holds another four frames, about 30 MB at 1080p. Who asks for threads gets that one too.
        let lookahead = settings.threads == nil ? ["sync-lookahead=0"] : []
        let x264 = (lookahead + steadyInstructions).joined(separator: ":")
        return Encoder.VideoParameters(
            name: "libx264", width: width, height: height, rate: rate,
            threads: settings.threads ?? threads(width: width, height: height),
            // Seeking lands on key frames: at most five seconds apart.
            keyframeInterval: max(1, 5 * rate.numerator / rate.denominator),
            options: [
                ("preset", settings.speed.rawValue), ("profile", "high"),
                ("crf", crf == crf.rounded() ? String(Int(crf)) : String(crf)),
            ] + (x264.isEmpty ? [] : [("x264-params", x264)]))
    }

    /// Opens the encoder with the settings it will be used with.
    package static func open(
        _ settings: VideoSettings, width: Int, height: Int, rate: (numerator: Int, denominator: Int)
    ) throws(LibavError) -> OpenedEncoder {
        let parameters = parameters(settings, width: width, height: height, rate: rate)
        let reason =
            switch settings.encoder {
            case .automatic: "the only backend of this version"
            case .software: "software was asked for"
            case .x264: "asked for by name"
            }
        return OpenedEncoder(
            encoder: try Encoder(parameters), name: "x264", reason: reason,
            settings: parameters.options.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
                + " threads=\(parameters.threads) keyint=\(parameters.keyframeInterval)")
    }
}

/// What the encoders of this machine say.
///
/// Opens each for real, at a small size; takes milliseconds, and blocks.
public func encoderStatuses() -> [EncoderStatus] {
    guard Library.hasEncoder("libx264") else {
        return [
            EncoderStatus(
                backend: "x264", codec: "h264", isUsable: false, detail: "this FFmpeg was built without libx264")
        ]
    }
    do throws(LibavError) {
        let opened = try X264.open(VideoSettings(), width: 256, height: 256, rate: (30, 1))
        return [EncoderStatus(backend: "x264", codec: "h264", isUsable: true, detail: "opened with \(opened.settings)")]
    } catch {
        return [EncoderStatus(backend: "x264", codec: "h264", isUsable: false, detail: error.description)]
    }
}
