// SPDX-License-Identifier: Apache-2.0

/// FNV-1a: a number that follows from what is added, in every process the same, which Swift's own hash is not.
///
/// Constants: RFC 9923, section 5. For choosing, not for telling contents apart.
struct StableHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0xff)  // which no text has: "ab" and "c" are not "a" and "bc"
    }

    mutating func add(_ number: Int) {
        for shift in 0..<8 { add(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
    }
}
