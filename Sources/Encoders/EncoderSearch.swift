// SPDX-License-Identifier: Apache-2.0

package import ComposeScene
package import Libav

/// A description of the chosen encoder.
package struct EncoderChosen: Sendable {
    package let backend: Backend
    /// The GPU it runs on; `nil` for the CPU.
    package let device: String?
    /// Its parameters as libav knows them.
    package let parameters: Encoder.VideoParameters
    /// The features that had to be omitted.
    package let notes: [String]

    /// Whether it allocates bits per second.
    package let hasAverageRate: Bool

    init(_ backend: Backend, on device: Device? = nil, _ variant: EncoderVariant) {
        self.backend = backend
        self.device = device?.name
        parameters = variant.parameters
        notes = variant.notes
        hasAverageRate = variant.hasAverageRate
    }

    /// Its settings in libav's terms, for people.
    package var settings: String {
        (parameters.allOptions.map { "\($0.name)=\($0.value)" }
            + (backend.isHardware || parameters.threads == 0 ? [] : ["threads=\(parameters.threads)"])
            + (parameters.keyframeInterval > 0 ? ["keyint=\(parameters.keyframeInterval)"] : [])).joined(separator: " ")
    }
}

/// An open video encoder and its description.
package struct OpenedEncoder {
    package let encoder: Encoder
    package let chosen: EncoderChosen
}

/// A search through the encoders that can serve a request, best first, which opens those that work.
///
/// May be used by one thread at a time.
package struct EncoderSearch {
    private let request: EncoderRequest
    /// The backends still to try, and the remaining devices of the first one.
    private var backends: [Backend]
    private var devices: [String?]?
    /// The encoders that were not used, and the reasons.
    package private(set) var rejected: [EncoderRejection] = []

    package init(_ request: EncoderRequest) {
        self.request = request
        backends = Backend.candidates(for: request.codec, request.settings.encoder)
    }

    /// Opens and returns the next encoder that works; `nil` if none is left.
    ///
    /// Blocks: opening a GPU takes tenths of a second, and some encoders wait until others in this process are closed.
    /// `palette` is for GIF. `isCancelled` ends the wait; the result is then `nil`, and nothing is rejected.
    package mutating func next(palette: Palette? = nil, isCancelled: () -> Bool = { false }) -> OpenedEncoder? {
        while let backend = backends.first {
            if devices == nil { findDevices(of: backend) }
            guard var left = devices, !left.isEmpty else {
                backends.removeFirst()
                devices = nil
                continue
            }
            let name = left.removeFirst()
            devices = left
            do throws(EncoderReason) {
                guard let opened = try request.open(backend, on: name, palette: palette, isCancelled: isCancelled)
                else {
                    return nil
                }
                return opened
            } catch {
                rejected.append(EncoderRejection(backend: backend, device: name, reason: error))
            }
        }
        return nil
    }

    /// Records that an open encoder failed.
    package mutating func reject(_ chosen: EncoderChosen, _ reason: EncoderReason) {
        rejected.append(EncoderRejection(backend: chosen.backend, device: chosen.device, reason: reason))
    }

    private mutating func findDevices(of backend: Backend) {
        switch request.devices(of: backend) {
        case .success(let found): devices = found
        case .failure(let reason):
            rejected.append(EncoderRejection(backend: backend, device: nil, reason: reason))
            devices = []
        }
    }
}

extension EncoderRequest {
    /// Returns the devices a backend may run on: GPUs, or the CPU as `nil`.
    func devices(of backend: Backend) -> Result<[String?], EncoderReason> {
        if let reason = obstacle(to: backend) { return .failure(reason) }
        guard backend.isHardware else { return .success([nil]) }
        let isNumber = settings.device?.allSatisfy(\.isNumber)
        if let isNumber, isNumber != (backend == .nvenc) {
            return .failure(.noDevice(detail: "\(settings.device ?? "") is not a device of this encoder"))
        }
        let found = backend == .nvenc ? NVENC.devices() : VAAPI.devices()
        if backend == .vaapi, let device = settings.device { return .success([device]) }
        return found.flatMap { names in
            guard let device = settings.device else { return .success(names.map { $0 }) }
            return names.contains(device)
                ? .success([device]) : .failure(.noDevice(detail: "there is no GPU \(device)"))
        }
    }

    /// Returns the reason why the backend cannot serve the request on any machine; `nil` if there is none.
    private func obstacle(to backend: Backend) -> EncoderReason? {
        let name = backend.encoderName(for: codec)
        if !Library.hasEncoder(name) { return .notInThisBuild(encoder: name) }
        if !backend.pixelFormats(of: codec).contains(pixelFormat) {
            return .unsupported(feature: "\(codec.rawValue) in \(pixelFormat.rawValue)")
        }
        if let option = settings.options.named.first(where: { !backend.options.contains($0) }) {
            return .unsupported(feature: "the option \(option)")
        }
        if settings.maxBitrate != nil, !backend.hasMaxBitrate {
            return .unsupported(feature: "maxBitrate")
        }
        for (name, value) in settings.options.numbers {
            if let range = backend.range(of: name), !range.contains(value) {
                return .unsupported(
                    feature: "\(name) \(value); it takes \(range.lowerBound)…\(range.upperBound)")
            }
        }
        if let count = settings.options.bFrames, backend == .nvenc, count > 0, count > keyframeInterval - 2 {
            return .unsupported(feature: "\(count) B-frames with a key frame every \(keyframeInterval) frames")
        }
        if let limits = backend.limits, !limits.widths.contains(width) || !limits.heights.contains(height) {
            return .sizeOutOfRange(detail: "\(width)x\(height); it takes \(sizes(limits))")
        }
        return nil
    }

    /// Opens a backend with as many of the requested features as it has; returns `nil` if that was cancelled.
    func open(
        _ backend: Backend, on name: String?, palette: Palette? = nil, isCancelled: () -> Bool = { false }
    ) throws(EncoderReason) -> OpenedEncoder? {
        guard backend.isHardware, let name else {
            let variant = software(backend)
            var right: SoleEncoder?
            if backend.isSole {
                right = SoleEncoder.wait(unless: isCancelled)
                if right == nil { return nil }
            }
            do throws(LibavError) {
                let encoder = try Encoder(variant.parameters, palette: palette)
                encoder.lease = right
                return OpenedEncoder(encoder: encoder, chosen: EncoderChosen(backend, on: nil, variant))
            } catch {
                let detail = error.log.map(withoutPrefix) ?? error.message
                throw error.isOutOfMemory(needing: likelyMemory)
                    ? .outOfMemory(detail: detail) : .failed(detail: detail)
            }
        }
        let session = backend == .nvenc ? try NVENCSessions.begin() : nil
        let device = try backend == .nvenc ? openCUDA(name) : VAAPI.open(name)
        var variant = backend == .nvenc ? NVENC.first(self) : VAAPI.first(self)
        while true {
            do throws(LibavError) {
                let encoder = try Library.hushed { () throws(LibavError) in
                    try Trial.run(variant.parameters, on: device)
                    return try Encoder(variant.parameters, on: device)
                }
                encoder.lease = session
                return OpenedEncoder(encoder: encoder, chosen: EncoderChosen(backend, on: device, variant))
            } catch {
                let lesser =
                    backend == .nvenc
                    ? NVENC.next(after: variant, error, self) : VAAPI.next(after: variant, error, self)
                guard let lesser else {
                    throw backend == .nvenc ? NVENC.reason(error) : VAAPI.reason(error)
                }
                variant = lesser
            }
        }
    }

    private func openCUDA(_ name: String) throws(EncoderReason) -> Device {
        do throws(LibavError) {
            return try Library.hushed { () throws(LibavError) in try Device(.cuda, name: name) }
        } catch {
            throw .noDevice(detail: error.warnings.first.map(withoutPrefix) ?? error.message)
        }
    }
}

/// Returns a description of the sizes an encoder accepts.
func sizes(_ limits: (widths: ClosedRange<Int>, heights: ClosedRange<Int>)) -> String {
    let (widths, heights) = limits
    return "\(widths.lowerBound)…\(widths.upperBound) × \(heights.lowerBound)…\(heights.upperBound)"
}

/// A trial that encodes two pictures: some encoders open successfully and only fail at the first picture.
///
/// A trial that succeeded once in this process is not repeated. A lack of sessions shows when the encoder is opened.
enum Trial {
    private struct Key: Hashable {
        let parameters: Encoder.VideoParameters
        let device: String?
    }

    private static let passed = Locked<Set<Key>>([])

    static func run(_ parameters: Encoder.VideoParameters, on device: Device?) throws(LibavError) {
        let key = Key(parameters: parameters, device: device?.name)
        guard !passed.withLock({ $0.contains(key) }) else { return }
        let pictures = try pictures(width: parameters.width, height: parameters.height)
        try encode(pictures, with: try Encoder(parameters, on: device))
        passed.withLock { _ = $0.insert(key) }
    }

    /// Returns two plain grey pictures.
    static func pictures(width: Int, height: Int) throws(LibavError) -> [Frame] {
        let pool = try FramePool(.opaque, width: width, height: height)
        var pictures: [Frame] = []
        for level in [90, 130] {
            let frame = try pool.frame()
            frame.fill(YUVColor(y: level, u: 128, v: 128))
            pictures.append(frame)
        }
        return pictures
    }

    /// Encodes pictures to the end and discards the output.
    static func encode(_ pictures: [Frame], with encoder: Encoder) throws(LibavError) {
        for (index, picture) in pictures.enumerated() {
            try encoder.send(picture, at: index)
            while case .packet = try encoder.receive() {}
        }
        try encoder.drain()
        while case .packet = try encoder.receive() {}
    }
}
