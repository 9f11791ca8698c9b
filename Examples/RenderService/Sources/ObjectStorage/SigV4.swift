// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// A signer of requests with AWS Signature Version 4.
///
/// It computes values and sends nothing. It follows "Authenticating Requests (AWS Signature Version 4)" of the Amazon
/// S3 API Reference: "Signature Calculations for the Authorization Header" (`sig-v4-header-based-auth`) for requests
/// with headers, and "Authenticating Requests: Using Query Parameters" (`sigv4-query-string-auth`) for presigned URLs.
struct SigV4: Sendable {
    /// The value that replaces the SHA-256 of a body that is not hashed.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    /// The SHA-256 of an empty body.
    static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    let credentials: S3Credentials
    let region: String
    var service = "s3"

    /// A request to be signed.
    struct Request: Sendable {
        var method: String
        /// The host, with the port unless it is the default one.
        var host: String
        /// The path as it is sent, percent-encoded once.
        var path: String
        /// The query items, neither encoded nor sorted.
        var query: [(name: String, value: String)] = []
        /// The headers, without those of the signature.
        var headers: [(name: String, value: String)] = []
        /// The SHA-256 of the body in hexadecimal digits, or ``SigV4/unsignedPayload``.
        var payloadHash: String
    }

    /// Returns the headers to send, including those of the request.
    func headers(for request: Request, at date: Date) -> [(name: String, value: String)] {
        let time = Self.timestamp(date)
        var headers = request.headers
        headers.append(("host", request.host))
        headers.append(("x-amz-content-sha256", request.payloadHash))
        headers.append(("x-amz-date", time))
        if let token = credentials.sessionToken { headers.append(("x-amz-security-token", token)) }

        var signed = request
        signed.headers = headers
        let signature = signature(of: signed, time: time)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope(time)), "
            + "SignedHeaders=\(Self.signedHeaders(headers)), Signature=\(signature)"
        return headers + [("authorization", authorization)]
    }

    /// Returns the encoded and sorted query of a presigned URL, including the items of the request.
    func presignedQuery(for request: Request, at date: Date, expiresIn seconds: Int) -> String {
        let time = Self.timestamp(date)
        var signed = request
        signed.payloadHash = Self.unsignedPayload
        signed.headers.append(("host", request.host))
        signed.query += [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", "\(credentials.accessKey)/\(scope(time))"),
            ("X-Amz-Date", time),
            ("X-Amz-Expires", "\(seconds)"),
            ("X-Amz-SignedHeaders", Self.signedHeaders(signed.headers)),
        ]
        if let token = credentials.sessionToken { signed.query.append(("X-Amz-Security-Token", token)) }
        return "\(Self.canonicalQuery(signed.query))&X-Amz-Signature=\(signature(of: signed, time: time))"
    }

    /// Returns a query as it is signed and sent: encoded and sorted.
    static func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
        query
            .map { (ObjectKey.encoded($0.name), ObjectKey.encoded($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0)=\($1)" }
            .joined(separator: "&")
    }

    private func signature(of request: Request, time: String) -> String {
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope(time))\n\(sha256(Self.canonicalRequest(request)))"
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretKey)".utf8))
        for step in [String(time.prefix(8)), region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(step.utf8), using: key))
        }
        return hexadecimal(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    private func scope(_ time: String) -> String {
        "\(time.prefix(8))/\(region)/\(service)/aws4_request"
    }

    private static func canonicalRequest(_ request: Request) -> String {
        let headers = Dictionary(grouping: request.headers) { $0.name.lowercased() }
            .sorted { $0.key < $1.key }
            .map { name, values in "\(name):\(values.map { trimmed($0.value) }.joined(separator: ","))\n" }
            .joined()
        return [
            request.method, request.path, canonicalQuery(request.query), headers, signedHeaders(request.headers),
            request.payloadHash,
        ].joined(separator: "\n")
    }

    private static func signedHeaders(_ headers: [(name: String, value: String)]) -> String {
        Set(headers.map { $0.name.lowercased() }).sorted().joined(separator: ";")
    }

    /// Returns a header value without surrounding whitespace and with runs of whitespace replaced by one space.
    private static func trimmed(_ value: String) -> String {
        value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func timestamp(_ date: Date) -> String {
        date.formatted(
            Date.ISO8601FormatStyle(dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted))
    }
}
