// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav

extension RenderJob {
    /// Writes all segments and closes the file; returns `nil` if they cannot be joined into one stream.
    func write(_ source: some SegmentSource, with writer: MediaWriter) throws(ComposeError) -> SegmentCounts? {
        defer { source.close() }
        var meter = SpeedMeter()
        report(meter.progress(frame: 0, of: plan.frameCount))
        for frames in plan.segmentFrames {
            var segment: EncodedSegment?
            repeat {
                try expectGoingOn()
                segment = try source.next()
                // All segments may be finished before the sound is.
                let frame = min(source.counts.frames, plan.frameCount - 1)
                if let progress = meter.passed(frame: frame, of: plan.frameCount) { report(progress) }
            } while segment == nil
            try expectGoingOn()
            guard let segment, try writer.write(segment, from: frames.lowerBound) else { return nil }
        }
        try writer.finish()
        report(meter.progress(frame: plan.frameCount, of: plan.frameCount))
        return source.counts
    }

    /// Assembles segments that were encoded elsewhere.
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
            throw ComposeError(.renderFailed, "the encoder wrote different headers for different segments")
        }
        return (attempt.writer, video(attempt, search.rejected, counts))
    }
}

/// A source of segments that were encoded elsewhere.
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
            case .damaged: problem = "is damaged or is not a segment"
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
