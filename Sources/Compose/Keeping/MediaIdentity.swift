// SPDX-License-Identifier: Apache-2.0

internal import Libav

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

    private static let known = Remembered<Known, Digest>(most: 100_000)

    static func hash(of path: String, _ fingerprint: FileFingerprint) throws(LibavError) -> Digest {
        try known.value(for: Known(path: path, fingerprint: fingerprint)) { () throws(LibavError) in
            let file = try OpenFile(path)
            try file.expect(fingerprint)
            return try Digest(of: file)
        }
    }
}
