// SPDX-License-Identifier: Apache-2.0

/// An FNV-1a hash, which is the same in every process, unlike Swift's own.
///
/// The constants are from RFC 9923, section 5. It is for making choices, not for identifying contents.
package struct StableHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0xff)  // occurs in no text: "ab" and "c" differ from "a" and "bc"
    }

    mutating func add(_ number: Int) {
        for shift in 0..<8 { add(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
    }
}
