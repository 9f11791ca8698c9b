// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A cache of downloaded files on this machine.
///
/// A file is handed out as a hard link at the caller's path. It therefore remains usable after the cache removes its
/// own link. It must not be written to. On another volume, or without hard links, it is a copy. Several processes may
/// use one folder at the same time. The least recently used files are removed first.
public final class DownloadCache: Sendable {
    /// The folder of the cache.
    public let folder: String
    /// The maximum number of bytes kept, excluding downloads in progress.
    public let limit: Int64
    private let entries: CacheEntries
    let downloads = SharedWork<HeldFile>()

    /// Creates a cache in a folder, which is created if it does not exist.
    ///
    /// Unfinished files older than a day, which were left by killed processes, are removed.
    public init(folder: String, limit: Int64) throws {
        self.folder = folder
        self.limit = limit
        do {
            entries = try CacheEntries(folder: folder, limit: limit)
        } catch let failure as Disk.Failure {
            throw failure.storageError
        }
    }

    /// Places an object's bytes at a path and replaces what is there; returns `nil` if there is no such object.
    ///
    /// An object of a ``FolderStore`` on the same volume is linked there without a copy in the cache.
    @discardableResult
    public func file(for key: String, of store: any ObjectStore, linkedAt path: String) async throws -> ObjectInfo? {
        if let folder = store as? FolderStore {
            switch try await folder.link(key, at: path) {
            case .linked(let info): return info
            case .noSuchObject: return nil
            case .notPossible: break
            }
        }
        for _ in 0..<4 {
            guard let info = try await store.info(key) else { return nil }
            do {
                try await file(
                    named: "\(store.identity)\n\(key)", etag: info.etag, size: info.size, linkedAt: path
                ) { path in
                    guard let body = try await store.read(key, range: nil), body.info.etag == info.etag else {
                        throw ObjectChanged()
                    }
                    let file = try await onBlockingThread { try TemporaryFile(path: path) }
                    try await file.append(body.bytes)
                    try await onBlockingThread { try file.keep() }
                }
                return info
            } catch is ObjectChanged {
                continue
            }
        }
        throw StorageError.unavailable("\"\(key)\" is replaced again and again")
    }

    /// Places the file identified by a name and an ETag at a path, replaces what is there, and returns its size.
    ///
    /// If the cache does not have the file, `fetch` is called to create it at the path that it is given. Errors thrown
    /// by `fetch` are rethrown. Other callers that ask for the same file in the meantime wait for it. The download is
    /// cancelled when all of them are cancelled.
    @discardableResult
    public func file(
        named name: String, etag: String, linkedAt path: String,
        fetch: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Int64 {
        try await file(named: name, etag: etag, size: nil, linkedAt: path, fetch: fetch)
    }

    /// Returns the number of files in the cache and their total size in bytes.
    public func usage() async throws -> (files: Int, bytes: Int64) {
        try await onBlockingThread { [entries] in
            let all = try entries.all()
            return (all.count, all.reduce(0) { $0 + $1.size })
        }
    }

    /// An error thrown when the object was replaced during the download.
    private struct ObjectChanged: Error {}

    @discardableResult
    private func file(
        named name: String, etag: String, size: Int64?, linkedAt path: String,
        fetch: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Int64 {
        let entry = sha256("\(name)\n\(etag)")
        if let found = try await entries.use(entry, size: size, at: path) { return found }
        let held = try await downloads.value(for: entry) { [entries] in
            let held = HeldFile(path: entries.temporaryPath())
            // Another process, or a download that ended just before this one started, may have added it by now.
            if let found = try await entries.use(entry, size: size, at: held.path) {
                held.size = found
                return held
            }
            try await fetch(held.path)
            held.size = try await entries.add(held.path, as: entry, size: size)
            return held
        }
        try await CacheEntries.place(held.path, at: path)
        return held.size
    }
}

/// A file that is removed when nothing refers to it any more.
///
/// Tasks that waited for a download link to this file rather than to the cache's entry, which may already be removed.
final class HeldFile: @unchecked Sendable {
    // Sendable because `size` is set by the creator before others can access it.

    let path: String
    var size: Int64 = 0

    init(path: String) {
        self.path = path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
