// SPDX-License-Identifier: Apache-2.0

/// Why an encoder cannot be used here.
public enum EncoderReason: Error, Sendable, Hashable, Codable {
    /// The graphics processor's driver, or a part of it, is not installed or does not start.
    case noDriver(detail: String)
    /// There is no such processor.
    case noDevice(detail: String)
    /// There is one, but this user may not use it.
    case noPermission(detail: String)
    /// There is one, but it cannot encode.
    case noEncoderOnGPU(detail: String)
    /// As many are encoding already as the driver, or ``NVENCSessions/limit``, allows.
    case sessionLimit(detail: String)
    /// FFmpeg was built for a newer driver.
    case driverTooOld(required: String, found: String)
    /// It lacks something that was asked for.
    case unsupported(feature: String)
    /// It cannot encode pictures of this size.
    case sizeOutOfRange(detail: String)
    /// FFmpeg was built without it.
    case notInThisBuild(encoder: String)
    /// It stopped working during a render.
    case failedMidStream(frame: Int, detail: String)
    /// It failed in a way that is none of these.
    case failed(detail: String)

    /// The case's name: `noDriver`.
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
        case .failed: "failed"
        }
    }

    /// Whether it may be otherwise in a moment, so that it is worth another try.
    public var isPassing: Bool {
        switch self {
        case .sessionLimit, .failedMidStream, .failed: true
        default: false
        }
    }
}

extension EncoderReason: CustomStringConvertible {
    /// A few words for people.
    public var description: String {
        switch self {
        case .noDriver(let detail): "no driver: \(detail)"
        case .noDevice(let detail): "no device: \(detail)"
        case .noPermission(let detail): "no permission: \(detail)"
        case .noEncoderOnGPU(let detail): "no encoder on this GPU: \(detail)"
        case .sessionLimit(let detail): "too many sessions: \(detail)"
        case .driverTooOld(let required, let found): "driver too old: NVENC \(required) is needed, \(found) is there"
        case .unsupported(let feature): "not supported: \(feature)"
        case .sizeOutOfRange(let detail): "size out of range: \(detail)"
        case .notInThisBuild(let encoder): "this FFmpeg was built without \(encoder)"
        case .failedMidStream(let frame, let detail): "failed at frame \(frame): \(detail)"
        case .failed(let detail): "failed: \(detail)"
        }
    }
}

/// An encoder that was not used, and why.
public struct EncoderRejection: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Which.
    public let backend: Backend
    /// On which graphics processor; `nil` where none was come to.
    public let device: String?
    /// Why not.
    public let reason: EncoderReason

    /// `nvenc: no driver: …`.
    public var description: String { "\(backend.rawValue)\(device.map { " on " + $0 } ?? ""): \(reason)" }
}
