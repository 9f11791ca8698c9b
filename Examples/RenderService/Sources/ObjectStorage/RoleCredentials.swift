// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Temporary credentials of the role of a container or an instance, which are renewed before they expire.
///
/// The addresses are documented in "Container credential provider" of the AWS SDKs and Tools Reference Guide, and in
/// "Retrieve security credentials from instance metadata" (version 2, with a token) of the Amazon EC2 User Guide.
public actor RoleCredentials: S3CredentialsSource {
    /// Where the credentials come from.
    public enum Place: Sendable, Hashable {
        /// An address for the credentials of a container (ECS, EKS), with what is sent as its authorization.
        ///
        /// The file with the token is read again each time, because it is replaced from time to time.
        case container(URL, token: String?, tokenFile: String?)
        /// The metadata service of an instance (EC2), usually `http://169.254.169.254`.
        case instance(URL)
    }

    private struct Kept {
        var credentials: S3Credentials
        /// The time at which they expire, or `nil` if they never do.
        var expires: Date?
    }

    private let place: Place
    private let client: HTTPClient
    private let now: @Sendable () -> Date
    private var kept: Kept?
    private var nextTry = Date.distantPast
    private var running: Task<Kept, any Error>?
    /// The time in seconds before the expiry from which they are renewed.
    private static let margin = 300.0
    /// The shortest time in seconds between two attempts to renew what is still valid.
    private static let pause = 10.0

    /// Creates a source that asks on first use.
    ///
    /// The client must not follow redirects. The source does not shut it down.
    public init(_ place: Place, client: HTTPClient, now: @escaping @Sendable () -> Date = { Date() }) {
        self.place = place
        self.client = client
        self.now = now
    }

    /// Returns the credentials, and renews them first if they expire within five minutes.
    ///
    /// While they cannot be renewed, the old ones are returned until they expire.
    public func credentials() async throws -> S3Credentials {
        let time = now()
        if let kept {
            guard let expires = kept.expires else { return kept.credentials }
            let left = expires.timeIntervalSince(time)
            if left > Self.margin || (left > 0 && time < nextTry) { return kept.credentials }
        }
        do { return try await renewed().credentials } catch {
            nextTry = time + Self.pause
            if let kept, let expires = kept.expires, expires > time { return kept.credentials }
            throw error
        }
    }

    /// Asks once, however many wait for it.
    private func renewed() async throws -> Kept {
        if let running { return try await running.value }
        let task = Task { [place, client] in try await Self.fetch(from: place, client) }
        running = task
        defer { running = nil }
        let fresh = try await task.value
        kept = fresh
        return fresh
    }

    private static func fetch(from place: Place, _ client: HTTPClient) async throws -> Kept {
        switch place {
        case .container(let url, var token, let tokenFile):
            if let tokenFile {
                guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
                    throw StorageError.refused("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read: \(tokenFile)")
                }
                token = text.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let headers = token.map { [("authorization", $0)] } ?? []
            return try kept(await answer(.GET, url, headers, client))
        case .instance(let base):
            let root = base.appendingPathComponent("latest")
            let session = try await text(
                answer(
                    .PUT, root.appendingPathComponent("api/token"), [("x-aws-ec2-metadata-token-ttl-seconds", "300")],
                    client))
            let headers = [("x-aws-ec2-metadata-token", session)]
            let roles = root.appendingPathComponent("meta-data/iam/security-credentials/")
            let names = try await text(answer(.GET, roles, headers, client))
            guard let role = names.split(whereSeparator: \.isNewline).first, !role.contains("/") else {
                throw StorageError.refused("the instance has no role; give it one, or set AWS_ACCESS_KEY_ID")
            }
            return try kept(await answer(.GET, roles.appendingPathComponent(String(role)), headers, client))
        }
    }

    private static func answer(
        _ method: HTTPMethod, _ url: URL, _ headers: [(String, String)], _ client: HTTPClient
    ) async throws -> ByteBuffer {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let status: UInt
        let body: ByteBuffer
        do {
            let response = try await client.execute(request, timeout: .seconds(5))
            status = response.status.code
            body = try await response.body.collect(upTo: 1 << 16)
        } catch {
            throw StorageError.unavailable(
                "the role's credentials cannot be fetched from \(url.host() ?? ""): \(error)")
        }
        switch status {
        case 200: return body
        case 429, 500...:
            throw StorageError.unavailable("the role's credentials: \(url.host() ?? "") answers \(status)")
        default:
            throw StorageError.refused(
                "the role's credentials: \(url.host() ?? "") answers \(status); give it a role, or set AWS_ACCESS_KEY_ID"
            )
        }
    }

    private static func text(_ body: ByteBuffer) throws -> String {
        let text = String(buffer: body).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.allSatisfy({ $0 == 0x0A || $0 == 0x0D || (0x20..<0x7F).contains($0) }), !text.isEmpty else {
            throw StorageError.refused("the metadata service answers with no text")
        }
        return text
    }

    private static func kept(_ body: ByteBuffer) throws -> Kept {
        struct Answer: Decodable {
            let code: String?
            let message: String?
            let id: String?
            let secret: String?
            let token: String?
            let expiration: String?

            enum CodingKeys: String, CodingKey {
                case code = "Code"
                case message = "Message"
                case id = "AccessKeyId"
                case secret = "SecretAccessKey"
                case token = "Token"
                case expiration = "Expiration"
            }
        }
        let answer = try? JSONDecoder().decode(Answer.self, from: body)
        guard let id = answer?.id, let secret = answer?.secret else {
            let why = [answer?.code, answer?.message].compactMap(\.self).joined(separator: " ")
            throw StorageError.refused("the role's credentials: \(why.isEmpty ? "the answer has no keys" : why)")
        }
        var expires: Date?
        if let text = answer?.expiration {
            // A time that cannot be read is near, so that the credentials are asked for again.
            expires = (try? Date(text, strategy: .iso8601)) ?? Date().addingTimeInterval(margin)
        }
        return Kept(
            credentials: S3Credentials(accessKey: id, secretKey: secret, sessionToken: answer?.token), expires: expires)
    }
}
