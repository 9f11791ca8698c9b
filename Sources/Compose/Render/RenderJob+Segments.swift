// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav

/// Gives a plan's segments, encoded, in order.
///
/// For one thread at a time.
protocol SegmentSource {
    /// The next segment; `nil` when it is not there after a tenth of a second.
    ///
    /// Throws what kept it from being made. To be called until there have been as many as the plan has.
    func next() throws(ComposeError) -> EncodedSegment?
    /// What has been done so far.
    var counts: SegmentCounts { get }
    /// Ends what is under way; nothing may be asked for afterwards.
    func close()
}

/// How far a plan's segments have come.
struct SegmentCounts {
    /// Frames that are done.
    var frames = 0
    /// Segments that were kept from another render.
    var reused = 0
    /// Frames of those.
    var reusedFrames = 0
}

extension RenderJob {
    /// Writes all segments, and closes the file; `nil` where they cannot follow each other in one stream.
    func write(_ source: some SegmentSource, with writer: MediaWriter) throws(ComposeError) -> SegmentCounts? {
        defer { source.close() }
        var meter = SpeedMeter()
        report(meter.progress(frame: 0, of: plan.frameCount))
        for frames in plan.segmentFrames {
            var segment: EncodedSegment?
            repeat {
                try expectGoingOn()
                segment = try source.next()
                // All may be there, and the sound not yet.
                let frame = min(source.counts.frames, plan.frameCount - 1)
                if let progress = meter.passed(frame: frame, of: plan.frameCount) { report(progress) }
            } while segment == nil
            guard let segment, try writer.write(segment, from: frames.lowerBound) else { return nil }
        }
        try writer.finish()
        report(meter.progress(frame: plan.frameCount, of: plan.frameCount))
        return source.counts
    }

    /// Puts segments together that were encoded elsewhere.
    func assemble(
        _ finished: @escaping @Sendable (_ segment: Int) throws -> Data, _ file: OutputFile
    ) throws(ComposeError) -> (MediaWriter, Report.Video?) {
        var search = try plan.segmentSearch()
        guard let attempt = try nextAttempt(&search, inSegments: true, file), let encoding = attempt.segments else {
            throw Plan.noSegmentEncoder(search)
        }
        guard
            let counts = try write(
                FinishedSegments(plan, encoding, segmenting.identity, finished), with: attempt.writer)
        else {
            throw ComposeError(.renderFailed, "segments came out with different headers")
        }
        return (attempt.writer, video(attempt, search.rejected, counts))
    }
}

/// Segments that were encoded elsewhere.
private final class FinishedSegments: SegmentSource {
    private let plan: Plan
    private let encoding: SegmentEncoding
    private let identity: MediaIdentity
    private let bytes: (_ segment: Int) throws -> Data
    private var left: ArraySlice<Segment>
    private(set) var counts = SegmentCounts()

    init(
        _ plan: Plan, _ encoding: SegmentEncoding, _ identity: MediaIdentity,
        _ bytes: @escaping (_ segment: Int) throws -> Data
    ) {
        self.plan = plan
        self.encoding = encoding
        self.identity = identity
        self.bytes = bytes
        left = plan.segments[...]
    }

    func next() throws(ComposeError) -> EncodedSegment? {
        guard let segment = left.popFirst() else { return nil }
        let part = plan.part(segment)
        let key = try plan.key(of: part, encoding, identity)
        let problem: String
        do {
            switch try EncodedSegment.read(Array(try bytes(segment.index))[...], as: key, frames: part.frameCount) {
            case .whole(let encoded):
                counts.frames += part.frameCount
                return encoded
            case .damaged: problem = "is damaged, or no segment"
            case .other: problem = "was made for another plan, or by another encoder, FFmpeg or Compose"
            }
        } catch let error as ComposeError {
            throw error
        } catch {
            problem = "cannot be read: \(error)"
        }
        throw ComposeError(
            .unreadableMedia, path: "segments[\(segment.index)]",
            "segment \(segment.index) \(problem); render it again")
    }

    func close() {}
}
