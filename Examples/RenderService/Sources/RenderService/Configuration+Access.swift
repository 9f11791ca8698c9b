// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The settings for authentication, under this service's names and under Supabase's.
extension Configuration.Access {
    init(_ read: EnvironmentReader) throws {
        self.init()
        for pair in read.list("API_KEYS") {
            guard let colon = pair.firstIndex(of: ":"), colon != pair.startIndex,
                pair.index(after: colon) != pair.endIndex
            else { throw ConfigurationError("API_KEYS", "is a list of name:key, with commas between") }
            let name = String(pair[..<colon])
            guard CallerName.isValid(name) else {
                throw ConfigurationError(
                    "API_KEYS", "\(name) is no name: letters, digits, '.', '_' and '-', at most 64")
            }
            callers[String(pair[pair.index(after: colon)...])] = name
        }
        mediaHosts = read.list("ALLOWED_MEDIA_HOSTS").map { $0.lowercased() }
        sharedMediaPrefixes = try read.list("SHARED_MEDIA_PREFIXES").map { prefix in
            guard prefix.hasSuffix("/"), MediaSource.isKey(String(prefix.dropLast())), !prefix.hasPrefix("media/")
            else {
                throw ConfigurationError(
                    "SHARED_MEDIA_PREFIXES", "\(prefix) is not a prefix such as photos/; media/ is each caller's own")
            }
            return prefix
        }
        admins = Set(read.list("ADMIN_CALLERS"))
        allowsPrivateAddresses = try read.flag("ALLOW_PRIVATE_ADDRESSES") ?? false
        try readTokens(read)
    }

    private mutating func readTokens(_ read: EnvironmentReader) throws {
        keysFile = read.text("JWT_JWKS_FILE")
        keysURL = try read.url("JWT_JWKS_URL")
        tokenSecret = read.first("JWT_SECRET", "SUPABASE_JWT_SECRET")
        issuer = read.text("JWT_ISSUER")
        audience = read.text("JWT_AUDIENCE")
        if let project = try read.url("SUPABASE_URL") {
            let auth = project.appendingPathComponent("auth/v1")
            if keysFile == nil, keysURL == nil {
                keysURL = auth.appendingPathComponent(".well-known/jwks.json")
            }
            issuer = issuer ?? auth.absoluteString
            audience = audience ?? "authenticated"
        }
        guard keysFile == nil || keysURL == nil else {
            throw ConfigurationError("JWT_JWKS_URL", "is set as well as JWT_JWKS_FILE; leave one of them out")
        }
        if let keysURL, keysURL.scheme == "http", !allowsPrivateAddresses {
            throw ConfigurationError(
                read.text("JWT_JWKS_URL") == nil ? "SUPABASE_URL" : "JWT_JWKS_URL",
                "begins with https://; plain HTTP needs ALLOW_PRIVATE_ADDRESSES=1")
        }
        if let tokenSecret, tokenSecret.utf8.count < 32 {
            throw ConfigurationError(
                read.text("JWT_SECRET") == nil ? "SUPABASE_JWT_SECRET" : "JWT_SECRET",
                "has fewer than 32 characters, which can be guessed; use `openssl rand -base64 48`")
        }
        if hasTokens, issuer == nil || audience == nil {
            let source = ["JWT_JWKS_FILE", "JWT_JWKS_URL", "JWT_SECRET", "SUPABASE_JWT_SECRET"].first {
                read.text($0) != nil
            }
            throw ConfigurationError(
                source ?? "JWT_JWKS_FILE", "needs JWT_ISSUER and JWT_AUDIENCE too, which tokens are checked for")
        }
    }
}
