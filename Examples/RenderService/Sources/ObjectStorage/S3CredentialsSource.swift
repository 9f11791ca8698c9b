// SPDX-License-Identifier: Apache-2.0

/// A source of credentials, which is asked before each request.
public protocol S3CredentialsSource: Sendable {
    /// Returns credentials that are valid now; throws ``StorageError`` if there are none.
    func credentials() async throws -> S3Credentials
}

/// Credentials that do not change.
public struct FixedCredentials: S3CredentialsSource {
    private let fixed: S3Credentials

    /// Creates a source that always returns the same credentials.
    public init(_ credentials: S3Credentials) { fixed = credentials }

    /// Returns the credentials.
    public func credentials() async throws -> S3Credentials { fixed }
}
