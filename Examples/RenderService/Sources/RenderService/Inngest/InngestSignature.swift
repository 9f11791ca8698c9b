// SPDX-License-Identifier: Apache-2.0

import Compose
import Crypto
import Foundation
import ObjectStorage

/// The signatures of requests and responses between Inngest and the service.
///
/// They are HMAC-SHA256 of the body and the time, as Inngest's SDK specification has it. The key is the signing key
/// without its prefix, `signkey-prod-`.
enum InngestSignature {
    /// How old a signature may be, or how far ahead the other clock, in seconds.
    static let maximumAge = 300

    /// An error thrown for a signature that is not accepted.
    struct Refusal: Error {
        let reason: String
    }

    /// Returns the key with which a request was signed; the header is `t=seconds&s=hexadecimal`.
    ///
    /// The signed form of the body is the canonical one; where it is the same as the one sent, it need not be JSON.
    static func key(
        of header: String, body: Data, keys: [String], now: Date = Date()
    ) throws(Refusal) -> String {
        var fields: [Substring: Substring] = [:]
        for pair in header.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            // The first of two values of the same name counts.
            if parts.count == 2, fields[parts[0]] == nil { fields[parts[0]] = parts[1] }
        }
        guard let text = fields["t"], let time = Int(text), let digits = fields["s"], let code = bytes(hex: digits)
        else {
            throw Refusal(reason: "the signature is not t=…&s=…")
        }
        let age = Int(now.timeIntervalSince1970).subtractingReportingOverflow(time)
        guard !age.overflow, (-maximumAge...maximumAge).contains(age.partialValue) else {
            throw Refusal(reason: "the signature is older than \(maximumAge) s; see that the clocks are right")
        }
        var forms = [body]
        if let value = try? JSONValue(json: body), let canonical = CanonicalJSON.text(of: value) {
            forms.append(Data(canonical.utf8))
        }
        // All are compared, so that the time taken reveals nothing.
        var found: String?
        for key in keys {
            for form in forms where isValid(code, form, text, key) { found = found ?? key }
        }
        guard let found else { throw Refusal(reason: "the signature is not that of this app's signing key") }
        return found
    }

    /// Returns the header for a body that is sent.
    static func header(for body: Data, key: String, now: Date = Date()) -> String {
        let time = String(Int(now.timeIntervalSince1970))
        var code = HMAC<SHA256>(key: symmetric(key))
        code.update(data: body)
        code.update(data: Data(time.utf8))
        return "t=\(time)&s=\(hexadecimal(code.finalize()))"
    }

    /// Returns the form of a signing key that proves it to Inngest without revealing it.
    static func hash(of key: String) -> String { hexadecimal(SHA256.hash(data: Data(bytes(of: key) ?? []))) }

    /// Returns the bytes of a signing key, or `nil` if it is not one.
    static func bytes(of key: String) -> [UInt8]? {
        let bytes = bytes(hex: Substring(bare(key)))
        return bytes?.isEmpty == false ? bytes : nil
    }

    /// Returns a key without its prefix.
    private static func bare(_ key: String) -> String {
        guard let match = key.firstMatch(of: /^signkey-\w+-/) else { return key }
        return String(key[match.range.upperBound...])
    }

    // The key is used as text, not as the bytes that its digits stand for.
    private static func symmetric(_ key: String) -> SymmetricKey { SymmetricKey(data: Data(bare(key).utf8)) }

    private static func isValid(_ code: [UInt8], _ body: Data, _ time: Substring, _ key: String) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body + Data(time.utf8), using: symmetric(key))
    }

    private static func bytes(hex: Substring) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            // `UInt8(_:radix:)` would accept a sign.
            guard digits[index] != UInt8(ascii: "+"), digits[index] != UInt8(ascii: "-"),
                let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
