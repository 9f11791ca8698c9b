// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// Where a part holds a picture long enough for its repeats to be written without the encoder.
struct Holds {
    /// How many repeats follow a frame.
    let repeats: [Int: Int]
    /// Frames from one key frame to the next, at most.
    let keyframeInterval: Int
    /// Quantiser steps that a held picture gets less than others.
    ///
    /// An encoder that saw the repeats would refine the picture in them; how much follows from how far it looks ahead. So that
    /// held pictures are as good as those of an encoder that is fed every frame: measured with x264 at CRF 21.
    let finer: Int

    /// A picture shown for less than this is encoded as often as it is shown: a key frame costs more than its repeats.
    private static let shortest = 10

    /// `nil` where the edit does not want it.
    init?(_ part: Plan) {
        let video = part.output.video
        guard video.options.heldPictures != false, video.pixelFormat == .yuv420p else { return nil }
        keyframeInterval = EncoderRequest(part).keyframeInterval
        finer =
            switch video.speed {
            case .ultrafast: 0  // which has no adaptive quantiser to give it to
            case .superfast, .veryfast, .faster: 1
            case .fast: 2
            default: 4
            }
        var repeats: [Int: Int] = [:]
        for span in part.spans where span.isHeld && (span.frames.count >= Self.shortest || span.frames.lowerBound == 0)
        {
            var start = span.frames.lowerBound
            while start < span.frames.upperBound {
                let end = min(start + max(keyframeInterval, 1), span.frames.upperBound)
                repeats[start] = end - start - 1
                start = end
            }
        }
        self.repeats = repeats
    }
}

/// Quantiser steps less for the frames at a segment's ends, where x264 would give them more than within a stream.
///
/// x265 is much the same, but reads memory that is not there (seen in 3.5) when some frames ask for it and others do not.
struct BorderQuality {
    /// For the first frame.
    ///
    /// Key frames get a quantiser lower by a factor of 1.4, three steps, but not an encoder's first frame (x264's
    /// `rate_estimate_qscale`).
    private let first: Int
    /// For each of the last three.
    ///
    /// They seem not to matter for any that follow, as before a cut, though most segments end within a movement: what they lose
    /// was measured with photos at CRF 21, 1 to 3 dB.
    private let last: Int

    /// None for encoders that do not need it, nor for the quickest preset, whose quantiser is the same all over a picture: only
    /// through one that adapts can it be changed.
    init(_ encoding: SegmentEncoding, _ part: Plan) {
        let isNeeded = encoding.backend == .x264 && part.output.video.speed != .ultrafast
        (first, last) = isNeeded ? (3, 2) : (0, 0)
    }

    /// Steps less for a frame.
    func finer(at frame: Int, of count: Int) -> Int { frame == 0 ? first : count - frame <= 3 ? last : 0 }
}

/// Feeds an encoder a part's frames, and gathers what comes out, with the repeats of held pictures among it.
///
/// For one thread.
struct SegmentStream {
    private let encoder: Encoder
    private let holds: Holds?
    private let held: HeldPictures?
    private let borders: BorderQuality
    private let frameCount: Int
    private var segment: EncodedSegment
    /// The next frame, and how many more repeats of the one before there are.
    private var next = 0
    private var repeatsLeft = 0
    private var lastKey = 0
    /// The frame that each picture the encoder was fed is shown at.
    private var fed: [Int] = []

    init(_ encoder: Encoder, frameCount: Int, holds: Holds?, borders: BorderQuality) throws(LibavError) {
        self.encoder = encoder
        self.frameCount = frameCount
        self.borders = borders
        held = holds == nil ? nil : try HeldPictures(header: encoder.header)
        self.holds = held == nil ? nil : holds
        segment = EncodedSegment(header: held?.header ?? encoder.header, delay: encoder.delay, packets: [])
    }

    /// Takes the next frame.
    mutating func send(_ frame: Frame) throws(LibavError) {
        defer { next += 1 }
        guard repeatsLeft == 0 else {
            repeatsLeft -= 1
            return
        }
        repeatsLeft = holds?.repeats[next] ?? 0
        // The encoder counts what it is fed, players what is shown.
        let isKey = repeatsLeft > 0 || holds.map { next - lastKey >= $0.keyframeInterval } ?? false
        if isKey { lastKey = next }
        let finer = (repeatsLeft > 0 ? holds?.finer ?? 0 : 0) + borders.finer(at: next, of: frameCount)
        try encoder.send(frame, at: fed.count, keyframe: isKey, finer: finer)
        fed.append(next)
        try take()
    }

    /// All of it, after the last frame.
    mutating func finish() throws(LibavError) -> EncodedSegment {
        try encoder.drain()
        try take()
        return segment
    }

    private mutating func take() throws(LibavError) {
        while case .packet(let packet) = try encoder.receive() {
            // Decoding runs ahead by as much as the first picture has to wait. Where there are few, it does not show.
            if segment.packets.isEmpty { segment.delay = max(segment.delay, min(packet.time &- packet.decodeTime, 64)) }
            guard fed.indices.contains(packet.time) else { throw LibavError.wrongTime("encode frame") }
            let shown = fed[packet.time]
            try held?.pass(packet)
            add(packet, at: shown)
            guard let held, let count = holds?.repeats[shown], count > 0 else { continue }
            for index in 1...count { add(try held.repeated(), at: shown + index) }
            segment.heldFrames += count
        }
    }

    private mutating func add(_ packet: Packet, at time: Int) {
        packet.place(at: time, decodedAt: segment.packets.count - segment.delay)
        segment.packets.append(packet)
    }
}
