// SPDX-License-Identifier: Apache-2.0

import CExtendedAttributes

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The metadata that ``FolderStore`` keeps in an extended attribute of an object's file.
///
/// Keeping it there lets the bytes and the metadata change in one step. The attribute is missing or out of date if the
/// file was put into the folder or changed there by someone else, or if the file system has no extended attributes. The
/// ETag is then derived from the file's inode, size and modification time, and the content type from its name.
enum ObjectAttributes {
    private static let name = "user.render-service.object"
    private static let capacity = 1024

    /// Stores the metadata with a file that is completely written.
    static func write(etag: String, contentType: String, to file: TemporaryFile) throws(Disk.Failure) {
        let status = try Disk.status(of: file.descriptor)
        let text = Array("\(etag)\n\(status.size)\n\(status.modified)\n\(contentType)".utf8)
        do throws(Disk.Failure) {
            try Disk.call("describing a file") {
                #if canImport(Darwin)
                    fsetxattr(file.descriptor, name, text, text.count, 0, 0)
                #else
                    fsetxattr(file.descriptor, name, text, text.count, 0)
                #endif
            }
        } catch  where error.code == ENOTSUP || error.code == EOPNOTSUPP {
            return
        }
    }

    /// Returns the metadata of an object's file.
    static func read(from file: OpenFile, key: String) throws(Disk.Failure) -> ObjectInfo {
        let status = try file.status()
        var bytes = [UInt8](repeating: 0, count: capacity)
        #if canImport(Darwin)
            let count = fgetxattr(file.descriptor, name, &bytes, capacity, 0, 0)
        #else
            let count = fgetxattr(file.descriptor, name, &bytes, capacity)
        #endif
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        let parts = text.split(separator: "\n", maxSplits: 3, omittingEmptySubsequences: false)
        let isOurs = parts.count == 4
        let isUnchanged = isOurs && parts[1] == "\(status.size)" && parts[2] == "\(status.modified)"
        let etag =
            isUnchanged
            ? String(parts[0]) : String(sha256("\(status.inode) \(status.size) \(status.modified)").prefix(32))
        return ObjectInfo(
            size: status.size, etag: etag, contentType: isOurs ? String(parts[3]) : contentType(ofName: key))
    }

    private static func contentType(ofName name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return contentTypes[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
    }

    private static let contentTypes = [
        "aac": "audio/aac", "flac": "audio/flac", "gif": "image/gif", "html": "text/html", "jpeg": "image/jpeg",
        "jpg": "image/jpeg", "json": "application/json", "m3u8": "application/vnd.apple.mpegurl", "m4a": "audio/mp4",
        "m4s": "video/iso.segment", "mov": "video/quicktime", "mp3": "audio/mpeg", "mp4": "video/mp4",
        "ogg": "audio/ogg", "otf": "font/otf", "png": "image/png", "srt": "application/x-subrip",
        "svg": "image/svg+xml", "ttf": "font/ttf", "txt": "text/plain", "vtt": "text/vtt", "wav": "audio/wav",
        "webm": "video/webm", "webp": "image/webp", "woff2": "font/woff2",
    ]
}
