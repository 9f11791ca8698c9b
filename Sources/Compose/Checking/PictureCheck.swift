// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A look at all pictures of a video, one after the other.
///
/// It holds two pictures at a time.
struct PictureCheck {
    /// What is found in pictures.
    private enum Rule {
        /// Pixels up to this luma are black, and a picture is if so many of its pixels are, and no part of it is brighter than this.
        static let black = 0.1
        static let blackPart = 0.98
        static let brightest = 0.25
        /// Pictures that differ by less stand still (−60 dB), unless some part of them differs by more than the second.
        static let stillness = 0.001
        static let change = 16.0 / 255
        /// The shortest stretches that are reported, in seconds.
        static let leastBlack = 1.0
        static let leastFrozen = 2.0
        /// A picture repeats the one before if it differs from it by less than this, and by a small part of what those around do.
        static let repeated = 0.004
        static let repeatedPart = 0.15
        static let mostRepeats = 4
    }

    /// The pictures that cannot be decoded: their number, and when the first and the last are shown.
    private(set) var damaged = (count: 0, first: 0.0, last: 0.0)
    private(set) var black = Stretches(least: Rule.leastBlack)
    private(set) var frozen = Stretches(least: Rule.leastFrozen)
    private(set) var repeated = (count: 0, first: 0.0)
    /// When the size or the form of the pictures changes for the first time.
    private(set) var sizeChange: Double?
    private let times: VideoTimes

    /// The picture with which the next ones are compared, and when it began.
    private var reference: (picture: Picture, start: Double)?
    /// The pictures that may be repeats, since the last that differs.
    private var pending: (count: Int, first: Double, most: Double) = (0, 0, 0)
    private var lastChange = 0.0

    /// Decodes all pictures of a file, and blocks until it is done.
    init(_ file: VideoFile, _ times: VideoTimes, isCancelled: () -> Bool) throws(ComposeError) {
        self.times = times
        for index in times.starts.indices {
            if isCancelled() { throw ComposeError(.cancelled, "the check was cancelled") }
            do throws(LibavError) {
                let start = times.starts[index]
                let key = times.key(before: index).map { times.starts[$0] }
                let shown = try file.find(start, key: key)
                guard shown == start || (index == 0 && shown != nil) else {
                    if damaged.count == 0 { damaged.first = seconds(start) }
                    damaged.count += 1
                    damaged.last = index + 1 < times.count ? seconds(times.starts[index + 1]) : seconds(times.end)
                    continue
                }
                try look(at: file.picture(), seconds(start))
            } catch {
                throw ComposeError(error, .unreadableMedia)
            }
        }
        let end = seconds(times.end)
        black.end(at: end)
        if let reference { frozen.add(reference.start, end) }
    }

    private func seconds(_ time: Int) -> Double { times.duration(of: time) / .seconds(1) }

    private mutating func look(at picture: Picture, _ time: Double) throws(LibavError) {
        let values = try picture.values(comparedWith: reference?.picture, black: Rule.black)
        let isBlack = values.dark >= Rule.blackPart && values.brightest <= Rule.brightest
        if isBlack { black.begin(at: time) } else { black.end(at: time) }
        guard let before = reference else { return reference = (picture, time) }
        guard let difference = values.difference else {
            sizeChange = sizeChange ?? time
            return change(to: picture, time, 1, from: before.start)
        }
        noteRepeat(difference, time)
        // Black is not frozen too.
        let isStill = difference <= Rule.stillness && values.greatestDifference <= Rule.change
        if !isStill || isBlack { change(to: picture, time, difference, from: before.start) }
    }

    private mutating func change(to picture: Picture, _ time: Double, _ difference: Double, from start: Double) {
        frozen.add(start, time)
        reference = (picture, time)
    }

    /// Counts pictures that repeat others while those around them differ.
    private mutating func noteRepeat(_ difference: Double, _ time: Double) {
        if difference <= Rule.repeated {
            if pending.count == 0 { pending = (0, time, 0) }
            pending.count += 1
            pending.most = max(pending.most, difference)
            return
        }
        if (1...Rule.mostRepeats).contains(pending.count),
            pending.most <= Rule.repeatedPart * min(lastChange, difference)
        {
            if repeated.count == 0 { repeated.first = pending.first }
            repeated.count += pending.count
        }
        pending.count = 0
        lastChange = difference
    }
}

/// The stretches of something that lasts for a while; only the first ones are kept.
struct Stretches {
    private(set) var list: [MediaReport.Stretch] = []
    private(set) var count = 0
    /// How long all of them are together, in seconds.
    private(set) var duration = 0.0
    private let least: Double
    private var since: Double?

    init(least: Double) { self.least = least }

    mutating func begin(at time: Double) { since = since ?? time }

    mutating func end(at time: Double) {
        if let start = since { add(start, time) }
        since = nil
    }

    /// Adds a stretch if it is long enough.
    mutating func add(_ start: Double, _ end: Double) {
        guard end - start >= least - 1e-9 else { return }
        count += 1
        duration += end - start
        if list.count < 100 { list.append(MediaReport.Stretch(start: start, end: end)) }
    }
}
