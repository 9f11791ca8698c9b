// SPDX-License-Identifier: Apache-2.0

/// A source of a plan's encoded segments, in order.
///
/// May be used by one thread at a time.
protocol SegmentSource {
    /// Returns the next segment; `nil` if it is not available within a tenth of a second.
    ///
    /// Throws if it could not be made. Call it until it has returned all of the plan's segments.
    func next() throws(ComposeError) -> EncodedSegment?
    /// The progress so far.
    var counts: SegmentCounts { get }
    /// Ends all work; the source must not be used afterwards.
    func close()
}

/// The progress of a plan's segments.
struct SegmentCounts {
    /// The number of finished frames.
    var frames = 0
    /// The number of segments reused from another render.
    var reused = 0
    /// The number of frames in the reused segments.
    var reusedFrames = 0
}
