// SPDX-License-Identifier: Apache-2.0

internal import ComposeScene
internal import Foundation
internal import Libav

private typealias Option = Encoder.Option

extension EncoderRequest {
    /// Returns the variant that opens a backend on the CPU.
    func software(_ backend: Backend) -> EncoderVariant {
        var parameters = Encoder.VideoParameters(
            name: backend.encoderName(for: codec), pixelFormat: softwareFormat, width: width, height: height,
            rate: rate, threads: threads, keyframeInterval: codec.isIntraOnly ? 0 : keyframeInterval)
        switch backend {
        case .x264:
            parameters.options = x264
            // For some picture sizes, x264's AVX-512 code reads uninitialised memory (seen in build 164 at 320 × 180
            // and 1080 × 1920), so the same frames gave different bytes from run to run. AVX2 is hardly slower and does
            // not, and its output is that of every other processor.
            if Library.hasAVX512 { parameters.machine = [Option("x264-params", "asm=avx2,fma3,bmi2")] }
        case .x265: parameters.options = x265
        case .svtav1:
            parameters.options = svtav1
            // Its output does not depend on them. One encoder is open at a time, so it takes all cores; not more than 16,
            // as each costs memory.
            let processors = settings.threads ?? min(ProcessInfo.processInfo.activeProcessorCount, 16)
            parameters.machine = [Option("svtav1-params", "lp=\(processors)")]
            parameters.threads = 0
        case .vpx: parameters.options = vpx
        case .prores: parameters.options = prores
        case .gif: parameters.options = [Option("gifflags", "+offsetting+transdiff")]
        case .webp:
            parameters.options = [
                Option("lossless", "0"), Option("quality", text(QualityScale.webp.value(at: crf))),
                Option("compression_level", String(min(speed, 6))),
            ]
        case .png: parameters.options = [Option("compression_level", String(1 + speed)), Option("pred", "sub")]
        case .jpeg:
            // libav scales the quantiser by 118 (FF_QP2LAMBDA).
            let quantiser = Int(QualityScale.jpeg.value(at: crf) * 118)
            parameters.options = [Option("flags", "+qscale"), Option("global_quality", String(quantiser))]
        case .tiff: parameters.options = [Option("compression_algo", "deflate")]
        case .nvenc, .vaapi: preconditionFailure("\(backend) does not run on the CPU")
        }
        if backend.hasMaxBitrate, backend != .vpx { parameters.options += ceiling }
        return EncoderVariant(parameters: parameters)
    }

    private var speed: Int { settings.speed.rank }

    /// libav's name of the encoder's input format.
    private var softwareFormat: String {
        switch (codec, pixelFormat) {
        case (.gif, _): "pal8"
        case (.webp, _): "bgra"
        case (.jpeg, _): "yuvj420p"
        case (_, .yuv420p): "yuv420p"
        case (_, .yuv420p10): "yuv420p10le"
        case (_, .yuva420p): "yuva420p"
        case (_, .yuv422p10): "yuv422p10le"
        case (_, .yuva444p10): "yuva444p10le"
        case (_, .rgb24): "rgb24"
        case (_, .rgba): "rgba"
        }
    }

    /// Returns an option with `key=value` pairs, for x264, x265 and SVT-AV1 settings that have no libav name.
    private func joined(_ name: String, _ pairs: [String]) -> [Option] {
        pairs.isEmpty ? [] : [Option(name, pairs.joined(separator: ":"))]
    }

    private var shared: [Option] {
        let options = settings.options
        return [Option("preset", settings.speed.rawValue), Option("crf", text(crf))]
            + (options.tune.map { [Option("tune", $0.rawValue)] } ?? [])
            + (options.bFrames.map { [Option("bf", String($0))] } ?? [])
    }

    private var x264: [Option] {
        // If the edit does not set threads, memory comes first: the look-ahead runs on the sending thread, because a
        // thread of its own holds another four frames, about 30 MB at 1080p. An edit that sets threads gets that thread
        // too.
        var pairs = settings.threads == nil ? ["sync-lookahead=0"] : []
        // Makes parameter sets independent of the pictures, because segments are joined under one set.
        pairs.append("stitchable=1")
        return shared + [Option("profile", pixelFormat.isTenBit ? "high10" : "high"), Option("forced-idr", "1")]
            + (settings.options.lookahead.map { [Option("rc-lookahead", String($0))] } ?? [])
            + joined("x264-params", pairs)
    }

    private var x265: [Option] {
        var words = shared
        words[1] = Option("crf", text(QualityScale.x265.value(at: crf)))
        // The output depends on frame threads but not on the pool's threads.
        let pairs = [
            "log-level=none", "info=0", "open-gop=0", "pools=\(threads)", "frame-threads=\(min(threads, 4))",
        ]
        return words + [Option("profile", pixelFormat.isTenBit ? "main10" : "main"), Option("forced-idr", "1")]
            + joined("x265-params", pairs + x265Lookahead)
    }

    /// The look-ahead option, which x265 requires to exceed the number of B-frames.
    ///
    /// Both defaults depend on the preset (`x265_param_default_preset`).
    private var x265Lookahead: [String] {
        let options = settings.options
        guard options.lookahead != nil || options.bFrames != nil else { return [] }
        let bFrames = options.bFrames ?? [3, 3, 4, 4, 4, 4, 4, 8, 8][speed]
        let usual = [5, 10, 15, 15, 15, 20, 25, 40, 40][speed]
        // The tune "animation" adds two B-frames.
        let least = bFrames + (options.tune == .animation ? 2 : 0) + 1
        return ["rc-lookahead=\(max(options.lookahead ?? usual, least))"]
    }

    private var svtav1: [Option] {
        // From fastest to smallest; 13 is for debugging, and those below 3 are for research.
        let presets = [12, 11, 10, 9, 8, 7, 6, 4, 3]
        var pairs = ["tune=1"]
        if let lookahead = settings.options.lookahead { pairs.append("lookahead=\(lookahead)") }
        if let grain = settings.options.filmGrain { pairs.append("film-grain=\(grain)") }
        return [
            Option("preset", String(presets[speed])),
            Option("crf", String(Int(QualityScale.svtav1.value(at: crf).rounded()))),
        ] + joined("svtav1-params", pairs)
    }

    private var vpx: [Option] {
        let quickness = [8, 7, 5, 4, 3, 2, 1, 0, 0]
        // The two fastest presets have no look-ahead unless the edit requests it.
        let isRealtime = quickness[speed] > 5 && settings.options.lookahead ?? 0 == 0
        let lookahead = isRealtime ? 0 : settings.options.lookahead ?? 25
        // Invisible reference frames, which the encoder rejects for pictures with alpha.
        let usesAhead = lookahead > 0 && !pixelFormat.hasAlpha
        var columns = 0
        while columns < 4, width >> (columns + 1) >= 256, 1 << columns < threads { columns += 1 }
        return [
            Option("deadline", isRealtime ? "realtime" : "good"),
            Option("cpu-used", String(isRealtime ? quickness[speed] : min(quickness[speed], 5))),
            Option("crf", String(Int(QualityScale.vpx.value(at: crf).rounded()))),
            // 0 means that quality alone decides, without a maximum bitrate.
            Option("b", String(settings.maxBitrate ?? 0)),
            Option("row-mt", "1"), Option("tile-columns", String(columns)),
            Option("lag-in-frames", String(lookahead)), Option("auto-alt-ref", usesAhead ? "1" : "0"),
        ]
    }

    private var prores: [Option] {
        let profile =
            pixelFormat == .yuva444p10
            ? "4444" : crf <= 20 ? "hq" : crf <= 25 ? "standard" : crf <= 30 ? "lt" : "proxy"
        return [Option("profile", profile), Option("vendor", "apl0"), Option("alpha_bits", "16")]
    }
}
