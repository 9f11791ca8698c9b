// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// A request to the store.
struct S3Request: Sendable {
    /// A body that can be sent again.
    enum Body: Sendable {
        case none
        case memory(ByteBuffer)
        case file(OpenFile, Range<Int64>)

        var size: Int64 {
            switch self {
            case .none: 0
            case .memory(let bytes): Int64(bytes.readableBytes)
            case .file(_, let range): Int64(range.count)
            }
        }
    }

    var method: HTTPMethod
    /// The key of the object, or `nil` for requests about the bucket.
    var key: String?
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = Body.none
}

/// An error response from the store.
struct S3Failure: Error {
    let status: Int
    /// The S3 error code, or `nil` if the response has none.
    let code: String?
    let message: String?

    /// Whether the object does not exist, although the bucket may.
    var isMissingKey: Bool { status == 404 && (code == nil || code == "NoSuchKey") }

    /// The failure as a storage error.
    var storageError: StorageError {
        let text = ["\(status)", code, message].compactMap(\.self).joined(separator: " ")
        return mayHeal ? .unavailable(text) : .refused(text)
    }

    private var mayHeal: Bool {
        switch code {
        case "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "OperationAborted": true
        default: status == 408 || status == 429 || (status >= 500 && status != 501)
        }
    }
}

extension S3Store {
    /// The result of requesting an object's bytes.
    enum GetAnswer: Sendable {
        case missing
        /// The range starts at or after the end of the object.
        case outside
        case found(HTTPClientResponse, ObjectInfo, Range<Int64>)
    }

    /// Requests an object's bytes once; with `etag`, only from the object that has this ETag.
    func get(_ key: String, range: Range<Int64>?, etag: String? = nil) async throws -> GetAnswer {
        var request = S3Request(method: .GET, key: key)
        if let range {
            let first = max(0, range.lowerBound)
            request.headers.append(("range", "bytes=\(first)-\(max(first, range.upperBound - 1))"))
        }
        if let etag { request.headers.append(("if-match", "\"\(etag)\"")) }
        let response: HTTPClientResponse
        do {
            response = try await send(request)
        } catch let failure as S3Failure where failure.isMissingKey {
            return .missing
        } catch let failure as S3Failure where failure.status == 416 {
            return .outside
        }
        let info = try Self.info(response.headers)
        guard response.status == .partialContent else {
            // Stores respond like this for an empty object. For any other object, the store ignored the range.
            let wanted = ObjectKey.cut(range, to: info.size)
            guard wanted == 0..<info.size else {
                throw StorageError.refused("the store does not give parts of objects")
            }
            return .found(response, info, wanted)
        }
        guard let found = Self.contentRange(response.headers), found.range == ObjectKey.cut(range, to: found.size)
        else {
            throw StorageError.unavailable("the store gave another part than was asked for")
        }
        return .found(
            response, ObjectInfo(size: found.size, etag: info.etag, contentType: info.contentType), found.range)
    }

    /// Uploads an object with a single request.
    func put(_ body: S3Request.Body, to key: String, contentType: String) async throws -> ObjectInfo {
        let request = S3Request(method: .PUT, key: key, headers: [("content-type", contentType)], body: body)
        let hash = try await payloadHash(body)
        return try await retrying {
            let response = try await self.send(request, payloadHash: hash)
            _ = try await self.collect(response)
            return ObjectInfo(size: body.size, etag: try Self.etag(response.headers), contentType: contentType)
        }
    }

    /// Sends a request once and returns the text of the response.
    func text(_ request: S3Request, payloadHash: String? = nil) async throws -> String {
        String(buffer: try await collect(await send(request, payloadHash: payloadHash)))
    }

    /// Sends a request once, and throws ``S3Failure`` for every response that is not a success.
    func send(_ request: S3Request, payloadHash: String? = nil) async throws -> HTTPClientResponse {
        let hash: String =
            if let payloadHash { payloadHash } else { try await self.payloadHash(request.body) }
        let path = address.path(of: request.key)
        let signed = try await signer().headers(
            for: SigV4.Request(
                method: request.method.rawValue, host: address.host, path: path, query: request.query,
                headers: request.headers, payloadHash: hash),
            at: Date())
        let query = request.query.isEmpty ? "" : "?\(SigV4.canonicalQuery(request.query))"
        var outgoing = HTTPClientRequest(url: "\(address.scheme)://\(address.host)\(path)\(query)")
        outgoing.method = request.method
        for (name, value) in signed { outgoing.headers.add(name: name, value: value) }
        switch request.body {
        case .none: break
        case .memory(let bytes): outgoing.body = .bytes(bytes)
        case .file(let file, let range): outgoing.body = .stream(file.bytes(range), length: .known(Int64(range.count)))
        }
        let mebibytes = Int(request.body.size >> 20)
        let timeout = options.responseTimeout + options.timePerMebibyte * mebibytes
        do {
            let response = try await client.execute(outgoing, timeout: TimeAmount(timeout))
            guard !(200..<300).contains(response.status.code) else { return response }
            throw await failure(response, request)
        } catch {
            throw Self.translated(error)
        }
    }

    /// Returns the complete body of a response that is not an object.
    func collect(_ response: HTTPClientResponse) async throws -> ByteBuffer {
        do {
            return try await withTimeout(options.idleTimeout, on: client.eventLoopGroup) {
                try await response.body.collect(upTo: 16 << 20)
            }
        } catch {
            throw Self.translated(error)
        }
    }

    /// Runs a request, and retries it after a pause if a retry may help.
    func retrying<Result>(_ body: () async throws -> Result) async throws -> Result {
        var attempt = 1
        while true {
            do {
                return try await body()
            } catch {
                let error = (error as? S3Failure)?.storageError ?? error
                guard let failure = error as? StorageError, failure.mayHeal, attempt < options.attempts else {
                    throw error
                }
            }
            try await pause(after: attempt)
            attempt += 1
        }
    }

    /// Waits before a retry for a random part of the pause, so that many clients do not retry at the same time.
    func pause(after attempt: Int) async throws {
        let longest = min(options.backoff * (1 << min(attempt - 1, 16)), options.maximumBackoff)
        try await Task.sleep(for: longest * Double.random(in: 0.25...1))
    }

    /// Returns the SHA-256 of a body, or a placeholder if the connection itself protects the bytes.
    func payloadHash(_ body: S3Request.Body) async throws -> String {
        switch body {
        case .none: return SigV4.emptyPayload
        case .memory(let bytes): return bytes.withUnsafeReadableBytes { hexadecimal(SHA256.hash(data: $0)) }
        case .file where address.scheme == "https": return SigV4.unsignedPayload
        case .file(let file, let range): return try await file.sha256(range)
        }
    }

    /// Returns a client's error as a storage error.
    static func translated(_ error: any Error) -> any Error {
        if Task.isCancelled { return CancellationError() }
        switch error {
        case is StorageError, is S3Failure, is CancellationError:
            return error
        case let error as HTTPClientError
        where [.alreadyShutdown, .invalidURL, .emptyHost, .emptyScheme].contains(error):
            return StorageError.refused("\(error)")
        default:
            return StorageError.unavailable("\(error)")
        }
    }

    /// Returns the object metadata in a response's headers.
    static func info(_ headers: HTTPHeaders) throws -> ObjectInfo {
        guard let length = headers.first(name: "content-length"), let size = Int64(length), size >= 0 else {
            throw StorageError.unavailable("the store did not say how many bytes there are")
        }
        return ObjectInfo(
            size: size, etag: try etag(headers),
            contentType: headers.first(name: "content-type") ?? "application/octet-stream")
    }

    private static func etag(_ headers: HTTPHeaders) throws -> String {
        guard let etag = headers.first(name: "etag") else {
            throw StorageError.unavailable("the store gave no ETag")
        }
        return etag.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    }

    /// Returns the range and the total size in a header such as `bytes 0-4/10`.
    private static func contentRange(_ headers: HTTPHeaders) -> (range: Range<Int64>, size: Int64)? {
        guard let text = headers.first(name: "content-range"), text.hasPrefix("bytes ") else { return nil }
        let numbers = text.dropFirst(6).split { $0 == "-" || $0 == "/" }.map { Int64($0) }
        guard numbers.count == 3, let first = numbers[0], let last = numbers[1], let size = numbers[2],
            0 <= first, first <= last, last < size
        else { return nil }
        return (first..<last + 1, size)
    }

    private func failure(_ response: HTTPClientResponse, _ request: S3Request) async -> any Error {
        let text = request.method == .HEAD ? nil : try? await collect(response)
        if Task.isCancelled { return CancellationError() }
        let document = text.map { S3Document($0) }
        return S3Failure(
            status: Int(response.status.code), code: document?.first("Code"),
            message: document?.first("Message") ?? response.status.reasonPhrase)
    }
}
