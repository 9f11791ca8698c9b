// SPDX-License-Identifier: Apache-2.0

import Crypto

/// What keys and content types may be, and how keys are written in addresses.
enum ObjectKey {
    /// The most bytes in a key.
    static let maximumLength = 1024

    /// Throws ``StorageError/invalidKey(_:)`` for what is not a key.
    static func check(_ key: String) throws(StorageError) {
        let parts = key.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard key.utf8.count <= maximumLength,
            parts.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }),
            !hasControlCharacter(key)
        else { throw StorageError.invalidKey(key) }
    }

    /// Throws ``StorageError/refused(_:)`` for what cannot be sent in a header.
    static func check(contentType: String) throws(StorageError) {
        guard !contentType.isEmpty, contentType.utf8.count <= 255,
            contentType.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
        else { throw StorageError.refused("not a content type: \(contentType.debugDescription.prefix(100))") }
    }

    /// The bytes of a requested range that an object has.
    static func cut(_ range: Range<Int64>?, to size: Int64) -> Range<Int64> {
        guard let range else { return 0..<size }
        return range.clamped(to: 0..<size)
    }

    /// Percent-encodes all but letters, digits and `-._~`, as signatures demand.
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

    /// Whether a text begins with another, byte for byte; `hasPrefix` would also take other spellings of the same
    /// letters.
    static func key(_ key: String, hasPrefix prefix: String) -> Bool {
        key.utf8.starts(with: prefix.utf8)
    }

    private static func hasControlCharacter(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

/// Digits of the two ways to write bytes as hexadecimals.
enum HexDigits {
    static let upper = Array("0123456789ABCDEF".utf8)
    static let lower = Array("0123456789abcdef".utf8)
}

/// Two lower-case digits for each byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.flatMap { [HexDigits.lower[Int($0 >> 4)], HexDigits.lower[Int($0 & 15)]] }, as: UTF8.self)
}

/// The SHA-256 of a text in hexadecimals.
func sha256(_ text: String) -> String {
    hexadecimal(SHA256.hash(data: Array(text.utf8)))
}
