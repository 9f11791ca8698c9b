// SPDX-License-Identifier: Apache-2.0

/// Random numbers that are the same in every run.
struct RepeatableRandom {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// Returns a number below `limit`, which is at least 1.
    ///
    /// The generator is Knuth's (MMIX).
    mutating func next(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    /// Returns a sample of noise at half of full scale.
    mutating func sample() -> Float { Float(next(below: 1 << 20)) / Float(1 << 20) - 0.5 }

    /// Returns bytes with three of them changed, and sometimes without their end.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<3 { bytes[next(below: bytes.count)] = UInt8(next(below: 256)) }
        if next(below: 4) == 0 { bytes.removeLast(next(below: bytes.count - 1)) }
        return bytes
    }
}
