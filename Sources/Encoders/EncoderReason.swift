// SPDX-License-Identifier: Apache-2.0

public import ComposeScene

/// The reason why an encoder cannot be used on this machine.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum EncoderReason: Error, Sendable, Hashable, Codable {
    /// The GPU's driver, or a part of it, is not installed or does not start.
    case noDriver(detail: String)
    /// There is no such GPU.
    case noDevice(detail: String)
    /// The GPU exists, but this user may not use it.
    case noPermission(detail: String)
    /// The GPU exists, but it cannot encode.
    case noEncoderOnGPU(detail: String)
    /// The driver, or ``NVENCSessions/limit``, allows no further session.
    case sessionLimit(detail: String)
    /// FFmpeg was built for a newer driver.
    case driverTooOld(required: String, found: String)
    /// The encoder lacks a requested feature.
    case unsupported(feature: String)
    /// The encoder cannot encode pictures of this size.
    case sizeOutOfRange(detail: String)
    /// FFmpeg was built without this encoder.
    case notInThisBuild(encoder: String)
    /// The encoder failed during a render.
    case failedMidStream(frame: Int, detail: String)
    /// There was too little memory for the encoder.
    case outOfMemory(detail: String)
    /// The encoder failed for another reason.
    case failed(detail: String)

    /// The case's name, such as `noDriver`.
    public var code: String {
        switch self {
        case .noDriver: "noDriver"
        case .noDevice: "noDevice"
        case .noPermission: "noPermission"
        case .noEncoderOnGPU: "noEncoderOnGPU"
        case .sessionLimit: "sessionLimit"
        case .driverTooOld: "driverTooOld"
        case .unsupported: "unsupported"
        case .sizeOutOfRange: "sizeOutOfRange"
        case .notInThisBuild: "notInThisBuild"
        case .failedMidStream: "failedMidStream"
        case .outOfMemory: "outOfMemory"
        case .failed: "failed"
        }
    }

    /// Whether there was too little memory.
    package var isOutOfMemory: Bool { if case .outOfMemory = self { true } else { false } }

    /// Whether the problem may pass, so that a retry is worthwhile.
    public var isTemporary: Bool {
        switch self {
        case .sessionLimit, .failedMidStream, .outOfMemory, .failed: true
        default: false
        }
    }
}

extension EncoderReason: CustomStringConvertible {
    /// A short description for people.
    public var description: String {
        switch self {
        case .noDriver(let detail): "no driver: \(detail)"
        case .noDevice(let detail): "no device: \(detail)"
        case .noPermission(let detail): "no permission: \(detail)"
        case .noEncoderOnGPU(let detail): "no encoder on this GPU: \(detail)"
        case .sessionLimit(let detail): "too many sessions: \(detail)"
        case .driverTooOld(let required, let found):
            "driver too old: NVENC \(required) is required, \(found) is installed"
        case .unsupported(let feature): "not supported: \(feature)"
        case .sizeOutOfRange(let detail): "size out of range: \(detail)"
        case .notInThisBuild(let encoder): "this FFmpeg was built without \(encoder)"
        case .failedMidStream(let frame, let detail): "failed at frame \(frame): \(detail)"
        case .outOfMemory(let detail): "not enough memory: \(detail)"
        case .failed(let detail): "failed: \(detail)"
        }
    }
}

/// An encoder that was not used, and the reason.
public struct EncoderRejection: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The encoder.
    public let backend: Backend
    /// The GPU it was tried on; `nil` if none was reached.
    public let device: String?
    /// The reason why it was not used.
    public let reason: EncoderReason

    /// The encoder, its GPU and the reason: `nvenc: no driver: …`.
    public var description: String { "\(backend.rawValue)\(device.map { " on " + $0 } ?? ""): \(reason)" }
}
