// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The address and credentials of a Redis server, written as `redis://user:password@host:port/database`.
///
/// `rediss://` is the same over TLS.
struct RedisAddress: Sendable {
    /// The tunnel for connections over TLS.
    let tunnel: TLSTunnel?
    var host: String
    var port: Int32
    var user: String?
    var password: String?
    var database: Int

    /// Creates an address from a URL; the file contains certificates of the authorities for TLS.
    ///
    /// Errors do not contain the URL, because it may contain a password.
    init(_ url: String, authorities: String? = nil) throws {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased() else {
            throw QueueError.invalid("The queue's address is not a URL; use redis://host:port.")
        }
        guard scheme == "redis" || scheme == "rediss" else {
            throw QueueError.invalid("The queue's address begins with \(scheme)://; use redis:// or rediss://.")
        }
        guard let host = parts.host, !host.isEmpty else {
            throw QueueError.invalid("The queue's address has no host; use redis://host:port.")
        }
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        guard let port = Int32(exactly: parts.port ?? 6379), 1...65535 ~= port else {
            throw QueueError.invalid("The queue's address has the port \(parts.port ?? 0); use 1…65535.")
        }
        self.port = port
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        password = parts.password.flatMap { $0.isEmpty ? nil : $0 }
        let path = parts.path.drop { $0 == "/" }
        guard let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            throw QueueError.invalid("The queue's address has the database “\(path)”; use a number.")
        }
        self.database = database
        tunnel =
            scheme == "rediss" ? try TLSTunnel(to: self.host, port: Int(port), authorities: authorities) : nil
    }

    /// The commands to send first on a new connection.
    var greetings: [[String]] {
        var greetings: [[String]] = []
        if let password { greetings.append(["AUTH"] + (user.map { [$0] } ?? []) + [password]) }
        if database != 0 { greetings.append(["SELECT", String(database)]) }
        return greetings
    }
}
