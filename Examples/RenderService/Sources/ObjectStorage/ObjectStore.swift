// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import NIOCore

/// Where media and results are kept: a folder on this machine, or a store that speaks S3.
///
/// Keys are relative paths such as `media/anna/photo.jpg`: parts between `/`, none of them empty, `.` or `..`, no
/// control characters, at most 1,024 bytes. Other keys are refused with ``StorageError/invalidKey(_:)``. An object is
/// replaced as a whole or not at all. Thread-safe.
public protocol ObjectStore: Sendable {
    /// Which store this is: the same for two values that reach the same objects, another for any other store.
    ///
    /// ``DownloadCache`` names its entries by it. Holds no secrets.
    var identity: String { get }
    /// What is known of an object without reading it; `nil` where there is none.
    func info(_ key: String) async throws -> ObjectInfo?
    /// An object's bytes, or a part of them, as they arrive; `nil` where there is none.
    ///
    /// `range` is in bytes and is cut to the object's end.
    func read(_ key: String, range: Range<Int64>?) async throws -> ObjectBody?
    /// Writes the bytes of a file under a key.
    @discardableResult
    func upload(file path: String, to key: String, contentType: String) async throws -> ObjectInfo
    /// Writes bytes under a key as they arrive.
    ///
    /// `size` is how many there will be, where that is known. Throws ``StorageError/tooLarge(limit:)`` and keeps
    /// nothing once there are more than `limit`.
    @discardableResult
    func write<Body: AsyncSequence & Sendable>(
        _ body: Body, size: Int64?, to key: String, contentType: String, limit: Int64
    ) async throws -> ObjectInfo where Body.Element == ByteBuffer
    /// Removes an object; does nothing where there is none.
    func remove(_ key: String) async throws
    /// Keys that begin with a prefix, in order, at most `limit`.
    func keys(withPrefix prefix: String, limit: Int) async throws -> [String]
    /// An address at which anyone can read the object for a while, without credentials; `nil` where the store has none.
    func publicURL(_ key: String, expiresIn seconds: Int) throws -> URL?
}

/// What is known of an object without reading it.
public struct ObjectInfo: Sendable, Hashable {
    /// Bytes.
    public let size: Int64
    /// Changes whenever the bytes do; without quotes.
    public let etag: String
    /// As it was given when the object was written.
    public let contentType: String

    /// What is known of an object.
    public init(size: Int64, etag: String, contentType: String) {
        self.size = size
        self.etag = etag
        self.contentType = contentType
    }
}

/// An object, or a part of one, on its way.
public struct ObjectBody: Sendable {
    /// Of the whole object.
    public let info: ObjectInfo
    /// Which bytes these are.
    public let range: Range<Int64>
    /// The bytes: all of `range`, or an error.
    public let bytes: ObjectBytes

    /// An object on its way.
    public init(info: ObjectInfo, range: Range<Int64>, bytes: ObjectBytes) {
        self.info = info
        self.range = range
        self.bytes = bytes
    }
}

/// Why a store could not do something.
public enum StorageError: Error, Sendable, CustomStringConvertible {
    /// Not a key.
    case invalidKey(String)
    /// More bytes than were allowed.
    case tooLarge(limit: Int64)
    /// Not to be had now, and perhaps later: no connection, a time-out, the server's own failure.
    case unavailable(String)
    /// Not to be had later either: no permission, no such bucket.
    case refused(String)
    /// This machine's own disk did not take it.
    case diskFailed(String)

    /// Whether trying again may help.
    public var mayHeal: Bool {
        if case .unavailable = self { true } else { false }
    }

    /// A line for people.
    public var description: String {
        switch self {
        case .invalidKey(let key):
            "\"\(key.prefix(100))\" is not a key: parts between slashes, none empty, \".\" or \"..\""
        case .tooLarge(let limit): "more than the \(limit) bytes that are allowed"
        case .unavailable(let reason): "the store is unavailable: \(reason)"
        case .refused(let reason): "the store refused: \(reason)"
        case .diskFailed(let reason): "the disk did not take it: \(reason)"
        }
    }
}
