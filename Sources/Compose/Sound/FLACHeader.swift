// SPDX-License-Identifier: Apache-2.0

/// The header of a FLAC stream, STREAMINFO, which is completed when all frames are known.
struct FLACHeader {
    /// The bytes, as an encoder gave them before its first frame.
    private var bytes: [UInt8]
    private var sizes: ClosedRange<Int>?

    private static let size = 34

    /// Creates a header from that of an encoder; `nil` if it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// Notes the size of a frame in bytes.
    mutating func add(frame size: Int) {
        guard size > 0 else { return }
        sizes = sizes.map { min($0.lowerBound, size)...max($0.upperBound, size) } ?? size...size
    }

    /// Returns the header of a stream with so many samples.
    ///
    /// Its sum of all samples is left out, which the format allows: the samples of chunks from a store are not at hand.
    func complete(samples: Int) -> [UInt8] {
        changed(bytes) { bytes in
            for (place, value) in [(4, sizes?.lowerBound ?? 0), (7, sizes?.upperBound ?? 0)] {
                for byte in 0..<3 { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (16 - 8 * byte)) }
            }
            // 36 bits, the first four of them after 4 bits of something else.
            bytes[13] = bytes[13] & 0xf0 | UInt8(truncatingIfNeeded: samples >> 32) & 0x0f
            for byte in 0..<4 { bytes[14 + byte] = UInt8(truncatingIfNeeded: samples >> (24 - 8 * byte)) }
            for place in 18..<Self.size { bytes[place] = 0 }
        }
    }
}
