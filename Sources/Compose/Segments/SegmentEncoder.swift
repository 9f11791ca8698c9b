// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// Composes and encodes segments, each on the thread that calls.
struct SegmentEncoder: Sendable {
    let encoding: SegmentEncoding
    /// Whether pictures are composed on another thread than they are encoded on.
    let composesAhead: Bool

    /// Encodes the frames of a part.
    ///
    /// `passed` is told of each frame, and says whether to go on; `nil` if it did not. Blocks.
    func encode(_ part: Plan, passed: () -> Bool) throws(ComposeError) -> EncodedSegment? {
        let encoder = try open(part)
        let frames = try FrameSource(part, ahead: composesAhead)
        defer { frames.close() }
        var stream = try wrapped { () throws(LibavError) in
            try SegmentStream(
                encoder, frameCount: part.frameCount, holds: encoding.backend == .x264 ? Holds(part) : nil,
                borders: BorderQuality(encoding, part))
        }
        for index in 0..<part.frameCount {
            let frame = try frames.frame(at: index)
            try wrapped { () throws(LibavError) in try stream.send(frame) }
            guard passed() else { return nil }
        }
        let segment = try wrapped { () throws(LibavError) in try stream.finish() }
        guard segment.packets.count == part.frameCount else {
            throw ComposeError(
                .renderFailed, "the encoder gave \(segment.packets.count) frames for \(part.frameCount)")
        }
        return segment
    }

    private func open(_ part: Plan) throws(ComposeError) -> Encoder {
        var request = EncoderRequest(part)
        request.settings.encoder = VideoSettings.EncoderChoice(rawValue: encoding.backend.rawValue) ?? .software
        var search = EncoderSearch(request)
        guard let opened = search.next() else {
            let reasons = search.rejected.map(\.description).joined(separator: "; ")
            throw ComposeError(.encoderUnavailable, path: "output.video.encoder", reasons)
        }
        return opened.encoder
    }

    private func wrapped<Value>(_ body: () throws(LibavError) -> Value) throws(ComposeError) -> Value {
        do throws(LibavError) { return try body() } catch { throw ComposeError(error, .renderFailed) }
    }
}

/// A plan's frames in order, composed ahead on another thread, or when they are asked for.
private final class FrameSource {
    private let queue: FrameQueue?
    private let stills: StillStore?
    private let composer: FrameComposer?

    init(_ plan: Plan, ahead: Bool) throws(ComposeError) {
        if ahead {
            queue = FrameQueue(plan, workers: 1)
            stills = nil
            composer = nil
        } else {
            let stills = StillStore(plan, from: 0)
            queue = nil
            self.stills = stills
            composer = try FrameComposer(plan, stills: stills)
        }
    }

    func frame(at index: Int) throws(ComposeError) -> Frame {
        if let queue { return try queue.next() }
        stills?.advance(to: index)
        guard let composer else { preconditionFailure("frames come from a queue or a composer") }
        return try composer.frame(at: index)
    }

    func close() {
        queue?.close()
        stills?.close()
    }
}
