// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

@testable import ObjectStorage

/// Tests that compare signatures with those of Amazon's own library.
@Suite("Signatures")
struct SigV4Tests {
    @Test("are those of botocore")
    func botocore() throws {
        let signatures = try signaturesOfBotocore(Self.requests)
        try #require(signatures.count == Self.requests.count)
        for (request, signature) in zip(Self.requests, signatures) {
            #expect(request.signature() == signature, "\(request.method) \(request.path) \(request.query)")
        }
    }

    /// Tests the example "GET Object" of "Signature Calculations for the Authorization Header" in Amazon's reference.
    @Test("are those of the documentation's example")
    func documentation() {
        let signer = SigV4(
            credentials: S3Credentials(
                accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1")
        let headers = signer.headers(
            for: SigV4.Request(
                method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt",
                headers: [("Range", "bytes=0-9")], payloadHash: SigV4.emptyPayload),
            at: Date(timeIntervalSince1970: 1_369_353_600))
        #expect(
            headers.last?.value
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test("secrets are not in descriptions")
    func descriptions() {
        let credentials = S3Credentials(accessKey: "name", secretKey: "hidden", sessionToken: "hidden")
        #expect(!"\(credentials) \(String(reflecting: credentials)) \([credentials])".contains("hidden"))
    }

    private static let requests: [WantedSignature] = [
        WantedSignature(path: "/bucket/photo.jpg"),
        WantedSignature(method: "HEAD", path: "/bucket/media/anna/photo.jpg"),
        WantedSignature(method: "DELETE", path: "/bucket/a b+c%d=e&f?g#h~i*j'(k)!.txt"),
        WantedSignature(path: "/bucket/Füße/日本語/🎬.mp4"),
        WantedSignature(path: "/bucket/photo.jpg", headers: [["range", "bytes=0-9"], ["if-match", "\"abc\""]]),
        WantedSignature(
            method: "PUT", path: "/bucket/video.mp4", headers: [["content-type", "video/mp4;  codecs=\"avc1\" "]],
            payloadHash: sha256("video")),
        WantedSignature(
            method: "PUT", endpoint: "https://bucket.s3.eu-central-1.amazonaws.com", path: "/video.mp4",
            region: "eu-central-1", payloadHash: SigV4.unsignedPayload),
        WantedSignature(
            path: "/bucket",
            query: [
                ["list-type", "2"], ["prefix", "a/b c+d=ü&x"], ["max-keys", "7"], ["encoding-type", "url"],
                ["continuation-token", "1/2+3=="],
            ]),
        WantedSignature(
            method: "POST", path: "/bucket/a", query: [["uploads", ""]], headers: [["content-type", "a/b"]]),
        WantedSignature(
            method: "PUT", path: "/bucket/a", query: [["partNumber", "10"], ["uploadId", "x.y_z-~ "]],
            payloadHash: sha256("part")),
        WantedSignature(path: "/bucket/a", sessionToken: "token/with+signs=="),
        WantedSignature(endpoint: "http://127.0.0.1:9000", path: "/bucket/a", region: "auto"),
        WantedSignature(endpoint: "https://store.example:443", path: "/bucket/a", date: "20240229T235959Z"),
        WantedSignature(path: "/bucket/photo.jpg", expires: 3600),
        WantedSignature(path: "/bucket/a b+c%d=e&f?g#ü.jpg", expires: 604_800),
        WantedSignature(path: "/bucket/a", sessionToken: "token/with+signs==", expires: 60),
        WantedSignature(
            path: "/bucket/a", query: [["response-content-type", "video/mp4; a=b c"]], sessionToken: "t", expires: 1),
    ]

    private func signaturesOfBotocore(_ requests: [WantedSignature]) throws -> [String] {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "botocore_sign.py")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [S3Server.python, script.path]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(requests))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode([String].self, from: answer)
    }
}

/// A request that both implementations sign.
private struct WantedSignature: Encodable {
    var method = "GET"
    var endpoint = "https://s3.us-east-1.amazonaws.com"
    /// The path, not encoded.
    var path: String
    var query: [[String]] = []
    var headers: [[String]] = []
    var region = "us-east-1"
    var accessKey = "AKIAIOSFODNN7EXAMPLE"
    var secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    var sessionToken: String?
    var date = "20130524T000000Z"
    var payloadHash = SigV4.emptyPayload
    /// The lifetime in seconds, or `nil` for a signature in headers.
    var expires: Int?

    func signature() -> String {
        guard let date = try? Date(date, strategy: Self.dateFormat), let url = URL(string: endpoint) else { return "" }
        let address = try? S3Address(endpoint: url, bucket: "bucket", pathStyle: true)
        let signer = SigV4(
            credentials: S3Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: sessionToken),
            region: region)
        let request = SigV4.Request(
            method: method, host: address?.host ?? "", path: ObjectKey.encoded(path, keepingSlashes: true),
            query: query.map { ($0[0], $0[1]) }, headers: headers.map { ($0[0], $0[1]) }, payloadHash: payloadHash)
        let text =
            if let expires { signer.presignedQuery(for: request, at: date, expiresIn: expires) } else {
                signer.headers(for: request, at: date).last?.value ?? ""
            }
        return text.firstMatch(of: /Signature=([0-9a-f]+)$/).map { String($0.1) } ?? ""
    }

    private static let dateFormat = Date.ISO8601FormatStyle(
        dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted)
}
