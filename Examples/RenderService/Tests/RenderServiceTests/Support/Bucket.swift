// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import TestServers

/// The bucket of a test, which another program uses as well.
enum Bucket {
    /// Stores bytes at an address in the bucket, whose signature the test's server does not check.
    static func put(_ data: Data, _ address: String) async throws {
        let answer = try await send(.PUT, address, data)
        guard answer.status == 200 else { throw ServiceProcess.Failure(description: "\(answer)") }
    }

    /// Returns the status and the body of an object.
    static func get(_ address: String) async throws -> (status: UInt, body: Data) {
        try await send(.GET, address, nil)
    }

    private static func send(
        _ method: HTTPMethod, _ address: String, _ body: Data?
    ) async throws -> (status: UInt, body: Data) {
        let path = address.addingPercentEncoding(withAllowedCharacters: .urlFragmentAllowed) ?? address
        var request = HTTPClientRequest(url: path)
        request.method = method
        request.headers.add(
            name: "authorization",
            value:
                "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0")
        if let body { request.body = .bytes(ByteBuffer(data: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return (response.status.code, Data(buffer: try await response.body.collect(upTo: 1 << 28)))
    }
}
