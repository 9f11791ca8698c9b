// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Objects that are sent in parts.
extension S3Store {
    /// The most parts of one object.
    static let maximumParts: Int64 = 10_000

    /// Bytes in each part of an object, the last but one included: some stores want all to be the same.
    func partSize(for size: Int64) -> Int64 {
        let mebibyte: Int64 = 1 << 20
        let (quotient, remainder) = size.quotientAndRemainder(dividingBy: Self.maximumParts)
        let needed = quotient + (remainder > 0 ? 1 : 0)
        let rounded = needed > .max - mebibyte ? needed : (needed + mebibyte - 1) / mebibyte * mebibyte
        return max(options.partSize, rounded)
    }

    /// Sends an object in parts, a few at once; takes all back when something fails.
    ///
    /// `next` is asked for one part after the other, and not before there is room for it.
    func sendParts(
        to key: String, contentType: String, next: () async throws -> S3Request.Body?
    ) async throws -> ObjectInfo {
        // Not a part of this task: were it cancelled meanwhile, nobody would know the upload's name and take it back.
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
            // Not a part of this task, which may be cancelled.
            await Task { try? await self.abortUpload(upload, of: key) }.value
            throw error
        }
    }

    /// A part that the store has.
    private struct Part: Sendable {
        let number: Int
        let size: Int64
        /// As the store gave it, with quotes.
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
                // The status comes before the work is done, so the failure is in the text.
                if answer.root == "Error" {
                    throw S3Failure(status: 500, code: answer.first("Code"), message: answer.first("Message"))
                }
                guard answer.isWhole, let etag = answer.first("ETag") else {
                    throw StorageError.unavailable("the store did not say whether the upload is whole")
                }
                return etag.replacing("\"", with: "")
            } catch let failure as S3Failure where failure.code == "NoSuchUpload" {
                // An earlier try was done, and only its answer was lost.
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
