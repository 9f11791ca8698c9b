// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav
internal import Synchronization

/// What the encoder of a plan's segments is, to the last option: the same for all of them.
struct SegmentEncoding: Sendable, Hashable {
    let backend: Backend
    /// Its settings in libav's words.
    let settings: String
    /// The parameter sets it writes when it is opened, which name its version too where it is x264 or x265.
    let header: [UInt8]

    init(_ opened: OpenedEncoder) {
        backend = opened.chosen.backend
        settings = opened.chosen.settings
        header = opened.encoder.header
    }
}

/// How a media file's contents are told apart.
public enum MediaIdentity: Sendable, Hashable {
    /// By size, time of last change and number on the disk: nothing is read. Two machines never share what they made of a file.
    case fingerprint
    /// By a hash of all of the file, which is read for it once per process.
    case contents
}

extension Plan {
    /// What stands for a segment's encoded pictures: equal only for equal ones.
    ///
    /// The part as it is counted from its own first frame, the contents of its media, the encoder with all its settings, and
    /// the builds of FFmpeg and of Compose. Without an encoder it stands for the pictures alone.
    func key(of part: Plan, _ encoding: SegmentEncoding?, _ identity: MediaIdentity) throws(ComposeError) -> Digest {
        var bytes = CanonicalBytes()
        bytes.add("\(ComposeVersion.current) \(ComposeVersion.pictures) FFmpeg \(Library.version)")
        try bytes.add(part) { index, still throws(ComposeError) in
            try identity.bytes(
                of: still.src, still.fingerprint, at: path(of: still.src), named: part.sourcePaths[index])
        }
        if let encoding {
            bytes.add(encoding.backend.rawValue)
            // The code x264 runs is no part of what comes out: that is what the option is for.
            bytes.add(encoding.settings.replacing(":asm=avx2,fma3,bmi2", with: ""))
            bytes.add(part.output.video.pixelFormat?.rawValue ?? "")
            bytes.add(part.output.video.options.heldPictures != false)
            bytes.add(part.output.video.frameRate.rawValue)
            bytes.add(encoding.header)
        }
        do throws(LibavError) { return try Digest(of: bytes.bytes) } catch { throw ComposeError(error, .renderFailed) }
    }
}

extension Plan {
    /// For each segment, which one of another plan has the very same pictures and settings; `nil` for those that none has.
    ///
    /// Opens no file. Throws ``ComposeError`` only where memory ends.
    public func segmentsShared(with other: Plan) throws(ComposeError) -> [Int?] {
        guard output.video == other.output.video, encoderThreads == other.encoderThreads else {
            return segments.map { _ in nil }
        }
        var numbers: [Digest: Int] = [:]
        for segment in other.segments {
            let key = try other.key(of: other.part(segment), nil, .fingerprint)
            if numbers[key] == nil { numbers[key] = segment.index }
        }
        return try segments.map { segment throws(ComposeError) in
            numbers[try key(of: part(segment), nil, .fingerprint)]
        }
    }
}

extension MediaIdentity {
    /// What stands for a file's contents; `named` is where the edit names it.
    func bytes(
        of src: String, _ fingerprint: FileFingerprint, at path: String, named: String
    ) throws(ComposeError) -> [UInt8] {
        switch self {
        case .fingerprint: return fingerprint.canonical
        case .contents:
            do throws(LibavError) { return try ContentHashes.hash(of: path, fingerprint).bytes } catch {
                throw ComposeError(
                    .unreadableMedia, path: named, "\(src) cannot be read: \(error.message)",
                    operation: error.operation, libavMessage: error.log)
            }
        }
    }
}

extension FileFingerprint {
    fileprivate var canonical: [UInt8] {
        var bytes = CanonicalBytes()
        bytes.add(Int(size))
        bytes.add(Int(modified))
        bytes.add(inode)
        return bytes.bytes
    }
}

/// Hashes of files' contents, each taken once as long as the file's fingerprint stays the same.
private enum ContentHashes {
    private struct Known: Hashable {
        let path: String
        let fingerprint: FileFingerprint
    }

    private static let known = Mutex<[Known: Digest]>([:])

    static func hash(of path: String, _ fingerprint: FileFingerprint) throws(LibavError) -> Digest {
        let key = Known(path: path, fingerprint: fingerprint)
        if let digest = known.withLock({ $0[key] }) { return digest }
        let file = try OpenFile(path)
        try file.expect(fingerprint)
        let digest = try Digest(of: Array(try file.bytes(limit: 4 << 30).contents))
        known.withLock { $0[key] = digest }
        return digest
    }
}
