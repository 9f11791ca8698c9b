// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOPosix
import ObjectStorage

#if canImport(Glibc)
    import Glibc
#endif

/// An IP address of a host.
struct HostAddress: Sendable, Hashable {
    /// The bytes in network order: four for IPv4, sixteen for IPv6.
    let bytes: [UInt8]
    /// The text form, such as `192.0.2.1`.
    let text: String

    /// Whether the address is on the public Internet, not this machine and not a private or special-purpose network.
    ///
    /// The rules follow IANA's registries of special-purpose addresses (RFC 6890 and later additions).
    var isPublic: Bool {
        if bytes.count == 4 { return Self.isPublic(bytes) }
        // These are IPv6 forms of IPv4 addresses: mapped, compatible, translated (RFC 6052) and 6to4 (RFC 3056).
        if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] || bytes.prefix(12).allSatisfy({ $0 == 0 })
            || bytes.prefix(12) == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        {
            return Self.isPublic(Array(bytes.suffix(4)))
        }
        if bytes.prefix(2) == [0x20, 0x02] { return Self.isPublic(Array(bytes[2..<6])) }
        // Global unicast is 2000::/3; its documentation ranges and the special-purpose range 2001::/23 are not public.
        guard bytes[0] & 0xE0 == 0x20 else { return false }
        if bytes.prefix(2) == [0x20, 0x01], bytes[2] < 2 { return false }
        if bytes.prefix(4) == [0x20, 0x01, 0x0D, 0xB8] { return false }
        return !(bytes[0] == 0x3F && bytes[1] == 0xFF)
    }

    private static func isPublic(_ bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (192, 168, _), (192, 0, 0), (192, 0, 2), (192, 88, 99),
            (198, 51, 100), (203, 0, 113):
            false
        case (100, 64...127, _), (172, 16...31, _), (198, 18...19, _), (224...255, _, _): false
        default: true
        }
    }
}

/// A resolver of host names.
enum HostAddresses {
    /// Returns a host's addresses, or an empty array if there is no such host.
    ///
    /// Throws ``StorageError`` if the name server does not respond.
    static func lookUp(_ host: String) async throws -> [HostAddress] {
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return try await NIOThreadPool.singleton.runIfActive { try blocking(name) }
    }

    /// Looks up a host's addresses; blocks until the name server responds.
    private static func blocking(_ host: String) throws -> [HostAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        switch status {
        case 0: break
        // The name or its addresses do not exist. −5 is EAI_NODATA, which glibc's headers define only on request.
        case EAI_NONAME, -5: return []
        default: throw StorageError.unavailable("\(host) cannot be looked up: \(String(cString: gai_strerror(status)))")
        }
        var found: [HostAddress] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ai_next
            guard let address = entry.pointee.ai_addr else { continue }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard
                getnameinfo(
                    address, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            else { continue }
            let bytes: [UInt8]
            switch Int32(address.pointee.sa_family) {
            case AF_INET:
                bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    withUnsafeBytes(of: $0.pointee.sin_addr) { Array($0) }
                }
            case AF_INET6:
                bytes = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    withUnsafeBytes(of: $0.pointee.sin6_addr) { Array($0) }
                }
            default: continue
            }
            let written = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            found.append(HostAddress(bytes: bytes, text: written))
        }
        return found
    }
}
