// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import Libav

/// A store of encoded segments in a folder on this machine, which removes the least recently used ones when it is full.
///
/// Any number of renders in any number of processes may share a folder: entries are written atomically, and a damaged
/// entry is detected when it is read. The folder must hold nothing else. Thread-safe.
public final class RenderCache: SegmentStore {
    /// The path of the folder.
    public let folder: String
    /// The approximate size limit, in bytes.
    public let limit: Int
    /// The bytes at the last count plus those added since; `nil` before the first count.
    private let size = Locked<Int?>(nil)

    /// Creates a cache in `folder`, limited to 10 GB by default; the folder is created with the first entry.
    ///
    /// With a limit of 0 or less, each entry is removed again.
    public init(folder: String, limit: Int = 10_000_000_000) {
        self.folder = folder
        self.limit = max(limit, 0)
    }

    /// Reads an entry and marks it as used.
    ///
    /// Throws ``ComposeError`` with code `outputFailed` if the disk does.
    public func get(_ key: String) async throws(ComposeError) -> Data? {
        try await onOwnThread("compose.cache") { [self] () throws(ComposeError) in
            try getAndWait(key)
        }
    }

    /// Writes an entry, and removes old ones if the cache is full.
    ///
    /// Throws ``ComposeError`` with code `outputFailed` if the disk does.
    public func put(_ key: String, _ bytes: Data) async throws(ComposeError) {
        try await onOwnThread("compose.cache") { [self] () throws(ComposeError) in
            try putAndWait(key, bytes)
        }
    }

    /// Reads an entry as ``get(_:)`` does, on the calling thread.
    public func getAndWait(_ key: String) throws(ComposeError) -> Data? {
        do { return try read(key) } catch { throw failure("read", error) }
    }

    /// Writes an entry as ``put(_:_:)`` does, on the calling thread.
    public func putAndWait(_ key: String, _ bytes: Data) throws(ComposeError) {
        do { try write(key, Array(bytes)) } catch { throw failure("written", error) }
    }

    private func failure(_ what: String, _ error: any Error) -> ComposeError {
        ComposeError(.outputFailed, "an entry of the cache \(folder) cannot be \(what): \(error)")
    }

    private func read(_ key: String) throws -> Data? {
        let path = path(of: key)
        guard PathKind(path) == .regular else { return nil }
        try? FileSystem.touch(path)
        do { return Data(try OpenFile(path).bytes(limit: 4 << 30).contents) } catch {
            guard error.isMissing else { throw error }
            return nil
        }
    }

    private func write(_ key: String, _ bytes: [UInt8]) throws {
        let path = path(of: key)
        let parent = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        let temporary = "\(parent)/.\(UUID().uuidString).part"
        do {
            // Stays locked while it is written: an unlocked one was left behind by a process that has ended.
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

    /// Removes the least recently used entries until the rest fits, and files left behind by processes that have ended.
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
        // Frees a tenth more than needed, so that not every new entry causes a trim.
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
