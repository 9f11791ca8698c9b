// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
public import Foundation
public import NIOCore
import NIOHTTP1

/// Objects in a bucket of a store that speaks S3: Amazon's, Cloudflare R2, MinIO and others.
///
/// Every call tries again, after longer and longer pauses, what may heal: no connection, time-outs, 429 and the
/// server's own failures. Reading goes on where it stopped. Objects of more than ``Options/multipartThreshold`` are
/// sent in parts, which are taken back when the upload fails or is cancelled. (Where the store's answer to the first
/// request of such an upload is lost, or this process is killed, parts stay: give the bucket a rule that removes
/// unfinished uploads.)
///
/// Permissions that are needed: `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject`, `s3:AbortMultipartUpload` and, for
/// ``keys(withPrefix:limit:)``, `s3:ListBucket`; without the last, Amazon answers 403 instead of 404 for keys that are
/// not there.
public final class S3Store: ObjectStore {
    /// How a store is spoken to.
    public struct Options: Sendable {
        /// How often each request is tried.
        public var attempts = 4
        /// The longest pause before the second try; it doubles from try to try, and each pause is a random part of it.
        public var backoff = Duration.milliseconds(200)
        /// No pause is longer.
        public var maximumBackoff = Duration.seconds(5)
        /// How long an answer may take to begin, besides the time that sending the body may take.
        public var responseTimeout = Duration.seconds(30)
        /// How long nothing may come within an answer.
        public var idleTimeout = Duration.seconds(30)
        /// Bodies are given this time more for each MiB.
        public var timePerMebibyte = Duration.seconds(8)
        /// Files of more bytes are sent in parts.
        public var multipartThreshold: Int64 = 16 * 1024 * 1024
        /// Bytes in a part, but for the last; more where there would be over 10,000 parts.
        ///
        /// At least 5 MiB for most stores.
        public var partSize: Int64 = 8 * 1024 * 1024
        /// How many parts are sent at once.
        public var partsInFlight = 3

        /// What serves most stores.
        public init() {}
    }

    /// The address of the store, the bucket and the folder in the address, without credentials.
    public let identity: String
    let address: S3Address
    let signer: SigV4
    let client: HTTPClient
    let options: Options

    /// A store at an address.
    ///
    /// `pathStyle` puts the bucket into the path instead of the host, as MinIO and most others on own machines want it.
    /// The client's time-out for connecting is the one that counts; it should not follow redirects, nor decompress: see
    /// ``clientConfiguration``. It is not shut down by the store.
    public init(
        endpoint: URL, bucket: String, region: String, credentials: S3Credentials, pathStyle: Bool, client: HTTPClient,
        options: Options = Options()
    ) throws {
        address = try S3Address(endpoint: endpoint, bucket: bucket, pathStyle: pathStyle)
        identity = "s3:\(address.scheme)://\(address.host)\(address.pathPrefix)"
        signer = SigV4(credentials: credentials, region: region)
        self.client = client
        self.options = options
    }

    /// A client's configuration that fits a store.
    public static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        return configuration
    }

    /// What is known of an object without reading it; `nil` where there is none.
    ///
    /// A store does not tell by this call that there is no such bucket.
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

    /// An object's bytes, or a part of them, as they arrive; `nil` where there is none.
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

    /// Writes the bytes of a file under a key.
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

    /// Writes bytes under a key as they arrive.
    ///
    /// Holds up to four parts in memory: 32 MiB, and more where `size`, or else `limit`, is above 80 GB. More than
    /// 10,000 parts of 64 MiB are taken only where `size` is given.
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

    /// Removes an object; does nothing where there is none.
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

    /// Keys that begin with a prefix, in order, at most `limit`.
    public func keys(withPrefix prefix: String, limit: Int) async throws -> [String] {
        var keys: [String] = []
        var token: String?
        while keys.count < limit {
            // Control characters cannot be written in XML; "url" has the keys percent-encoded.
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

    /// An address at which anyone can read the object for a while, without credentials.
    ///
    /// Stores take one second to seven days; other times are cut to that.
    public func publicURL(_ key: String, expiresIn seconds: Int) throws -> URL? {
        try ObjectKey.check(key)
        let path = address.path(of: key)
        let query = signer.presignedQuery(
            for: SigV4.Request(method: "GET", host: address.host, path: path, payloadHash: SigV4.unsignedPayload),
            at: Date(), expiresIn: min(max(seconds, 1), 7 * 24 * 60 * 60))
        return URL(string: "\(address.scheme)://\(address.host)\(path)?\(query)")
    }

    private func emptyBody(of key: String, range: Range<Int64>?) async throws -> ObjectBody? {
        guard let info = try await info(key) else { return nil }
        let start = ObjectKey.cut(range, to: info.size).lowerBound
        let none = ObjectBytes(count: 0) { _ in nil }
        return ObjectBody(info: info, range: start..<start, bytes: none)
    }
}
