// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation

/// The rules for what callers may use as media, in addition to their own uploads.
struct MediaRules: Sendable {
    /// The hosts that media may be downloaded from.
    var hosts: [String] = []
    /// The bucket that `s3://` addresses may name, or `nil` if files are in a folder.
    var bucket: String?
    /// The prefixes of keys that all callers may read.
    var sharedPrefixes: [String] = []
    /// The keys of what the jobs have stored that a job follows.
    var granted: Set<String> = []

    init(hosts: [String] = [], bucket: String? = nil, sharedPrefixes: [String] = []) {
        self.hosts = hosts
        self.bucket = bucket
        self.sharedPrefixes = sharedPrefixes
    }

    init(_ configuration: Configuration) {
        self.init(
            hosts: configuration.access.mediaHosts, bucket: configuration.s3?.bucket,
            sharedPrefixes: configuration.access.sharedMediaPrefixes)
    }
}

/// The origin of a file that a request names, checked for the caller's permission.
struct MediaSource: Sendable, Hashable {
    /// The kind of origin: an object with its key, or a URL.
    enum Origin: Sendable, Hashable {
        case object(key: String)
        case web(URL)
    }

    let origin: Origin

    /// Creates the source of a named file: an upload, a key that the caller may read, or a URL on an allowed host.
    ///
    /// A key may be written as an address in the service's own bucket, `s3://bucket/key`. Throws ``ComposeProblems``
    /// with the path of its field for anything else.
    init(_ file: NamedFile, of caller: String, _ rules: MediaRules) throws(ComposeProblems) {
        func refused(_ message: String) -> ComposeProblems {
            ComposeProblems([Problem(path: file.path, message: message)])
        }
        var src = file.src
        if src.hasPrefix("s3://") {
            guard let bucket = rules.bucket, src.hasPrefix("s3://\(bucket)/") else {
                throw refused("\(src.debugDescription) is not in the bucket of this service; upload the file")
            }
            src = String(src.dropFirst("s3://\(bucket)/".count))
            guard Self.isReadable(src, caller, rules) else {
                throw refused("you may not read \(src.debugDescription) in the bucket; upload the file")
            }
        } else if src.contains("://") {
            guard let url = URL(string: src), let host = url.host?.lowercased(), ["https", "http"].contains(url.scheme)
            else { throw refused("\(src.debugDescription) is not an address that begins with https://") }
            guard Self.isAllowed(host, rules.hosts) else {
                throw refused(
                    "media may not be fetched from \(host)"
                        + (rules.hosts.isEmpty
                            ? "; upload the file" : "; upload the file, or use \(rules.hosts.joined(separator: ", "))"))
            }
            origin = .web(url)
            return
        }
        if Self.isReadable(src, caller, rules) {
            origin = .object(key: src)
            return
        }
        guard Self.isUploadName(src) else {
            throw refused(
                "\(src.debugDescription) is not the name of an upload: letters, digits, '.', '_' and '-', at most 200")
        }
        origin = .object(key: Self.prefix(of: caller) + src)
    }

    /// Returns whether a key is one of the caller's own or under a prefix that all callers may read.
    private static func isReadable(_ key: String, _ caller: String, _ rules: MediaRules) -> Bool {
        let own = prefix(of: caller)
        if rules.granted.contains(key) { return true }
        if key.hasPrefix(own) { return isUploadName(String(key.dropFirst(own.count))) }
        return rules.sharedPrefixes.contains { key.hasPrefix($0) && key.utf8.count > $0.utf8.count } && isKey(key)
    }

    /// Returns whether a text is a key that leads nowhere else: no part of it is empty, `.` or `..`.
    static func isKey(_ text: String) -> Bool {
        text.utf8.count <= 1024 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !["", ".", ".."].contains($0)
            }
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
