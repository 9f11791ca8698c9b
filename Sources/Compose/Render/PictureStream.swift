// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// Feeds an encoder frames, each held picture once, and gives what comes out with the times at which it is shown.
///
/// For one thread at a time.
final class PictureStream {
    let encoder: Encoder
    private let frameCount: Int
    private let holds: Holds?
    private let repeater: HeldPictures?
    private let borders: BorderQuality?
    /// How many frames decoding runs ahead of showing; known from the first packet on.
    private(set) var delay: Int
    /// Frames that were not encoded, because the picture before them is held.
    private(set) var heldFrames = 0
    /// Frames whose pictures came out.
    private(set) var framesGiven = 0
    /// The next frame, and how many more repeats of the one before there are.
    private var next = 0
    private var repeatsLeft = 0
    private var lastKey = 0
    /// The frame that each picture the encoder was fed is shown at.
    private var fed: [Int] = []
    private var packetsGiven = 0

    init(_ encoder: Encoder, frameCount: Int, holds: Holds?, borders: BorderQuality? = nil) throws(LibavError) {
        self.encoder = encoder
        self.frameCount = frameCount
        self.borders = borders
        repeater = holds?.form == .repeats ? try HeldPictures(of: encoder) : nil
        self.holds = holds?.form == .repeats && repeater == nil ? nil : holds
        delay = encoder.delay
    }

    /// What decoders have to know before the first packet, as far as the encoder says so when it is opened.
    var header: [UInt8] { repeater?.header ?? encoder.header }

    /// Takes the next frame, and gives what came out.
    func send(_ frame: Frame) throws(LibavError) -> [Packet] {
        defer { next += 1 }
        guard repeatsLeft == 0 else {
            repeatsLeft -= 1
            return []
        }
        repeatsLeft = holds?.repeats[next] ?? 0
        // The encoder counts what it is fed, players what is shown.
        let isKey = repeatsLeft > 0 || holds.map { next - lastKey >= $0.keyframeInterval } ?? false
        if isKey { lastKey = next }
        let finer = (repeatsLeft > 0 ? holds?.finer ?? 0 : 0) + (borders?.finer(at: next, of: frameCount) ?? 0)
        try encoder.send(frame, at: fed.count, keyframe: isKey, finer: finer)
        fed.append(next)
        return try take()
    }

    /// What is left after the last frame.
    func finish() throws(LibavError) -> [Packet] {
        try encoder.drain()
        return try take()
    }

    private func take() throws(LibavError) -> [Packet] {
        var packets: [Packet] = []
        while case .packet(let packet) = try encoder.receive() {
            // Decoding runs ahead by as much as the first picture has to wait. Where there are few, it does not show.
            if packetsGiven == 0 { delay = max(delay, min(packet.time &- packet.decodeTime, 64)) }
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
        let decoded = decodingTime(of: packetsGiven, delay: delay) { repeater == nil ? fed[$0] : $0 }
        packet.place(at: time, decodedAt: decoded, lasting: duration)
        packetsGiven += 1
        framesGiven += duration
        return packet
    }
}

/// When a packet is decoded, in frames: when the packet is shown that comes `delay` earlier in the order of showing, which begins
/// with frame 0.
///
/// The order of showing is never more than the delay behind the order of decoding, so nothing is decoded after it is shown.
func decodingTime(of index: Int, delay: Int, shown: (Int) -> Int) -> Int {
    index < delay ? index - delay : shown(index - delay)
}
