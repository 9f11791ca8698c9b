// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The credentials for an S3 store.
public struct S3Credentials: Sendable {
    /// The access key ID, which is not secret.
    public let accessKey: String
    /// The secret access key, with which requests are signed.
    public let secretKey: String
    /// The session token of temporary credentials.
    public let sessionToken: String?

    /// Creates credentials.
    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

extension S3Credentials: CustomStringConvertible, CustomDebugStringConvertible {
    /// A description without the secrets, which would otherwise appear in logs.
    public var description: String { "S3Credentials(\(accessKey))" }
    /// A description without the secrets.
    public var debugDescription: String { description }
}

/// The address of a bucket.
struct S3Address: Sendable {
    let scheme: String
    /// The host, with the port unless it is the scheme's default.
    let host: String
    /// The path before the keys, which is empty or starts, but does not end, with a slash.
    let pathPrefix: String

    init(endpoint: URL, bucket: String, pathStyle: Bool) throws(StorageError) {
        guard let scheme = endpoint.scheme?.lowercased(), scheme == "https" || scheme == "http",
            let host = endpoint.host(percentEncoded: true)?.lowercased(), !host.isEmpty
        else { throw StorageError.refused("not the address of a store: \(endpoint)") }
        // Any other character would become part of the host or the path and change the address.
        guard !bucket.isEmpty, bucket.utf8.count <= 255, bucket != ".", bucket != "..",
            bucket.utf8.allSatisfy({ $0 == 0x2D || $0 == 0x2E || $0 == 0x5F || isLetterOrDigit($0) })
        else { throw StorageError.refused("not the name of a bucket: \(bucket)") }

        self.scheme = scheme
        let isUsualPort = endpoint.port == (scheme == "https" ? 443 : 80)
        let port = endpoint.port.flatMap { isUsualPort ? nil : ":\($0)" } ?? ""
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        self.host = (pathStyle ? name : "\(bucket).\(name)") + port
        var path = endpoint.path(percentEncoded: true)
        while path.hasSuffix("/") { path.removeLast() }
        pathPrefix = path + (pathStyle ? "/\(bucket)" : "")
    }

    /// Returns the percent-encoded path of an object, or of the bucket if `key` is `nil`.
    func path(of key: String?) -> String {
        guard let key else { return pathPrefix.isEmpty ? "/" : pathPrefix }
        return "\(pathPrefix)/\(ObjectKey.encoded(key, keepingSlashes: true))"
    }
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: false
    }
}
