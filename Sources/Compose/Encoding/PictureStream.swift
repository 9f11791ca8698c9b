// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// A stream that sends frames to an encoder, each held picture once, and returns packets with their times.
///
/// May be used by one thread at a time.
final class PictureStream {
    let encoder: Encoder
    private let frameCount: Int
    private let holds: Holds?
    private let repeater: HeldPictures?
    private let borders: BorderQuality?
    /// The number of frames by which decoding precedes presentation; known from the first packet on.
    private(set) var delay: Int
    /// The number of frames that were not encoded because they repeat a held picture.
    private(set) var heldFrames = 0
    /// The number of frames in the packets returned so far.
    private(set) var framesGiven = 0
    /// The index of the next frame; `repeatsLeft` counts the remaining repeats of the one before.
    private var next = 0
    private var repeatsLeft = 0
    private var lastKey = 0
    /// The frame at which each picture sent to the encoder is shown.
    private var fed: [Int] = []
    private var decodingTimes = DecodingTimes()

    init(_ encoder: Encoder, frameCount: Int, holds: Holds?, borders: BorderQuality? = nil) throws(LibavError) {
        self.encoder = encoder
        self.frameCount = frameCount
        self.borders = borders
        repeater = holds?.form == .repeats ? try HeldPictures(of: encoder) : nil
        self.holds = holds?.form == .repeats && repeater == nil ? nil : holds
        delay = encoder.delay
    }

    /// The header that decoders need before the first packet, as far as the encoder provides it when opened.
    var header: [UInt8] { repeater?.header ?? encoder.header }

    /// Sends the next frame and returns the available packets.
    func send(_ frame: Frame) throws(LibavError) -> [Packet] {
        defer { next += 1 }
        guard repeatsLeft == 0 else {
            repeatsLeft -= 1
            return []
        }
        repeatsLeft = holds?.repeats[next] ?? 0
        // The encoder counts the frames it receives; players count the frames shown.
        let isKey = repeatsLeft > 0 || holds.map { next - lastKey >= $0.keyframeInterval } ?? false
        if isKey { lastKey = next }
        let finer = (repeatsLeft > 0 ? holds?.finer ?? 0 : 0) + (borders?.finer(at: next, of: frameCount) ?? 0)
        try encoder.send(frame, at: fed.count, keyframe: isKey, finer: finer)
        fed.append(next)
        return try take()
    }

    /// Returns the remaining packets after the last frame.
    func finish() throws(LibavError) -> [Packet] {
        try encoder.drain()
        return try take()
    }

    private func take() throws(LibavError) -> [Packet] {
        var packets: [Packet] = []
        while case .packet(let packet) = try encoder.receive() {
            // The delay is the time for which the first picture waits after decoding; a short stream may not show it.
            if framesGiven == 0 { delay = max(delay, min(packet.time &- packet.decodeTime, 64)) }
            guard fed.indices.contains(packet.time) else { throw LibavError.wrongTime("encode frame") }
            let shown = fed[packet.time]
            let repeats = holds?.repeats[shown] ?? 0
            heldFrames += repeats
            guard let repeater else {
                packets.append(place(packet, at: shown, lasting: packet.duration + repeats))
                continue
            }
            try repeater.pass(packet)
            packets.append(place(packet, at: shown, lasting: 1))
            guard repeats > 0 else { continue }
            for index in 1...repeats { packets.append(place(try repeater.repeated(), at: shown + index, lasting: 1)) }
        }
        return packets
    }

    private func place(_ packet: Packet, at time: Int, lasting duration: Int) -> Packet {
        let decoded = decodingTimes.place(time, lasting: duration, delay: delay)
        packet.place(at: time, decodedAt: decoded, lasting: duration)
        framesGiven += duration
        return packet
    }
}
