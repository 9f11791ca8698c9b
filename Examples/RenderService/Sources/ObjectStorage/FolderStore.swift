// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import NIOCore

/// An object store in a folder of this machine, where each object is a file at the path that is its key.
///
/// An object is written to a temporary file, flushed to the disk and moved to its path, so that readers see either the
/// old or the new object. Its content type and ETag are stored in an extended attribute of the file. Symbolic links
/// under the folder are not followed, wherever they lead.
///
/// Keys are more restricted than in an S3 store: no key may be the folder of another key (`a` and `a/b`), no component
/// may be longer than 255 bytes, and no key may start with `.partial/`, the folder for unfinished files.
public final class FolderStore: ObjectStore {
    /// The path of the folder.
    public let root: String
    /// The identity of the store, which contains the path of the folder.
    public let identity: String
    private let partialFolder: String

    /// Creates a store in a folder, which is created if it does not exist.
    ///
    /// Unfinished files older than a day, which were left by killed processes, are removed.
    public init(root: String) throws {
        do throws(Disk.Failure) {
            try Disk.makeFolder(root)
            self.root = try Disk.realPath(root)
            identity = "folder:\(self.root)"
            partialFolder = "\(self.root)/\(Self.partialName)"
            try Disk.makeFolder(partialFolder)
            Disk.removeLeftovers(in: partialFolder)
        } catch {
            throw error.storageError
        }
    }

    /// Returns an object's metadata, or `nil` if the object does not exist.
    public func info(_ key: String) async throws -> ObjectInfo? {
        try Self.check(key)
        return try await onBlockingThread { try self.open(key)?.info }
    }

    /// Returns an object's bytes or a range of them, or `nil` if the object does not exist.
    public func read(_ key: String, range: Range<Int64>?) async throws -> ObjectBody? {
        try Self.check(key)
        guard let (file, info) = try await onBlockingThread({ try self.open(key) }) else { return nil }
        let range = ObjectKey.cut(range, to: info.size)
        return ObjectBody(info: info, range: range, bytes: file.bytes(range))
    }

    /// Stores a copy of a file under a key.
    @discardableResult
    public func upload(file path: String, to key: String, contentType: String) async throws -> ObjectInfo {
        try Self.check(key)
        try ObjectKey.check(contentType: contentType)
        let (file, size) = try await OpenFile.withSize(path: path)
        return try await write(file.bytes(0..<size), size: size, to: key, contentType: contentType, limit: .max)
    }

    /// Stores bytes under a key as they arrive.
    @discardableResult
    public func write<Body: AsyncSequence & Sendable>(
        _ body: Body, size: Int64?, to key: String, contentType: String, limit: Int64
    ) async throws -> ObjectInfo where Body.Element == ByteBuffer {
        try Self.check(key)
        try ObjectKey.check(contentType: contentType)
        if let size, size > limit { throw StorageError.tooLarge(limit: limit) }
        let file = try await onBlockingThread { [partialFolder] in try TemporaryFile(in: partialFolder) }
        do {
            try await file.append(body, limit: limit)
            if let size, size != file.size {
                throw StorageError.refused("\(file.size) bytes came instead of \(size)")
            }
            return try await onBlockingThread { try self.keep(file, as: key, contentType: contentType) }
        } catch {
            file.discard()
            throw error
        }
    }

    /// Removes an object and the folders that become empty.
    public func remove(_ key: String) async throws {
        try Self.check(key)
        try await onBlockingThread { try self.unlink(key) }
    }

    /// Returns at most `limit` keys that start with a prefix, in order.
    public func keys(withPrefix prefix: String, limit: Int) async throws -> [String] {
        try await onBlockingThread {
            var keys: [String] = []
            try self.collect(&keys, in: OpenFile(folder: self.root), path: "", prefix: prefix, limit: limit)
            return keys
        }
    }

    /// Returns `nil`, because only this machine can reach the folder.
    public func publicURL(_ key: String, expiresIn seconds: Int) async throws -> URL? { nil }

    /// Returns `nil`, because only this machine can reach the folder.
    public func uploadURL(_ key: String, expiresIn seconds: Int) async throws -> URL? { nil }

    /// Creates a hard link to an object's file at a path, so that nothing is copied.
    ///
    /// The linked file remains unchanged when the object is replaced or removed. It must not be written to.
    func link(_ key: String, at path: String) async throws -> LinkResult {
        try Self.check(key)
        return try await onBlockingThread { try self.hardLink(key, at: path) }
    }
}
