// SPDX-License-Identifier: Apache-2.0

/// The parts of time in which the same events of a script are shown, in frames.
///
/// libass keeps lines that collide where it put them first, as long as they are shown. What a frame looks like hence depends on
/// the frames before it, but on none before the last slice from which no such line reaches into the next one.
struct ScriptSlices: Sendable, Hashable {
    private(set) var all: [Slice] = []

    struct Slice: Sendable, Hashable {
        var frames: Range<Int>
        /// Whether every frame may look different.
        var isAnimated = false
        /// Whether lines that collide change their sizes, so that each frame is laid out by itself.
        var resizes = false
        /// The index of the first slice that lines' places depend on.
        var since: Int
        /// Whether lines lose their places when it begins, although some stay.
        var forgets = false
    }

    var isEmpty: Bool { all.isEmpty }

    /// After so many slices lines lose their places, so that no frame depends on a whole film.
    private static let longestChain = 256

    /// Creates the slices of events, of which only those within `count` frames are of interest.
    init(_ events: [ScriptInfo.Event], _ clock: ScriptClock, count: Int) {
        let shown = events.map { clock.frames(of: $0).clamped(to: 0..<max(count, 0)) }
        let order = events.indices.filter { !shown[$0].isEmpty }.sorted {
            (shown[$0].lowerBound, $0) < (shown[$1].lowerBound, $1)
        }
        var active: [Int] = []
        var next = 0
        var frame = 0
        while next < order.count || !active.isEmpty {
            if active.isEmpty { frame = shown[order[next]].lowerBound }
            let stays = active.contains { events[$0].collides }
            while next < order.count, shown[order[next]].lowerBound <= frame {
                active.append(order[next])
                next += 1
            }
            var end = active.map { shown[$0].upperBound }.min() ?? frame
            if next < order.count { end = min(end, shown[order[next]].lowerBound) }
            var slice = Slice(frames: frame..<end, since: all.count)
            slice.isAnimated = active.contains { events[$0].isAnimated }
            slice.resizes = active.contains { events[$0].collides && events[$0].resizes }
            if stays, let last = all.last, last.frames.upperBound == frame {
                if all.count - last.since < Self.longestChain {
                    slice.since = last.since
                    slice.resizes = slice.resizes || last.resizes
                } else {
                    slice.forgets = true
                }
            }
            all.append(slice)
            frame = end
            active.removeAll { shown[$0].upperBound <= frame }
        }
    }

    /// Returns the index of the first slice that ends after a frame; the number of slices if there is none.
    func index(endingAfter frame: Int) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].frames.upperBound > frame { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Returns the index of the slice that a frame is in; `nil` if nothing is shown.
    func index(at frame: Int) -> Int? {
        let index = index(endingAfter: frame)
        return index < all.count && all[index].frames.contains(frame) ? index : nil
    }

    /// Returns the first later frame at which something else is shown, or may be; `nil` if there is none.
    func end(of frame: Int) -> Int? {
        let index = index(endingAfter: frame)
        guard index < all.count else { return nil }
        let slice = all[index]
        guard slice.frames.contains(frame) else { return slice.frames.lowerBound }
        return slice.isAnimated ? frame + 1 : slice.frames.upperBound
    }
}

/// The times of frames as libass counts them, in whole milliseconds.
struct ScriptClock: Sendable, Hashable {
    let rate: FrameRate

    /// Returns the time of a frame, rounded down.
    func time(of frame: Int) -> Int { Int(Int128(frame) * 1000 * Int128(rate.denominator) / Int128(rate.numerator)) }

    /// Returns the first frame whose time is not before `time`.
    func frame(atOrAfter time: Int) -> Int {
        let unit = 1000 * Int128(rate.denominator)
        return Int(clamping: (Int128(max(time, 0)) * Int128(rate.numerator) + unit - 1) / unit)
    }

    /// Returns the frames in which an event is shown.
    func frames(of event: ScriptInfo.Event) -> Range<Int> {
        let start = frame(atOrAfter: event.start)
        return start..<max(start, frame(atOrAfter: event.end))
    }
}
