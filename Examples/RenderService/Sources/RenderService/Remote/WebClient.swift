// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Crypto
import Foundation
import Logging
import NIOCore
import NIOFoundationCompat
import NIOFoundationEssentialsCompat
import NIOHTTP1
import ObjectStorage

/// A client for URLs from callers, which never reaches this machine or its private network unless that is allowed.
///
/// A host name is resolved once and the addresses are checked. The connection then uses only the address that passed
/// the check, so that a second lookup cannot lead elsewhere. Redirects are handled in the same way.
struct WebClient: Sendable {
    /// An error thrown if a URL is not allowed or its response cannot be used; retries do not help.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    let allowsPrivateAddresses: Bool
    /// The hosts that redirects may lead to.
    let hosts: [String]
    let logger: Logger

    /// Downloads a URL to a file, through a cache if the server reports a version.
    ///
    /// Throws ``Refusal`` for problems that the author of the edit can fix, and ``StorageError`` for temporary
    /// failures.
    func download(_ url: URL, through cache: DownloadCache, linkedAt path: String, limit: Int64) async throws {
        var next = url
        for _ in 0..<5 {
            let url = next
            var target: URL?
            try await request(url, .GET, timeoutSeconds: 300) { response in
                target = try redirect(response, from: url)
                guard target == nil else { return }
                if let length = response.headers.first(name: "content-length").flatMap({ Int64($0) }), length > limit {
                    throw Refusal(description: "\(url) has \(length) bytes, more than the \(limit) that are allowed")
                }
                let version = response.headers.first(name: "etag") ?? response.headers.first(name: "last-modified")
                if let version {
                    try await cache.file(named: url.absoluteString, etag: version, linkedAt: path) { temporary in
                        try await write(response, of: url, to: temporary, limit: limit)
                    }
                } else {
                    try await write(response, of: url, to: path, limit: limit)
                }
            }
            guard let target else { return }
            next = target
        }
        throw Refusal(description: "\(url) leads on and on")
    }

    /// Returns the target of a redirect, or `nil` if the response is the resource; throws for any other response.
    private func redirect(_ response: HTTPClientResponse, from url: URL) throws -> URL? {
        switch response.status.code {
        case 200: return nil
        case 301, 302, 303, 307, 308:
            guard let location = response.headers.first(name: "location"),
                let target = URL(string: location, relativeTo: url)?.absoluteURL
            else { throw Refusal(description: "\(url) leads nowhere") }
            guard let host = target.host?.lowercased(), MediaSource.isAllowed(host, hosts) else {
                throw Refusal(description: "\(url) leads to \(target.host ?? "nowhere"), which is not allowed")
            }
            return target
        case 408, 425, 429, 500...599:
            throw StorageError.unavailable("\(url.host ?? "") answers \(response.status)")
        default: throw Refusal(description: "\(url) answers \(response.status)")
        }
    }

    /// Sends a body and returns the status of the response.
    ///
    /// Redirects are not followed. Throws ``Refusal`` if the URL is not allowed, and ``StorageError/unavailable(_:)``
    /// if there is no response.
    func post(_ url: URL, headers: [(String, String)], body: Data) async throws -> UInt {
        var status: UInt = 0
        try await request(url, .POST, headers: headers, body: body, timeoutSeconds: 15) { response in
            status = response.status.code
            // The body is read to end the connection properly; its contents are ignored.
            for try await _ in response.body.prefix(64) {}
        }
        return status
    }

    /// The method of a request.
    typealias Method = HTTPMethod

    /// Sends a request and returns the status and the body of the response, which is no larger than the limit.
    ///
    /// Redirects are not followed. Throws as ``post(_:headers:body:)`` does.
    func exchange(
        _ method: Method, _ url: URL, headers: [(String, String)], body: Data?, limit: Int
    ) async throws -> (status: UInt, body: Data) {
        var answer: (UInt, Data) = (0, Data())
        try await request(url, method, headers: headers, body: body, timeoutSeconds: 30) { response in
            answer = (response.status.code, Data(buffer: try await response.body.collect(upTo: limit)))
        }
        return answer
    }

    /// Returns the body of a response, which must be the resource itself and no larger than the limit.
    ///
    /// Redirects are not followed. Throws ``Refusal`` if the URL is not allowed, and ``StorageError/unavailable(_:)``
    /// if there is no such response.
    func get(_ url: URL, limit: Int) async throws -> Data {
        var body = Data()
        try await request(url, .GET, timeoutSeconds: 10) { response in
            guard response.status.code == 200 else {
                throw StorageError.unavailable("\(url.host ?? "") answers \(response.status)")
            }
            body = Data(buffer: try await response.body.collect(upTo: limit))
        }
        return body
    }

    private func request(
        _ url: URL, _ method: HTTPMethod, headers: [(String, String)] = [], body: Data? = nil, timeoutSeconds: Int64,
        _ use: (HTTPClientResponse) async throws -> Void
    ) async throws {
        guard let host = url.host, url.user == nil, url.password == nil else {
            throw Refusal(description: "\(url) is not an address that can be used")
        }
        guard url.scheme == "https" || allowsPrivateAddresses else {
            throw Refusal(description: "\(url) does not begin with https://")
        }
        let addresses = try await HostAddresses.lookUp(host)
        let usable = allowsPrivateAddresses ? addresses : addresses.filter(\.isPublic)
        guard let address = usable.first else {
            throw Refusal(
                description: addresses.isEmpty
                    ? "there is no host \(host)" : "\(host) is in a private network, which is not allowed")
        }
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(30)), decompression: .disabled)
        configuration.dnsOverride = [host: address.text]
        // Retries are made by the queue, which also reports them.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<Void, any Error>
        do {
            var request = HTTPClientRequest(url: url.absoluteString)
            request.method = method
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            if request.headers["user-agent"].isEmpty {
                request.headers.add(name: "user-agent", value: "render-service")
            }
            if let body { request.body = .bytes(ByteBuffer(data: body)) }
            let response: HTTPClientResponse
            do { response = try await client.execute(request, timeout: .seconds(timeoutSeconds)) } catch {
                throw StorageError.unavailable("\(host): \(error)")
            }
            try await use(response)
            result = .success(())
        } catch { result = .failure(error) }
        try? await client.shutdown()
        try result.get()
    }

    private func write(_ response: HTTPClientResponse, of url: URL, to path: String, limit: Int64) async throws {
        let expected = response.headers.first(name: "content-length").flatMap { Int64($0) }
        let size: Int64
        do { size = try await response.body.write(toFile: path, limit: limit) } catch StorageError.tooLarge {
            throw Refusal(description: "\(url) is larger than the limit of \(limit) bytes")
        } catch let error as HTTPClientError {
            throw StorageError.unavailable("\(url.host ?? ""): \(error)")
        }
        guard expected == nil || expected == size else {
            throw StorageError.unavailable("\(url.host ?? "") ended after \(size) of \(expected ?? 0) bytes")
        }
    }
}
