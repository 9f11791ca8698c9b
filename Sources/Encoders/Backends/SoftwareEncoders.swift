// SPDX-License-Identifier: Apache-2.0

internal import Libav

private typealias Option = Encoder.Option

extension EncoderRequest {
    /// The variant that opens a backend on the CPU.
    func software(_ backend: Backend) -> EncoderVariant {
        var parameters = Encoder.VideoParameters(
            name: backend.encoderName(for: codec), pixelFormat: softwareFormat, width: width, height: height,
            rate: rate, threads: threads, keyframeInterval: codec.isIntraOnly ? 0 : keyframeInterval)
        switch backend {
        case .x264: parameters.options = x264
        case .x265: parameters.options = x265
        case .svtav1: parameters.options = svtav1
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
            // libav counts the quantiser in 118ths (FF_QP2LAMBDA).
            let quantiser = Int(QualityScale.jpeg.value(at: crf) * 118)
            parameters.options = [Option("flags", "+qscale"), Option("global_quality", String(quantiser))]
        case .tiff: parameters.options = [Option("compression_algo", "deflate")]
        case .nvenc, .vaapi: preconditionFailure("\(backend) does not run on the CPU")
        }
        if backend.hasMaxBitrate, backend != .vpx { parameters.options += ceiling }
        return EncoderVariant(parameters: parameters)
    }

    private var speed: Int { settings.speed.rank }

    /// libav's name for what the encoder is fed.
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

    /// `key=value` after `key=value`, as x264, x265 and SVT-AV1 take what has no name of its own in libav.
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
        // Where the edit leaves threads to us, memory comes first: the look-ahead runs where frames are sent from, since on a
        // thread of its own it holds another four frames, about 30 MB at 1080p. Who asks for threads gets that one too.
        var pairs = settings.threads == nil ? ["sync-lookahead=0"] : []
        // Parameter sets that do not depend on the pictures: segments are put together under one.
        pairs.append("stitchable=1")
        // x264's AVX-512 code reads memory that nobody wrote for some picture sizes (seen in build 164 at 320 × 180 and
        // 1080 × 1920), so that the same frames gave other bytes from run to run. With AVX2, hardly slower, they do not.
        if Library.hasAVX512 { pairs.append("asm=avx2,fma3,bmi2") }
        return shared + [Option("profile", pixelFormat.isTenBit ? "high10" : "high"), Option("forced-idr", "1")]
            + (settings.options.lookahead.map { [Option("rc-lookahead", String($0))] } ?? [])
            + joined("x264-params", pairs)
    }

    private var x265: [Option] {
        var words = shared
        words[1] = Option("crf", text(QualityScale.x265.value(at: crf)))
        // Frame threads are part of what the result depends on; the pool's are not.
        let pairs = [
            "log-level=none", "info=0", "open-gop=0", "pools=\(threads)", "frame-threads=\(min(threads, 4))",
        ]
        return words + [Option("profile", pixelFormat.isTenBit ? "main10" : "main"), Option("forced-idr", "1")]
            + joined("x265-params", pairs + x265Lookahead)
    }

    /// x265 refuses to look less far ahead than B-frames reach; both follow from the preset (`x265_param_default_preset`).
    private var x265Lookahead: [String] {
        let options = settings.options
        guard options.lookahead != nil || options.bFrames != nil else { return [] }
        let bFrames = options.bFrames ?? [3, 3, 4, 4, 4, 4, 4, 8, 8][speed]
        let usual = [5, 10, 15, 15, 15, 20, 25, 40, 40][speed]
        // Its tune "animation" adds two.
        let least = bFrames + (options.tune == .animation ? 2 : 0) + 1
        return ["rc-lookahead=\(max(options.lookahead ?? usual, least))"]
    }

    private var svtav1: [Option] {
        // From quickest to smallest; 13 is for debugging, and below 3 is research.
        let presets = [12, 11, 10, 9, 8, 7, 6, 4, 3]
        var pairs = ["lp=\(threads)", "tune=1"]
        if let lookahead = settings.options.lookahead { pairs.append("lookahead=\(lookahead)") }
        if let grain = settings.options.filmGrain { pairs.append("film-grain=\(grain)") }
        return [
            Option("preset", String(presets[speed])),
            Option("crf", String(Int(QualityScale.svtav1.value(at: crf).rounded()))),
        ] + joined("svtav1-params", pairs)
    }

    private var vpx: [Option] {
        let quickness = [8, 7, 5, 4, 3, 2, 1, 0, 0]
        // The quickest two look at nothing ahead, unless that is asked for.
        let isRealtime = quickness[speed] > 5 && settings.options.lookahead ?? 0 == 0
        let lookahead = isRealtime ? 0 : settings.options.lookahead ?? 25
        // Invisible frames ahead of their time, which the encoder refuses where there is transparency.
        let usesAhead = lookahead > 0 && !pixelFormat.hasAlpha
        var columns = 0
        while columns < 4, width >> (columns + 1) >= 256, 1 << columns < threads { columns += 1 }
        return [
            Option("deadline", isRealtime ? "realtime" : "good"),
            Option("cpu-used", String(isRealtime ? quickness[speed] : min(quickness[speed], 5))),
            Option("crf", String(Int(QualityScale.vpx.value(at: crf).rounded()))),
            // Quality alone decides where there is no ceiling.
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
