// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// The maximum bytes of finished segments that wait for their turn, for each that is encoded at once: five minutes
    /// of content that changes little, on two cores.
    static let segmentRoom = 16 << 20

    /// The approximate memory for encoding one segment, in bytes.
    ///
    /// It covers the pictures the segment shows, those being composed, the encoder's own, and finished segments that
    /// wait for their turn.
    public var segmentMemory: Int {
        let canvas = size.width * size.height * 3 / 2
        // Two spans' pictures, because the next one's are loaded ahead; a twelve-megapixel photo being decoded;
        // pictures being composed; and x264's look-ahead and references at its usual settings, measured at 1080p.
        // An effect takes two pictures and scratch of two more, and one that is laid over others as much again.
        let effects = spans.map(\.composition.effects).max() ?? 0
        return 2 * mostSourceBytes + (24 << 20) + canvas * (6 + 22 + 6 * encoderThreads + 4 * effects)
            + Self.segmentRoom
    }

    /// The most memory that the sources of a span take, in bytes.
    var mostSourceBytes: Int {
        spans.map { $0.composition.sources.reduce(0) { $0 + sources[$1].bytes } }.max() ?? 0
    }
}
