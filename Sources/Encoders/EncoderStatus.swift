// SPDX-License-Identifier: Apache-2.0

public import ComposeScene
internal import Libav

/// The availability of one encoder on this machine.
public struct EncoderStatus: Sendable, Hashable, Codable {
    /// The encoder.
    public let backend: Backend
    /// The format it encodes.
    public let codec: VideoSettings.Codec
    /// The GPU it was tried on, as NVENC's number or VA-API's render node; `nil` for the CPU.
    public let device: String?
    /// The reason why it cannot be used; `nil` if it can.
    public let reason: EncoderReason?
    /// The pixel formats it can encode.
    public let pixelFormats: [VideoSettings.PixelFormat]
    /// The settings it was tried with, in libav's terms, and what it lacks; empty if it cannot be used.
    public let detail: String
    /// The widths and heights it accepts, as `64…16384 × 64…8704`, if known before it is opened.
    public let sides: String?

    /// Whether it can encode.
    public let isUsable: Bool

    fileprivate init(
        _ backend: Backend, _ codec: VideoSettings.Codec, on device: String?, reason: EncoderReason? = nil,
        pixelFormats: [VideoSettings.PixelFormat] = [], detail: String = ""
    ) {
        self.backend = backend
        self.codec = codec
        self.device = device
        self.reason = reason
        self.pixelFormats = pixelFormats
        self.detail = detail
        sides = backend.limits.map(sizes)
        isUsable = reason == nil
    }
}

/// Returns the status of every encoder on this machine, in the order in which `automatic` tries them.
///
/// Encodes two pictures with each encoder, which takes a moment without a GPU; opening a GPU takes tenths of a second.
/// Blocks. Thread-safe.
public func encoderStatuses() -> [EncoderStatus] {
    Backend.allCases.flatMap { backend in backend.codecs.flatMap { statuses(backend, $0) } }
}

private func statuses(_ backend: Backend, _ codec: VideoSettings.Codec) -> [EncoderStatus] {
    func request(_ format: VideoSettings.PixelFormat) -> EncoderRequest {
        EncoderRequest(
            VideoSettings(codec: codec, pixelFormat: format), width: 256, height: 256, rate: Encoder.Rate(30, 1))
    }
    let formats = backend.pixelFormats(of: codec)
    let usual = request(formats[0])
    switch usual.devices(of: backend) {
    case .failure(let reason): return [EncoderStatus(backend, codec, on: nil, reason: reason)]
    case .success(let devices):
        return devices.map { device in
            do throws(EncoderReason) {
                // An encoder that has to be the only one, and is now another's, works.
                let chosen = try usual.tried(backend, on: device) ?? EncoderChosen(backend, usual.software(backend))
                let others = formats.dropFirst().filter { format in
                    !backend.isHardware || (try? request(format).open(backend, on: device)) != nil
                }
                return EncoderStatus(
                    backend, codec, on: device, pixelFormats: [formats[0]] + others,
                    detail: (chosen.notes + [chosen.settings]).joined(separator: "; "))
            } catch {
                return EncoderStatus(backend, codec, on: device, reason: error)
            }
        }
    }
}

extension EncoderRequest {
    /// Opens a backend and encodes two pictures with it; returns `nil` if it would have to wait for others.
    fileprivate func tried(_ backend: Backend, on device: String?) throws(EncoderReason) -> EncoderChosen? {
        func noted<Value>(_ body: () throws(LibavError) -> Value) throws(EncoderReason) -> Value {
            do throws(LibavError) { return try body() } catch { throw .failed(detail: error.description) }
        }
        let (width, height) = (width, height)
        let pictures = try noted { () throws(LibavError) in try Trial.pictures(width: width, height: height) }
        var palette: Palette?
        if codec == .gif {
            palette = try noted { () throws(LibavError) in
                let chosen = try Palette(width: width, height: height, alpha: false)
                for picture in pictures { try chosen.add(picture) }
                try chosen.choose()
                return chosen
            }
        }
        guard let opened = try open(backend, on: device, palette: palette, isCancelled: { true }) else { return nil }
        if !backend.isHardware {
            try noted { () throws(LibavError) in try Trial.encode(pictures, with: opened.encoder) }
        }
        return opened.chosen
    }
}
