// SPDX-License-Identifier: Apache-2.0

import Crypto

/// The rules for keys and content types, and the encoding of keys in URLs.
enum ObjectKey {
    /// The maximum number of bytes in a key.
    static let maximumLength = 1024

    /// Throws ``StorageError/invalidKey(_:)`` if a key is invalid.
    static func check(_ key: String) throws(StorageError) {
        let parts = key.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard key.utf8.count <= maximumLength,
            parts.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }),
            !hasControlCharacter(key)
        else { throw StorageError.invalidKey(key) }
    }

    /// Throws ``StorageError/refused(_:)`` if a content type cannot be sent in a header.
    static func check(contentType: String) throws(StorageError) {
        guard !contentType.isEmpty, contentType.utf8.count <= 255,
            contentType.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
        else { throw StorageError.refused("not a content type: \(contentType.debugDescription.prefix(100))") }
    }

    /// Returns a requested range limited to the size of the object.
    static func cut(_ range: Range<Int64>?, to size: Int64) -> Range<Int64> {
        guard let range else { return 0..<size }
        return range.clamped(to: 0..<size)
    }

    /// Percent-encodes everything except letters, digits and `-._~`, as signatures require.
    static func encoded(_ text: String, keepingSlashes: Bool = false) -> String {
        var result = [UInt8]()
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            case UInt8(ascii: "/") where keepingSlashes:
                result.append(byte)
            default:
                result.append(UInt8(ascii: "%"))
                result.append(HexDigits.upper[Int(byte >> 4)])
                result.append(HexDigits.upper[Int(byte & 15)])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Returns whether a key starts with a prefix, compared byte by byte.
    ///
    /// `hasPrefix` would also match other encodings of the same characters.
    static func key(_ key: String, hasPrefix prefix: String) -> Bool {
        key.utf8.starts(with: prefix.utf8)
    }

    private static func hasControlCharacter(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

/// The hexadecimal digits in upper and lower case.
enum HexDigits {
    static let upper = Array("0123456789ABCDEF".utf8)
    static let lower = Array("0123456789abcdef".utf8)
}

/// Returns two lower-case hexadecimal digits for each byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.flatMap { [HexDigits.lower[Int($0 >> 4)], HexDigits.lower[Int($0 & 15)]] }, as: UTF8.self)
}

/// Returns the SHA-256 of a text in hexadecimal digits.
func sha256(_ text: String) -> String {
    hexadecimal(SHA256.hash(data: Array(text.utf8)))
}
