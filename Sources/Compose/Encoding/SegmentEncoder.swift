// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// An encoder of segments, which encodes on the calling thread and composes on others.
struct SegmentEncoder: Sendable {
    let encoding: SegmentEncoding
    /// The number of threads that compose a segment's frames; the frames do not depend on it.
    var composers = 1

    /// Encodes the frames of a part, which are those from `offset` on of the rack's plan.
    ///
    /// `opened` is an encoder to use if one is already open. `passed` is called after each frame. The result is `nil` if
    /// `isCancelled` returns true. Blocks.
    func encode(
        _ part: Plan, from rack: Rack, offset: Int = 0, with opened: Encoder? = nil, isCancelled: () -> Bool,
        passed: () -> Void = {}
    ) throws(ComposeError) -> EncodedSegment? {
        // Opened before anything else is taken: others may have to finish first.
        let found = if let opened { opened } else { try open(part, isCancelled) }
        guard let encoder = found else { return nil }
        let frames = FrameQueue(part, workers: composers, rack: rack, offset: offset)
        defer { frames.close() }
        let stream = try wrapped(part) { () throws(LibavError) in
            try PictureStream(
                encoder, frameCount: part.frameCount, holds: Holds(part, encoding.backend),
                borders: BorderQuality(encoding, part))
        }
        let header = stream.header
        var packets: [Packet] = []
        for _ in 0..<part.frameCount {
            let frame = try frames.next()
            packets += try wrapped(part) { () throws(LibavError) in try stream.send(frame) }
            passed()
            if isCancelled() { return nil }
        }
        packets += try wrapped(part) { () throws(LibavError) in try stream.finish() }
        guard stream.framesGiven == part.frameCount else {
            throw ComposeError(
                .renderFailed, "the encoder returned \(stream.framesGiven) frames instead of \(part.frameCount)")
        }
        return EncodedSegment(
            header: header, delay: stream.delay, packets: packets, heldFrames: stream.heldFrames)
    }

    private func open(_ part: Plan, _ isCancelled: () -> Bool) throws(ComposeError) -> Encoder? {
        var request = EncoderRequest(part)
        request.settings.encoder = VideoSettings.EncoderChoice(rawValue: encoding.backend.rawValue) ?? .software
        var search = EncoderSearch(request)
        guard let opened = search.next(isCancelled: isCancelled) else {
            if isCancelled() { return nil }
            if search.rejected.contains(where: \.reason.isOutOfMemory) { throw .outOfMemory(part, search.rejected) }
            let reasons = search.rejected.map(\.description).joined(separator: "; ")
            throw ComposeError(.encoderUnavailable, path: "output.video.encoder", reasons)
        }
        return opened.encoder
    }

    private func wrapped<Value>(_ part: Plan, _ body: () throws(LibavError) -> Value) throws(ComposeError) -> Value {
        do throws(LibavError) { return try body() } catch {
            throw ComposeError(error, .renderFailed, needing: EncoderRequest(part).likelyMemory)
        }
    }
}
