// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import Libav
internal import Synchronization

/// Encoded segments in a folder on this machine, the ones not used for longest dropped when it grows too large.
///
/// Any number of renders in any number of processes may use one folder at once: each entry appears whole or not at all, and one
/// that was damaged since is noticed when it is read. Nothing else belongs into the folder. Thread-safe.
public final class RenderCache: SegmentStore {
    /// The folder.
    public let folder: String
    /// Bytes it may grow to, about.
    public let limit: Int
    /// Bytes there were when they were last counted, and those added since.
    private let size = Mutex<Int?>(nil)

    /// Entries in `folder`, which is made when the first one is kept; 10 GB of them unless said otherwise.
    public init(folder: String, limit: Int = 10_000_000_000) {
        precondition(limit > 0, "the limit is above 0")
        self.folder = folder
        self.limit = limit
    }

    /// Reads an entry, and notes that it was used.
    public func get(_ key: String) async throws -> Data? {
        try await onOwnThread("compose.cache") { [self] in Result { try read(key).map { Data($0) } } }.get()
    }

    /// Writes an entry, and drops others where there are too many.
    public func put(_ key: String, _ bytes: Data) async throws {
        try await onOwnThread("compose.cache") { [self] in Result { try write(key, Array(bytes)) } }.get()
    }

    /// The same on the calling thread.
    ///
    /// Blocks on the disk.
    func read(_ key: String) throws -> ArraySlice<UInt8>? {
        let path = path(of: key)
        guard PathKind(path) == .regular else { return nil }
        try? FileSystem.touch(path)
        do { return try OpenFile(path).bytes(limit: 4 << 30).contents } catch {
            guard error.isMissing else { throw error }
            return nil
        }
    }

    /// The same on the calling thread.
    ///
    /// Blocks on the disk.
    func write(_ key: String, _ bytes: [UInt8]) throws {
        let path = path(of: key)
        let parent = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        let temporary = "\(parent)/.\(UUID().uuidString).part"
        do {
            // Held while it is written: what nobody holds was left behind by a process that is gone.
            let file = try FileLock(writing: bytes, to: temporary)
            try FileSystem.rename(temporary, to: path)
            withExtendedLifetime(file) {}
        } catch {
            try? FileSystem.remove(temporary)
            throw error
        }
        let isFull = size.withLock { size in
            size = size.map { $0 + bytes.count }
            return size.map { $0 > limit } ?? true
        }
        if isFull { trim() }
    }

    /// Drops everything that has not been used for longest, until there is room, and what processes that are gone left behind.
    private func trim() {
        struct Entry {
            let path: String
            let size: Int
            let used: Date
        }
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey, .isRegularFileKey]
        var entries: [Entry] = []
        for path in paths() {
            guard let values = try? URL(fileURLWithPath: path).resourceValues(forKeys: keys),
                values.isRegularFile == true
            else { continue }
            if path.hasSuffix(".part") {
                if let lock = try? FileLock(path) { withExtendedLifetime(lock) { try? FileSystem.remove(path) } }
            } else if path.hasSuffix(Self.ending) {
                entries.append(
                    Entry(path: path, size: values.fileSize ?? 0, used: values.contentModificationDate ?? .distantPast))
            }
        }
        var total = entries.reduce(0) { $0 + $1.size }
        // A tenth more than is needed, so that this is not done for every entry.
        if total > limit {
            for entry in entries.sorted(by: { $0.used < $1.used }) {
                guard total > limit - limit / 10 else { break }
                try? FileSystem.remove(entry.path)
                total -= entry.size
            }
        }
        size.withLock { $0 = total }
    }

    private func paths() -> [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return folders.filter { $0.count == 2 }.flatMap { name in
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []).map {
                "\(folder)/\(name)/\($0)"
            }
        }
    }

    private static let ending = ".segment"

    private func path(of key: String) -> String { "\(folder)/\(key.prefix(2))/\(key)\(Self.ending)" }
}
