// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What the packets of a file say, without their contents.
///
/// It takes the same memory for any length.
struct PacketCheck {
    /// A time that does not follow from the one before.
    struct Jump {
        /// When the packet before ends, in seconds.
        var at: Double
        /// How much later than that the packet begins, in seconds; negative for one that begins earlier.
        var by: Double
    }

    /// What is known of a stream's packets.
    struct Track {
        var bytes = 0
        var count = 0
        var corrupt = 0
        /// When the first packet is seen or heard and the last one ends, in seconds.
        var start = Double.infinity
        var end = -Double.infinity
        /// The first jumps, and how many there are.
        var jumps: [Jump] = []
        var jumpCount = 0
        /// The sum of the packets' durations, in seconds.
        var taken = 0.0
        /// The time between the first packet and the end of the last that no packet takes, in seconds.
        var gaps: Double { start.isFinite && end.isFinite ? max(0, end - start - taken) : 0 }
        /// The bits of the second that has most of them.
        var peakBitrate = 0
        /// How much more time the packets of a sound claim than their samples take, in seconds; `nil` if that is not known.
        var drift: Double?
    }

    let format: String
    let statedDuration: Double?
    let streams: [FileScan.Stream]
    /// The numbers of the streams that count.
    let video: Int?
    let sound: Int?
    private(set) var tracks: [Track]
    /// How often the container was damaged.
    private(set) var failures = 0

    /// Reads all packets of a file, and blocks until it is done.
    init(_ file: OpenFile, isCancelled: () -> Bool) throws(ComposeError) {
        do throws(LibavError) {
            let scan = try FileScan(file)
            (format, statedDuration, streams) = (scan.format, scan.duration, scan.streams)
            (video, sound) = (scan.video, scan.sound)
            var readings = streams.map { TrackReading($0) }
            var count = 0
            var wasCancelled = false
            while !wasCancelled, let packet = try scan.next() {
                readings[packet.stream].add(packet)
                count += 1
                if count % 256 == 0 { wasCancelled = isCancelled() }
            }
            tracks = readings.map(\.finished)
            failures = scan.failures
        } catch {
            throw ComposeError(error, .unreadableMedia)
        }
        if isCancelled() { throw ComposeError(.cancelled, "the check was cancelled") }
    }
}

/// The packets of one stream, as they come.
private struct TrackReading {
    private var track = PacketCheck.Track()
    private let unit: Double
    private let isSound: Bool
    private let sampleRate: Int
    private var lastDecodeTime: Int?
    /// The step that packets of this sound usually take, once some are known; `nil` if they differ.
    private var usual: Int?
    /// The first packets, from which that is learnt.
    private var first: [(time: Int, duration: Int)]? = []
    private var before: (time: Int, duration: Int)?
    private var samples = 0
    private var origin = Double.infinity
    private var hasUnknownSamples = false
    private var second = (number: Int.min, bytes: 0)

    init(_ stream: FileScan.Stream) {
        unit = Double(stream.unit.numerator) / Double(stream.unit.denominator)
        isSound = stream.kind == .sound
        sampleRate = stream.sampleRate
    }

    mutating func add(_ packet: FileScan.Packet) {
        track.bytes += packet.size
        track.taken += Double(max(0, packet.duration)) * unit
        track.count += 1
        if packet.isCorrupt { track.corrupt += 1 }
        checkOrder(packet.decodeTime)
        guard let time = packet.time ?? packet.decodeTime else { return }
        if !packet.isHidden {
            let skipped = sampleRate > 0 ? Double(packet.skipped) / Double(sampleRate) : 0
            track.start = min(track.start, Double(time) * unit + skipped)
            origin = min(origin, Double(time) * unit)
            track.end = max(track.end, Double(time + packet.duration) * unit)
        }
        countBits(packet, at: packet.decodeTime ?? time)
        guard isSound else { return }
        samples += packet.samples
        hasUnknownSamples = hasUnknownSamples || packet.samples == 0
        if first != nil {
            first?.append((time, packet.duration))
            if first?.count == 64 { learn() }
        } else {
            follow(time, packet.duration)
        }
    }

    /// Notes a time of decoding that goes back.
    private mutating func checkOrder(_ time: Int?) {
        guard let time else { return }
        if let last = lastDecodeTime, time < last { note(at: Double(last) * unit, by: Double(time - last) * unit) }
        lastDecodeTime = time
    }

    private mutating func countBits(_ packet: FileScan.Packet, at time: Int) {
        let number = Int(max(-1e15, min(1e15, (Double(time) * unit).rounded(.down))))
        if number != second.number { second = (number, 0) }
        second.bytes += packet.size
        track.peakBitrate = max(track.peakBitrate, second.bytes * 8)
    }

    /// Learns the usual step of packets, and looks at the first ones again.
    private mutating func learn() {
        guard let packets = first else { return }
        first = nil
        let steps = zip(packets.dropFirst(), packets).map { $0.time - $1.time }
        let middle = steps.isEmpty ? 0 : steps.sorted()[steps.count / 2]
        let alike = steps.count { abs(Double($0 - middle) * unit) < 0.002 }
        if middle > 0, alike * 5 >= steps.count * 4 { usual = middle }
        for packet in packets { follow(packet.time, packet.duration) }
    }

    /// Compares a packet's time with that of the one before.
    private mutating func follow(_ time: Int, _ duration: Int) {
        defer { before = (time, duration) }
        guard let before else { return }
        let step = usual ?? before.duration
        guard step > 0, time >= before.time else { return }
        let off = Double(time - before.time - step) * unit
        if abs(off) > 0.01 { note(at: Double(before.time + step) * unit, by: off) }
    }

    private mutating func note(at time: Double, by off: Double) {
        track.jumpCount += 1
        if track.jumps.count < 100 { track.jumps.append(PacketCheck.Jump(at: time, by: off)) }
    }

    /// The track when all packets have been added.
    var finished: PacketCheck.Track {
        var reading = self
        reading.learn()
        var track = reading.track
        if isSound, !hasUnknownSamples, sampleRate > 0, track.jumpCount == 0, count > 1, let last = reading.before,
            origin.isFinite
        {
            let claimed = Double(last.time) * unit + Double(usualDuration(reading)) * unit - origin
            let taken = Double(samples) / Double(sampleRate)
            // Codecs that double their sample rate count in the lower one.
            if taken > 0, (0.75...1.4).contains(claimed / taken) { track.drift = claimed - taken }
        }
        return track
    }

    private var count: Int { track.count }

    private func usualDuration(_ reading: TrackReading) -> Int { reading.usual ?? reading.before?.duration ?? 0 }
}
