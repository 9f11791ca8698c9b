// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Multipart uploads.
extension S3Store {
    /// The maximum number of parts of one object.
    static let maximumParts: Int64 = 10_000

    /// Returns the size in bytes of every part except the last one, since some stores require equal parts.
    func partSize(for size: Int64) -> Int64 {
        let mebibyte: Int64 = 1 << 20
        let (quotient, remainder) = size.quotientAndRemainder(dividingBy: Self.maximumParts)
        let needed = quotient + (remainder > 0 ? 1 : 0)
        let rounded = needed > .max - mebibyte ? needed : (needed + mebibyte - 1) / mebibyte * mebibyte
        return max(options.partSize, rounded)
    }

    /// Uploads an object in parts, several at a time, and aborts the upload if anything fails.
    ///
    /// `next` is called for one part at a time, and only when there is room for it.
    func sendParts(
        to key: String, contentType: String, next: () async throws -> S3Request.Body?
    ) async throws -> ObjectInfo {
        // This is a separate task, because after a cancellation the upload's ID would be unknown and could not be
        // aborted.
        let upload = try await Task { try await self.beginUpload(of: key, contentType: contentType) }.value
        do {
            try Task.checkCancellation()
            let parts = try await withThrowingTaskGroup(of: Part.self) { group in
                var parts: [Part] = []
                var count = 0
                while let body = try await next() {
                    count += 1
                    let number = count
                    if number - parts.count > options.partsInFlight, let part = try await group.next() {
                        parts.append(part)
                    }
                    group.addTask { try await self.sendPart(body, number: number, of: upload, to: key) }
                }
                for try await part in group { parts.append(part) }
                return parts.sorted { $0.number < $1.number }
            }
            // The body may have ended early because of the cancellation.
            try Task.checkCancellation()
            let size = parts.reduce(0) { $0 + $1.size }
            let etag = try await endUpload(upload, of: key, parts: parts, size: size)
            return ObjectInfo(size: size, etag: etag, contentType: contentType)
        } catch {
            // This is a separate task, because the current one may be cancelled.
            await Task { try? await self.abortUpload(upload, of: key) }.value
            throw error
        }
    }

    /// A part that the store has received.
    private struct Part: Sendable {
        let number: Int
        let size: Int64
        /// The ETag as the store returned it, with quotes.
        let etag: String
    }

    private func beginUpload(of key: String, contentType: String) async throws -> String {
        let request = S3Request(
            method: .POST, key: key, query: [("uploads", "")], headers: [("content-type", contentType)])
        return try await retrying {
            guard let upload = S3Document(try await self.text(request)).first("UploadId"), !upload.isEmpty else {
                throw StorageError.unavailable("the store did not name the upload")
            }
            return upload
        }
    }

    private func sendPart(_ body: S3Request.Body, number: Int, of upload: String, to key: String) async throws -> Part {
        let request = S3Request(
            method: .PUT, key: key, query: [("partNumber", "\(number)"), ("uploadId", upload)], body: body)
        let hash = try await payloadHash(body)
        return try await retrying {
            let response = try await self.send(request, payloadHash: hash)
            _ = try await self.collect(response)
            guard let etag = response.headers.first(name: "etag") else {
                throw StorageError.unavailable("the store gave no ETag")
            }
            return Part(number: number, size: body.size, etag: etag)
        }
    }

    private func endUpload(_ upload: String, of key: String, parts: [Part], size: Int64) async throws -> String {
        let list = parts.map { part in
            let etag = part.etag.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            return "<Part><PartNumber>\(part.number)</PartNumber><ETag>\(etag)</ETag></Part>"
        }
        let text =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(list.joined())"
            + "</CompleteMultipartUpload>"
        let request = S3Request(
            method: .POST, key: key, query: [("uploadId", upload)], headers: [("content-type", "application/xml")],
            body: .memory(ByteBuffer(string: text)))
        return try await retrying {
            do {
                let answer = S3Document(try await self.text(request))
                // The status is sent before the work is done, so that a failure appears only in the text.
                if answer.root == "Error" {
                    throw S3Failure(status: 500, code: answer.first("Code"), message: answer.first("Message"))
                }
                guard answer.isWhole, let etag = answer.first("ETag") else {
                    throw StorageError.unavailable("the store did not say whether the upload is whole")
                }
                return etag.replacing("\"", with: "")
            } catch let failure as S3Failure where failure.code == "NoSuchUpload" {
                // An earlier attempt succeeded, and only its response was lost.
                if let info = try await self.info(key), info.size == size, info.etag.hasSuffix("-\(parts.count)") {
                    return info.etag
                }
                throw failure
            }
        }
    }

    private func abortUpload(_ upload: String, of key: String) async throws {
        try await retrying {
            do {
                _ = try await self.text(S3Request(method: .DELETE, key: key, query: [("uploadId", upload)]))
            } catch let failure as S3Failure where failure.status == 404 {
                return
            }
        }
    }
}
