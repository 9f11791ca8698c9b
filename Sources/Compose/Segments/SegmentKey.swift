// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav

/// The encoder of a plan's segments with all its settings, the same for all segments.
struct SegmentEncoding: Sendable, Hashable {
    let backend: Backend
    /// The settings in libav's terms.
    let settings: String
    /// The parameter sets from opening the encoder; those of x264 and x265 also contain the encoder's version.
    let header: [UInt8]

    init(_ opened: OpenedEncoder) {
        backend = opened.chosen.backend
        settings = opened.chosen.settings
        header = opened.encoder.header
    }
}

/// The way a media file's contents are identified.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum MediaIdentity: Sendable, Hashable {
    /// By size, modification time and inode, without reading the file.
    ///
    /// Machines never share results made from a file.
    case fingerprint
    /// By a hash of the whole file, which is read once per process.
    case contents
}

extension Plan {
    /// Returns the cache key of a segment's encoded pictures.
    ///
    /// Keys are equal only if the pictures are. The key covers the part with its frames numbered from 0, the contents
    /// of its media, the encoder with all its settings, and the builds of FFmpeg and Compose. Without an encoder it
    /// identifies the pictures alone.
    func key(of part: Plan, _ encoding: SegmentEncoding?, _ identity: MediaIdentity) throws(ComposeError) -> Digest {
        var bytes = CanonicalBytes()
        bytes.add("\(ComposeVersion.current) \(ComposeVersion.pictures) FFmpeg \(Library.version)")
        try bytes.add(part) { index throws(ComposeError) in
            let source = part.sources[index].source
            guard let src = source.file, let fingerprint = source.fileFingerprint else { return [] }
            return try identity.bytes(of: src, fingerprint, at: path(of: src), named: part.sourcePaths[index])
        }
        if let encoding {
            bytes.add(encoding.backend.rawValue)
            // x264's instruction set does not change the output: ensuring that is this option's purpose.
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
    /// Returns, for each segment, the index of the segment in another plan with the same pictures and settings.
    ///
    /// The index is `nil` if the other plan has no such segment. Opens no files. Throws ``ComposeError`` only if memory
    /// runs out.
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
    /// Returns the bytes that identify a file's contents; `named` is the file's place in the edit.
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

/// Hashes of files' contents, computed once for each file and fingerprint.
private enum ContentHashes {
    private struct Known: Hashable {
        let path: String
        let fingerprint: FileFingerprint
    }

    private static let known = Locked<[Known: Digest]>([:])

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
