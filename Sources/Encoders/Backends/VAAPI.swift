// SPDX-License-Identifier: Apache-2.0

internal import ComposeScene
internal import Libav

/// Intel's and AMD's encoders, through VA-API.
enum VAAPI {
    /// The rate control modes, best first; drivers support some of them.
    private enum RateControl: String, CaseIterable { case quality = "QVBR or ICQ", average = "VBR", fixed = "CQP" }

    static func first(_ request: EncoderRequest) -> EncoderVariant { variant(request, step: 0) }

    /// Returns the variant with the next rate control mode; `nil` if the error has another cause.
    static func next(after variant: EncoderVariant, _ error: LibavError, _ request: EncoderRequest) -> EncoderVariant? {
        let isRate = error.warnings.contains { $0.contains("RC mode") || $0.contains("rate control") }
        // A maximum bitrate needs a mode with a bitrate.
        let last = request.settings.maxBitrate == nil ? 2 : 1
        guard isRate, variant.step < last else { return nil }
        return Self.variant(request, step: variant.step + 1)
    }

    private static func variant(_ request: EncoderRequest, step: Int) -> EncoderVariant {
        typealias Option = Encoder.Option
        let isIndexed = request.codec == .vp9 || request.codec == .av1
        let scale = isIndexed ? QualityScale.vaapiIndex : QualityScale.vaapi
        let quality = String(Int(scale.value(at: request.crf).rounded()))
        var words: [Option] = []
        switch RateControl.allCases[step] {
        case .quality where request.settings.maxBitrate != nil:
            words = [Option("rc_mode", "QVBR"), Option("b", String(request.likelyBitrate))]
            words += request.ceiling + [Option("global_quality", quality)]
        case .quality: words = [Option("rc_mode", "ICQ"), Option("global_quality", quality)]
        case .average:
            let rate = request.likelyBitrate
            words = [Option("rc_mode", "VBR"), Option("b", String(rate))]
            words +=
                request.settings.maxBitrate == nil
                ? [Option("maxrate", String(2 * rate)), Option("bufsize", String(4 * rate))] : request.ceiling
        case .fixed:
            words = [Option("rc_mode", "CQP"), Option(isIndexed ? "global_quality" : "qp", quality)]
        }
        switch request.codec {
        case .h264: words.append(Option("profile", "high"))
        case .hevc: words.append(Option("profile", request.pixelFormat.isTenBit ? "main10" : "main"))
        default: break
        }
        words.append(Option("bf", String(request.settings.options.bFrames ?? (isIndexed ? 0 : 2))))
        if request.settings.options.lowPower == true { words.append(Option("low_power", "1")) }
        let tried = RateControl.allCases.prefix(step).map(\.rawValue)
        return EncoderVariant(
            parameters: Encoder.VideoParameters(
                name: Backend.vaapi.encoderName(for: request.codec),
                pixelFormat: request.pixelFormat.isTenBit ? "p010le" : "nv12", width: request.width,
                height: request.height, rate: request.rate, threads: 1, keyframeInterval: request.keyframeInterval,
                options: words),
            notes: tried.isEmpty ? [] : ["the driver has no \(tried.joined(separator: " and no "))"], step: step,
            hasAverageRate: RateControl.allCases[step] == .average)
    }

    /// Returns the render nodes of this machine.
    static func devices() -> Result<[String], EncoderReason> {
        let nodes = (128..<144).map { "/dev/dri/renderD\($0)" }.filter { FileSystem.access($0) != .missing }
        return nodes.isEmpty ? .failure(.noDevice(detail: "there is no render node in /dev/dri")) : .success(nodes)
    }

    /// Opens a render node.
    static func open(_ node: String) throws(EncoderReason) -> Device {
        switch FileSystem.access(node) {
        case .missing: throw .noDevice(detail: "\(node) does not exist")
        case .denied: throw .noPermission(detail: "\(node) cannot be opened by this user; add it to the group render")
        case .granted: break
        }
        let device: Device
        do throws(LibavError) {
            device = try Library.hushed { () throws(LibavError) in try Device(.vaapi, name: node) }
        } catch {
            throw .noDriver(detail: error.warnings.last.map(withoutPrefix) ?? error.message)
        }
        guard device.encodes else { throw .noEncoderOnGPU(detail: "its driver only decodes") }
        return device
    }

    /// Returns the reason behind libav's log lines.
    static func reason(_ error: LibavError) -> EncoderReason {
        func line(_ words: String) -> String? { error.warnings.first { $0.contains(words) }.map(withoutPrefix) }
        if line("No usable encoding") != nil { return .unsupported(feature: "the driver does not encode this format") }
        if let line = line("encoding at size") ?? line("size constraints") ?? line("resolution not supported") {
            return .sizeOutOfRange(detail: line)
        }
        if let line = line("RC mode") ?? line("not support") { return .unsupported(feature: line) }
        return .failed(detail: error.warnings.first.map(withoutPrefix) ?? error.message)
    }
}
