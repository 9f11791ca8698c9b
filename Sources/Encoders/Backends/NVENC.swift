// SPDX-License-Identifier: Apache-2.0

internal import ComposeScene
internal import Libav

/// NVIDIA's encoders.
///
/// Features that only some GPU generations have are dropped one by one if the driver rejects them.
enum NVENC {
    /// Optional features: libav's words for a rejection, our name in notes, and the options that control the feature.
    private static let dispensable: [(words: String, note: String, options: [String])] = [
        ("emporal AQ", "temporal AQ", ["temporal-aq"]),
        ("lookahead", "look-ahead", ["rc-lookahead"]),
        ("B frames as references", "B-frames as references", ["b_ref_mode"]),
        ("B-frames", "B-frames", ["bf", "b_ref_mode"]),
    ]

    static func first(_ request: EncoderRequest) -> EncoderVariant {
        let rank = request.settings.speed.rank
        let isQuick = rank < 4
        let options = request.settings.options
        // A group of pictures must exceed its B-frames by two; a group of one picture has none.
        let bFrames = options.bFrames ?? (isQuick ? 0 : min(3, max(0, request.keyframeInterval - 2)))
        let lookahead = options.lookahead ?? (isQuick ? 0 : 20)
        typealias Option = Encoder.Option
        var words = [
            Option("preset", "p\([1, 1, 2, 3, 4, 5, 6, 7, 7][rank])"), Option("tune", "hq"), Option("rc", "vbr"),
            Option("cq", text(QualityScale.nvenc.value(at: request.crf))), Option("b", "0"),
            Option("bf", String(bFrames)), Option("forced-idr", "1"), Option("spatial-aq", "1"),
            Option("aq-strength", "8"),
        ]
        switch request.codec {
        case .h264: words.append(Option("profile", "high"))
        case .hevc: words.append(Option("profile", request.pixelFormat.isTenBit ? "main10" : "main"))
        default: break
        }
        if request.keyframeInterval == 1 { words.append(Option("g", "0")) }
        if lookahead > 0 { words.append(Option("rc-lookahead", String(lookahead))) }
        if !isQuick { words.append(Option("temporal-aq", "1")) }
        words.append(Option("b_ref_mode", bFrames > 1 ? "middle" : "disabled"))
        return EncoderVariant(
            parameters: Encoder.VideoParameters(
                name: Backend.nvenc.encoderName(for: request.codec),
                pixelFormat: request.pixelFormat.isTenBit ? "p010le" : "yuv420p", width: request.width,
                height: request.height, rate: request.rate, threads: 1, keyframeInterval: request.keyframeInterval,
                options: words + request.ceiling))
    }

    /// Returns the variant without the feature the driver rejected.
    ///
    /// Returns `nil` if the error has another cause or the edit requested the feature.
    static func next(after variant: EncoderVariant, _ error: LibavError, _ request: EncoderRequest) -> EncoderVariant? {
        let asked = request.settings.options
        for part in dispensable where error.warnings.contains(where: { $0.contains(part.words) }) {
            if part.note == "B-frames", asked.bFrames != nil { continue }
            if part.note == "look-ahead", asked.lookahead != nil { continue }
            var lesser = variant
            lesser.parameters.options.removeAll { part.options.contains($0.name) }
            if part.options.contains("bf") { lesser.parameters.options.append(Encoder.Option("bf", "0")) }
            if part.options.contains("b_ref_mode") {
                lesser.parameters.options.append(Encoder.Option("b_ref_mode", "disabled"))
            }
            guard lesser.parameters != variant.parameters else { continue }
            lesser.notes.append("without \(part.note), which this GPU lacks")
            return lesser
        }
        return nil
    }

    /// Returns the numbers of the available GPUs.
    static func devices() -> Result<[String], EncoderReason> {
        guard Library.loads("libcuda.so.1") else {
            return .failure(.noDriver(detail: "libcuda.so.1 is not installed"))
        }
        guard Library.loads("libnvidia-encode.so.1") else {
            return .failure(
                .noDriver(
                    detail:
                        "libnvidia-encode.so.1 is not installed; in a container, NVIDIA_DRIVER_CAPABILITIES has to name video"
                ))
        }
        switch Device.cudaCount() {
        case .success(let count) where count > 0: return .success((0..<count).map(String.init))
        case .success: return .failure(.noDevice(detail: "the driver lists no GPU"))
        case .failure(let code):
            if FileSystem.access("/dev/nvidiactl") == .denied {
                return .failure(.noPermission(detail: "/dev/nvidiactl cannot be opened by this user"))
            }
            // CUDA_ERROR_NO_DEVICE
            return .failure(
                code.number == 100
                    ? .noDevice(detail: "the driver sees no GPU")
                    : .noDriver(detail: "cuInit failed with CUDA error \(code.number)"))
        }
    }

    /// Returns the reason behind libav's log lines.
    static func reason(_ error: LibavError) -> EncoderReason {
        func line(_ words: String) -> String? { error.warnings.first { $0.contains(words) }.map(withoutPrefix) }
        if let line = line("Required: ") {
            let words = line.split(whereSeparator: { $0 == " " })
            func after(_ name: String) -> String {
                words.firstIndex { $0 == name }.flatMap { $0 + 1 < words.count ? String(words[$0 + 1]) : nil } ?? "?"
            }
            return .driverTooOld(required: after("Required:"), found: after("Found:"))
        }
        if line("unsupported device") != nil { return .noEncoderOnGPU(detail: "the driver says it has no NVENC") }
        if let line = line("OpenEncodeSessionEx failed") {
            let isLimit = line.contains("out of memory") || line.contains("incompatible client key")
            return isLimit ? .sessionLimit(detail: line) : .failed(detail: line)
        }
        if let line = line("Cannot load") { return .noDriver(detail: line) }
        if let line = line("Frame Dimension") ?? line("exceeds") { return .sizeOutOfRange(detail: line) }
        if line("Codec not supported") != nil { return .unsupported(feature: "the GPU does not encode this format") }
        if let line = line("not supported") ?? line("B-frames") { return .unsupported(feature: line) }
        return .failed(detail: error.warnings.first.map(withoutPrefix) ?? error.message)
    }
}

/// Returns a line of libav's log without the address of its context.
func withoutPrefix(_ line: String) -> String {
    guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return line }
    return String(line[line.index(after: end)...].drop { $0 == " " })
}
