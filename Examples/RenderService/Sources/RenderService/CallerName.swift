// SPDX-License-Identifier: Apache-2.0

/// The rules for callers' names, which are part of the keys of their media.
enum CallerName {
    /// The name of the caller if authentication is disabled.
    static let anyone = "anyone"

    static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name != "." && name != ".." && name.utf8.allSatisfy(isNameByte)
    }

    /// Returns whether a byte is a letter, digit, '.', '_' or '-', which need no escaping in URLs, paths and keys.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
