// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The files of a ``DownloadCache``, one for each entry, whose access times record the last use.
final class CacheEntries: Sendable {
    /// A file in the cache.
    struct Entry: Sendable {
        let path: String
        let size: Int64
        let used: Int64
    }

    private let folder: String
    private let limit: Int64
    private var partialFolder: String { "\(folder)/.partial" }

    /// Creates the folder, and removes files left by killed processes and entries above the limit.
    init(folder: String, limit: Int64) throws {
        self.folder = folder
        self.limit = limit
        try Disk.makeFolder("\(folder)/.partial")
        Disk.removeLeftovers(in: partialFolder)
        try locked { try makeRoom(for: 0) }
    }

    /// Returns a path at which a file can be created that will become an entry.
    func temporaryPath() -> String {
        "\(partialFolder)/\(UUID().uuidString)"
    }

    /// Places an entry at a path and returns its size, or `nil` if it does not exist or has another size.
    func use(_ name: String, size: Int64?, at path: String) async throws -> Int64? {
        let entry = "\(folder)/\(name)"
        let found: Int64? = try await onBlockingThread {
            guard let status = try? Disk.status(ofPath: entry), status.isFile else { return nil }
            guard size == nil || size == status.size else {
                unlink(entry)
                return nil
            }
            Disk.noteUse(of: entry)
            return status.size
        }
        guard let found else { return nil }
        do {
            try await Self.place(entry, at: path)
            return found
        } catch let error as StorageError {
            // The entry was removed in the meantime.
            if try await onBlockingThread({ (try? Disk.status(ofPath: entry)) == nil }) { return nil }
            throw error
        }
    }

    /// Adds a file to the cache if the limit allows it, and returns its size.
    ///
    /// The file also remains at its path.
    func add(_ path: String, as name: String, size: Int64?) async throws -> Int64 {
        try await onBlockingThread { [self] in
            let file = try OpenFile(path: path)
            // Without this, an entry that was truncated by a crash of the machine would look complete.
            try file.synchronize()
            let status = try file.status()
            guard status.isFile, size == nil || size == status.size else {
                throw StorageError.unavailable("\(status.size) bytes came instead of \(size ?? 0)")
            }
            fchmod(file.descriptor, 0o444)
            guard status.size <= limit else { return status.size }
            try locked {
                try makeRoom(for: status.size)
                // An entry added by another process is equally good. Without hard links, nothing is kept.
                _ = linkat(AT_FDCWD, path, AT_FDCWD, "\(folder)/\(name)", 0)
            }
            return status.size
        }
    }

    /// Returns all entries.
    func all() throws -> [Entry] {
        let open = try OpenFile(folder: folder)
        return try Disk.names(in: open.descriptor).compactMap { name in
            guard !name.hasPrefix("."), let status = try? Disk.status(of: name, in: open.descriptor), status.isFile
            else {
                return nil
            }
            return Entry(path: "\(folder)/\(name)", size: status.size, used: status.read)
        }
    }

    /// Places a file at a second path and replaces what is there, as a hard link or, if that is impossible, as a copy.
    static func place(_ source: String, at path: String) async throws {
        let isLinked = try await onBlockingThread {
            do throws(Disk.Failure) {
                try Disk.link(source, at: path)
                return true
            } catch  where error.asksForCopy {
                return false
            }
        }
        if isLinked { return }
        let (file, size) = try await OpenFile.withSize(path: source)
        let copy = try await onBlockingThread { try TemporaryFile(path: "\(path).\(UUID().uuidString).part") }
        try await copy.append(file.bytes(0..<size))
        try await onBlockingThread { try copy.move(to: path) }
    }

    private func makeRoom(for size: Int64) throws {
        let entries = try all().sorted { $0.used < $1.used }
        var total = entries.reduce(size) { $0 + $1.size }
        for entry in entries where total > limit {
            unlink(entry.path)
            total -= entry.size
        }
    }

    /// Runs a closure while no other process and no other thread of this process does.
    private func locked(_ body: () throws -> Void) throws {
        let descriptor = try Disk.call("opening the cache's lock") {
            openat(AT_FDCWD, "\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        }
        // Closing releases the lock, and so does the end of the process.
        defer { close(descriptor) }
        try Disk.call("waiting for the cache's lock") { flock(descriptor, LOCK_EX) }
        try body()
    }
}
