// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import NIOCore

/// A store for media and results: a folder on this machine or an S3-compatible store.
///
/// Keys are relative paths such as `media/anna/photo.jpg`. They have at most 1,024 bytes, contain no control
/// characters, and none of their components is empty, `.` or `..`. Other keys throw ``StorageError/invalidKey(_:)``. An
/// object is replaced completely or not at all. Implementations are thread-safe.
public protocol ObjectStore: Sendable {
    /// The identity of the store, which is the same for two values exactly if they reach the same objects.
    ///
    /// ``DownloadCache`` uses it in the cache keys of its entries. It contains no secrets.
    var identity: String { get }
    /// Returns an object's metadata without reading it, or `nil` if the object does not exist.
    func info(_ key: String) async throws -> ObjectInfo?
    /// Returns an object's bytes or a range of them as they arrive, or `nil` if the object does not exist.
    ///
    /// The range is in bytes and is limited to the size of the object.
    func read(_ key: String, range: Range<Int64>?) async throws -> ObjectBody?
    /// Stores the contents of a file under a key.
    @discardableResult
    func upload(file path: String, to key: String, contentType: String) async throws -> ObjectInfo
    /// Stores bytes under a key as they arrive.
    ///
    /// `size` is the number of bytes to come, if it is known. Throws ``StorageError/tooLarge(limit:)`` and keeps
    /// nothing if more than `limit` bytes arrive.
    @discardableResult
    func write<Body: AsyncSequence & Sendable>(
        _ body: Body, size: Int64?, to key: String, contentType: String, limit: Int64
    ) async throws -> ObjectInfo where Body.Element == ByteBuffer
    /// Removes an object, if it exists.
    func remove(_ key: String) async throws
    /// Returns at most `limit` keys that start with a prefix, in order.
    func keys(withPrefix prefix: String, limit: Int) async throws -> [String]
    /// Returns a URL with which anyone can read the object for a while without credentials.
    ///
    /// Returns `nil` if the store has no such URLs.
    func publicURL(_ key: String, expiresIn seconds: Int) async throws -> URL?
    /// Returns a URL to which anyone can write the object with `PUT` for a while without credentials.
    ///
    /// Returns `nil` if the store has no such URLs.
    func uploadURL(_ key: String, expiresIn seconds: Int) async throws -> URL?
}

/// The metadata of an object.
public struct ObjectInfo: Sendable, Hashable {
    /// The size in bytes.
    public let size: Int64
    /// The ETag without quotes, which changes whenever the bytes change.
    public let etag: String
    /// The content type that was given when the object was written.
    public let contentType: String

    /// Creates the metadata of an object.
    public init(size: Int64, etag: String, contentType: String) {
        self.size = size
        self.etag = etag
        self.contentType = contentType
    }
}

/// The contents of an object or of a range of it.
public struct ObjectBody: Sendable {
    /// The metadata of the whole object.
    public let info: ObjectInfo
    /// The range of the bytes.
    public let range: Range<Int64>
    /// The bytes, which are all of `range` or end with an error.
    public let bytes: ObjectBytes

    /// Creates the contents of an object.
    public init(info: ObjectInfo, range: Range<Int64>, bytes: ObjectBytes) {
        self.info = info
        self.range = range
        self.bytes = bytes
    }
}

/// An error thrown by an object store.
public enum StorageError: Error, Sendable, CustomStringConvertible {
    /// The key is invalid.
    case invalidKey(String)
    /// There were more bytes than allowed.
    case tooLarge(limit: Int64)
    /// The store is unavailable and may recover: no connection, a time-out, or a server error.
    case unavailable(String)
    /// The store refused the request permanently: no permission, or no such bucket.
    case refused(String)
    /// A disk operation on this machine failed.
    case diskFailed(String)

    /// Whether a retry may succeed.
    public var mayHeal: Bool {
        if case .unavailable = self { true } else { false }
    }

    /// The error message.
    public var description: String {
        switch self {
        case .invalidKey(let key):
            "\"\(key.prefix(100))\" is not a key: parts between slashes, none empty, \".\" or \"..\""
        case .tooLarge(let limit): "larger than the limit of \(limit) bytes"
        case .unavailable(let reason): "the store is unavailable: \(reason)"
        case .refused(let reason): "the store refused: \(reason)"
        case .diskFailed(let reason): "the disk did not take it: \(reason)"
        }
    }
}
