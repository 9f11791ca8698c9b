// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
public import Foundation
public import NIOCore
import NIOHTTP1

/// An object store in a bucket of an S3-compatible service, such as Amazon S3, Cloudflare R2 or MinIO.
///
/// Every call retries temporary failures (no connection, time-outs, 429 and server errors) after increasing pauses.
/// Reading resumes where it stopped. Objects larger than ``Options/multipartThreshold`` are uploaded in parts, which
/// are removed if the upload fails or is cancelled. Parts remain if the response to the first request of such an upload
/// is lost or this process is killed; give the bucket a lifecycle rule that removes incomplete uploads.
///
/// The store needs the permissions `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject`, `s3:AbortMultipartUpload` and,
/// for ``keys(withPrefix:limit:)``, `s3:ListBucket`. Without the last one, Amazon responds with 403 instead of 404 for
/// keys that do not exist.
public final class S3Store: ObjectStore {
    /// The options for requests to a store.
    public struct Options: Sendable {
        /// The maximum number of attempts for each request.
        public var attempts = 4
        /// The longest pause before the first retry.
        ///
        /// It doubles with every retry, and each pause is a random part of it.
        public var backoff = Duration.milliseconds(200)
        /// The upper limit of all pauses.
        public var maximumBackoff = Duration.seconds(5)
        /// The maximum time until a response starts, in addition to the time allowed for sending the body.
        public var responseTimeout = Duration.seconds(30)
        /// The maximum time without data within a response.
        public var idleTimeout = Duration.seconds(30)
        /// The additional time allowed for each MiB of a body.
        public var timePerMebibyte = Duration.seconds(8)
        /// The size in bytes above which files are uploaded in parts.
        public var multipartThreshold: Int64 = 16 * 1024 * 1024
        /// The size in bytes of every part except the last one; larger if there would be more than 10,000 parts.
        ///
        /// Most stores require at least 5 MiB.
        public var partSize: Int64 = 8 * 1024 * 1024
        /// The number of parts uploaded at the same time.
        public var partsInFlight = 3

        /// Creates options that suit most stores.
        public init() {}
    }

    /// The address of the store, including the bucket and the path, without credentials.
    public let identity: String
    let address: S3Address
    let credentials: any S3CredentialsSource
    let region: String
    let client: HTTPClient
    let options: Options

    /// Creates a store at an address, with credentials that do not change.
    ///
    /// See the other initializer for the parameters.
    public convenience init(
        endpoint: URL, bucket: String, region: String, credentials: S3Credentials, pathStyle: Bool, client: HTTPClient,
        options: Options = Options()
    ) throws {
        try self.init(
            endpoint: endpoint, bucket: bucket, region: region, credentials: FixedCredentials(credentials),
            pathStyle: pathStyle, client: client, options: options)
    }

    /// Creates a store at an address, whose credentials are asked for before each request.
    ///
    /// `pathStyle` puts the bucket into the path instead of the host, as MinIO and most other self-hosted stores
    /// require. The client's connection time-out applies. The client should neither follow redirects nor decompress;
    /// see ``clientConfiguration``. The store does not shut it down.
    public init(
        endpoint: URL, bucket: String, region: String, credentials: any S3CredentialsSource, pathStyle: Bool,
        client: HTTPClient, options: Options = Options()
    ) throws {
        address = try S3Address(endpoint: endpoint, bucket: bucket, pathStyle: pathStyle)
        identity = "s3:\(address.scheme)://\(address.host)\(address.pathPrefix)"
        self.credentials = credentials
        self.region = region
        self.client = client
        self.options = options
    }

    /// A client configuration that suits a store.
    public static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        return configuration
    }

    /// Returns an object's metadata without reading it, or `nil` if the object does not exist.
    ///
    /// A missing bucket cannot be distinguished from a missing object by this call.
    public func info(_ key: String) async throws -> ObjectInfo? {
        try ObjectKey.check(key)
        return try await retrying {
            do {
                return try Self.info(await self.send(S3Request(method: .HEAD, key: key)).headers)
            } catch let failure as S3Failure where failure.isMissingKey {
                return nil
            }
        }
    }

    /// Returns an object's bytes or a range of them as they arrive, or `nil` if the object does not exist.
    public func read(_ key: String, range: Range<Int64>?) async throws -> ObjectBody? {
        try ObjectKey.check(key)
        if range?.isEmpty == true { return try await emptyBody(of: key, range: range) }
        let answer = try await retrying { try await self.get(key, range: range) }
        switch answer {
        case .missing: return nil
        case .outside: return try await emptyBody(of: key, range: range)
        case .found(let response, let info, let found):
            let reader = S3Reader(store: self, key: key, info: info, range: found, response: response)
            return ObjectBody(info: info, range: found, bytes: reader.bytes)
        }
    }

    /// Stores the contents of a file under a key.
    @discardableResult
    public func upload(file path: String, to key: String, contentType: String) async throws -> ObjectInfo {
        try ObjectKey.check(key)
        try ObjectKey.check(contentType: contentType)
        let (file, size) = try await OpenFile.withSize(path: path)
        if size <= options.multipartThreshold {
            return try await put(.file(file, 0..<size), to: key, contentType: contentType)
        }
        let partSize = self.partSize(for: size)
        var offset: Int64 = 0
        return try await sendParts(to: key, contentType: contentType) {
            guard offset < size else { return nil }
            let range = offset..<min(offset + partSize, size)
            offset = range.upperBound
            return .file(file, range)
        }
    }

    /// Stores bytes under a key as they arrive.
    ///
    /// Holds up to four parts in memory, which is 32 MiB, or more if `size` (or `limit`, if there is no size) is above
    /// 80 GB. More than 10,000 parts of 64 MiB are accepted only if `size` is given.
    @discardableResult
    public func write<Body: AsyncSequence & Sendable>(
        _ body: Body, size: Int64?, to key: String, contentType: String, limit: Int64
    ) async throws -> ObjectInfo where Body.Element == ByteBuffer {
        try ObjectKey.check(key)
        try ObjectKey.check(contentType: contentType)
        if let size, size > limit { throw StorageError.tooLarge(limit: limit) }
        let partSize =
            size.map { self.partSize(for: $0) } ?? min(self.partSize(for: limit), max(options.partSize, 64 << 20))
        let limit = min(limit, Self.maximumParts * partSize)
        let parts = S3PartReader(body.makeAsyncIterator(), partSize: Int(partSize), size: size, limit: limit)
        let first = try await parts.next() ?? ByteBuffer()
        if parts.isAtEnd {
            return try await put(.memory(first), to: key, contentType: contentType)
        }
        var isFirst = true
        return try await sendParts(to: key, contentType: contentType) {
            if isFirst {
                isFirst = false
                return .memory(first)
            }
            return try await parts.next().map { .memory($0) }
        }
    }

    /// Removes an object, if it exists.
    public func remove(_ key: String) async throws {
        try ObjectKey.check(key)
        try await retrying {
            do {
                _ = try await self.text(S3Request(method: .DELETE, key: key))
            } catch let failure as S3Failure where failure.isMissingKey {
                return
            }
        }
    }

    /// Returns at most `limit` keys that start with a prefix, in order.
    public func keys(withPrefix prefix: String, limit: Int) async throws -> [String] {
        var keys: [String] = []
        var token: String?
        while keys.count < limit {
            // XML cannot represent control characters, so "url" requests percent-encoded keys.
            var request = S3Request(method: .GET, key: nil)
            request.query = [
                ("list-type", "2"), ("prefix", prefix), ("max-keys", "\(min(1000, limit - keys.count))"),
                ("encoding-type", "url"),
            ]
            if let token { request.query.append(("continuation-token", token)) }
            let page = try await retrying { [request] in try S3Listing(await self.text(request)) }
            keys += page.keys
            guard let next = page.next, next != token else { break }
            token = next
        }
        return Array(keys.prefix(limit))
    }

    /// Returns a URL with which anyone can read the object for a while without credentials.
    ///
    /// The duration is limited to the range that stores accept, from one second to seven days.
    public func publicURL(_ key: String, expiresIn seconds: Int) async throws -> URL? {
        try await presigned("GET", key, seconds)
    }

    /// Returns a URL to which anyone can write the object with `PUT` for a while without credentials.
    ///
    /// The duration is limited as for ``publicURL(_:expiresIn:)``.
    public func uploadURL(_ key: String, expiresIn seconds: Int) async throws -> URL? {
        try await presigned("PUT", key, seconds)
    }

    private func presigned(_ method: String, _ key: String, _ seconds: Int) async throws -> URL? {
        try ObjectKey.check(key)
        let path = address.path(of: key)
        let query = try await signer().presignedQuery(
            for: SigV4.Request(method: method, host: address.host, path: path, payloadHash: SigV4.unsignedPayload),
            at: Date(), expiresIn: min(max(seconds, 1), 7 * 24 * 60 * 60))
        return URL(string: "\(address.scheme)://\(address.host)\(path)?\(query)")
    }

    /// Returns a signer with the current credentials.
    func signer() async throws -> SigV4 { SigV4(credentials: try await credentials.credentials(), region: region) }

    private func emptyBody(of key: String, range: Range<Int64>?) async throws -> ObjectBody? {
        guard let info = try await info(key) else { return nil }
        let start = ObjectKey.cut(range, to: info.size).lowerBound
        let none = ObjectBytes(count: 0) { _ in nil }
        return ObjectBody(info: info, range: start..<start, bytes: none)
    }
}
