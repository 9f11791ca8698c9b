// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Files of this machine that hold what was fetched from elsewhere, so that it is not fetched again.
///
/// A file is handed out as a hard link at a path of the caller's, and so stays usable when the cache drops its own
/// link; it must not be written to. On another volume, or where there are no hard links, it is a copy. Several
/// processes may use one folder at once. What was not used for the longest time is dropped first.
public final class DownloadCache: Sendable {
    /// The folder.
    public let folder: String
    /// The most bytes that are kept, besides what is being fetched.
    public let limit: Int64
    private let entries: CacheEntries
    let downloads = SharedWork<HeldFile>()

    /// A cache in a folder, which is made where there is none.
    ///
    /// Unfinished files that are older than a day, which killed processes left, are removed.
    public init(folder: String, limit: Int64) throws {
        self.folder = folder
        self.limit = limit
        do {
            entries = try CacheEntries(folder: folder, limit: limit)
        } catch let failure as Disk.Failure {
            throw failure.storageError
        }
    }

    /// Puts an object's bytes at a path, instead of what is there; `nil` where there is no such object.
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
                    file.keep()
                }
                return info
            } catch is ObjectChanged {
                continue
            }
        }
        throw StorageError.unavailable("\"\(key)\" is replaced again and again")
    }

    /// Puts at a path, instead of what is there, a file that a name and an etag stand for, and returns its size.
    ///
    /// `fetch` is called where the cache does not have it, and makes the file at the path it is given; what it throws
    /// is thrown. While it runs, others who ask for the same wait for it: it is cancelled when all of them are.
    @discardableResult
    public func file(
        named name: String, etag: String, linkedAt path: String,
        fetch: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Int64 {
        try await file(named: name, etag: etag, size: nil, linkedAt: path, fetch: fetch)
    }

    /// How many files are kept, and how many bytes they have.
    public func usage() async throws -> (files: Int, bytes: Int64) {
        try await onBlockingThread { [entries] in
            let all = try entries.all()
            return (all.count, all.reduce(0) { $0 + $1.size })
        }
    }

    /// What was asked for is not there any more, but something else.
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
            // Another process may have it by now, or a download that ended just before this one began.
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

/// A file that goes away when nobody holds it any more.
///
/// Those who waited for a download link it, and not the cache's entry, which may be dropped already.
final class HeldFile: @unchecked Sendable {
    // Sendable because `size` is set by the one who makes it, before others see it.

    let path: String
    var size: Int64 = 0

    init(path: String) {
        self.path = path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
