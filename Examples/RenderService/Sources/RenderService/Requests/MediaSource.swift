// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation

/// The origin of a file in an edit, checked for the caller's permission.
struct MediaSource: Sendable, Hashable {
    /// The kind of origin: an upload with its key, or a URL.
    enum Origin: Sendable, Hashable {
        case object(key: String)
        case web(URL)
    }

    let origin: Origin

    /// Creates the source that a reference names: one of the caller's uploads, or a URL on an allowed host.
    ///
    /// Throws ``ComposeProblems`` with the path of the reference for anything else.
    init(_ reference: MediaReference, of caller: String, hosts: [String]) throws(ComposeProblems) {
        func refused(_ message: String) -> ComposeProblems {
            ComposeProblems([Problem(path: reference.path, message: message)])
        }
        let src = reference.src
        if src.contains("://") {
            guard let url = URL(string: src), let host = url.host?.lowercased(), ["https", "http"].contains(url.scheme)
            else { throw refused("\(src.debugDescription) is not an address that begins with https://") }
            guard Self.isAllowed(host, hosts) else {
                throw refused(
                    "media may not be fetched from \(host)"
                        + (hosts.isEmpty
                            ? "; upload the file" : "; upload the file, or use \(hosts.joined(separator: ", "))"))
            }
            origin = .web(url)
            return
        }
        let prefix = Self.prefix(of: caller)
        let name = src.hasPrefix(prefix) ? String(src.dropFirst(prefix.count)) : src
        guard Self.isUploadName(name) else {
            throw refused(
                "\(src.debugDescription) is not the name of an upload: letters, digits, '.', '_' and '-', at most 200")
        }
        origin = .object(key: prefix + name)
    }

    /// Returns the prefix of the keys of a caller's uploads.
    static func prefix(of caller: String) -> String { "media/\(caller)/" }

    /// Returns whether a name is valid for an upload.
    static func isUploadName(_ name: String) -> Bool {
        (1...200).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { CallerName.isNameByte($0) }
    }

    static func isAllowed(_ host: String, _ hosts: [String]) -> Bool {
        hosts.contains { allowed in
            allowed == "*" || allowed == host || (allowed.hasPrefix("*.") && host.hasSuffix(allowed.dropFirst(1)))
        }
    }
}
