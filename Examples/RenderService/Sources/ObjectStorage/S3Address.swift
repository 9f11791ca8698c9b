// SPDX-License-Identifier: Apache-2.0

import Foundation

/// By whose right a store is used.
public struct S3Credentials: Sendable {
    /// Names the owner; not secret.
    public let accessKey: String
    /// What signatures are made with.
    public let secretKey: String
    /// Comes with keys that are valid for a while.
    public let sessionToken: String?

    /// By whose right a store is used.
    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

extension S3Credentials: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without the secrets, which would otherwise come into logs.
    public var description: String { "S3Credentials(\(accessKey))" }
    /// Without the secrets, too.
    public var debugDescription: String { description }
}

/// Where a bucket is.
struct S3Address: Sendable {
    let scheme: String
    /// With the port, unless it is the scheme's own.
    let host: String
    /// Before the keys; empty or with a slash at its beginning and none at its end.
    let pathPrefix: String

    init(endpoint: URL, bucket: String, pathStyle: Bool) throws(StorageError) {
        guard let scheme = endpoint.scheme?.lowercased(), scheme == "https" || scheme == "http",
            let host = endpoint.host(percentEncoded: true)?.lowercased(), !host.isEmpty
        else { throw StorageError.refused("not the address of a store: \(endpoint)") }
        // Anything else would end up in the host or the path and lead elsewhere.
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

    /// The path of an object, or of the bucket, percent-encoded.
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
