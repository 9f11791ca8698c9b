// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import NIOCore

/// Objects as files under a folder of this machine, each at the path that is its key.
///
/// An object is written to a file aside, put on the disk and moved to its place, so that readers find the old one or
/// the new one. Its type and etag are an extended attribute of the file. Symbolic links under the folder are not
/// followed, wherever they lead.
///
/// What differs from a store that speaks S3: no key may be the folder of another one (`a` and `a/b`), nor have a part
/// of more than 255 bytes, and no key may begin with `.partial/`: unfinished files are kept in that folder.
public final class FolderStore: ObjectStore {
    /// The folder.
    public let root: String
    /// Which folder it is.
    public let identity: String
    private let partialFolder: String

    /// A store in a folder, which is made where there is none.
    ///
    /// Unfinished files that are older than a day, which killed processes left, are removed.
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

    /// What is known of an object without reading it; `nil` where there is none.
    public func info(_ key: String) async throws -> ObjectInfo? {
        try Self.check(key)
        return try await onBlockingThread { try self.open(key)?.info }
    }

    /// An object's bytes, or a part of them; `nil` where there is none.
    public func read(_ key: String, range: Range<Int64>?) async throws -> ObjectBody? {
        try Self.check(key)
        guard let (file, info) = try await onBlockingThread({ try self.open(key) }) else { return nil }
        let range = ObjectKey.cut(range, to: info.size)
        return ObjectBody(info: info, range: range, bytes: file.bytes(range))
    }

    /// Copies a file to a key.
    @discardableResult
    public func upload(file path: String, to key: String, contentType: String) async throws -> ObjectInfo {
        try Self.check(key)
        try ObjectKey.check(contentType: contentType)
        let (file, size) = try await OpenFile.withSize(path: path)
        return try await write(file.bytes(0..<size), size: size, to: key, contentType: contentType, limit: .max)
    }

    /// Writes bytes under a key as they arrive.
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

    /// Removes an object, and folders that are empty then.
    public func remove(_ key: String) async throws {
        try Self.check(key)
        try await onBlockingThread { try self.unlink(key) }
    }

    /// Keys that begin with a prefix, in order, at most `limit`.
    public func keys(withPrefix prefix: String, limit: Int) async throws -> [String] {
        try await onBlockingThread {
            var keys: [String] = []
            try self.collect(&keys, in: OpenFile(folder: self.root), path: "", prefix: prefix, limit: limit)
            return keys
        }
    }

    /// None: nobody but this machine reaches the folder.
    public func publicURL(_ key: String, expiresIn seconds: Int) throws -> URL? {
        nil
    }

    /// Makes a path another name of an object's file, so that nothing is copied.
    ///
    /// The file stays as it is when the object is replaced or removed; it must not be written to.
    func link(_ key: String, at path: String) async throws -> LinkResult {
        try Self.check(key)
        return try await onBlockingThread { try self.hardLink(key, at: path) }
    }
}
