// SPDX-License-Identifier: Apache-2.0

package import Libav

/// An animated GIF, PNG or WebP, whose pictures are shown as the file says, from the clip's start on.
package struct AnimatedSource: PictureSource {
    /// What is made of each picture.
    package var still: StillSource
    package var times: PictureTimes
    package var rate: FrameRate

    package var file: String? { still.src }
    package var fileFingerprint: FileFingerprint? { still.fingerprint }
    package var isStill: Bool { false }

    /// Returns the picture shown at a frame, and the number of plays before it.
    func picture(at frame: Int) -> (play: Int, index: Int) {
        // As a Duration it would be exact; a microsecond is a thousandth of the shortest time that counts.
        let time = Int128(frame) * Int128(rate.denominator) * 1_000_000 / Int128(rate.numerator)
        return times.picture(at: Int(clamping: time))
    }

    package func isSteady(over frames: Range<Int>) -> Bool {
        frames.isEmpty || picture(at: frames.lowerBound) == picture(at: frames.upperBound - 1)
    }

    package func changes(in frames: Range<Int>) -> [Int]? {
        var changes: [Int] = []
        var frame = frames.lowerBound
        while let next = end(of: frame), next < frames.upperBound {
            changes.append(next)
            frame = next
        }
        return changes
    }

    /// Returns the frame at which the picture of a frame ends; `nil` if it stays.
    private func end(of frame: Int) -> Int? {
        let (play, index) = picture(at: frame)
        if times.plays > 0, play == times.plays - 1, index == times.ends.count - 1 { return nil }
        let time = Int128(play * times.length + times.ends[index])
        let (scale, unit) = (Int128(rate.numerator), Int128(rate.denominator) * 1_000_000)
        return max(frame + 1, Int(clamping: (time * scale + unit - 1) / unit))
    }

    /// Whether all pictures are kept, so that a loop decodes them once.
    var keepsAll: Bool { still.bytes * times.ends.count <= 16 << 20 }
    /// The pictures kept; the decoder's canvas, in four bytes a pixel, and the one being converted.
    package var bytes: Int {
        still.bytes * (keepsAll ? times.ends.count : 2) + still.copy.original.width * still.copy.original.height * 8
    }

    package func mark(_ hash: inout StableHash) {
        still.mark(&hash)
        hash.add(times.ends.count)
    }

    package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(3)
        still.add(to: &bytes, contents: contents)
        bytes.add(times.plays)
        bytes.add(times.ends.count)
        for end in times.ends { bytes.add(end) }
        bytes.add(rate.numerator)
        bytes.add(rate.denominator)
    }

    package var description: String {
        let length = fixed(Double(times.length) / 1e6, 3)
        let plays = times.plays == 0 ? "endless" : times.plays == 1 ? "once" : "\(times.plays) times"
        return "animation of \(times.ends.count) pictures in \(length) s, \(plays): \(still)"
    }

    package var json: [String: JSONValue] {
        var members = still.json
        members["kind"] = .string("animation")
        members["pictures"] = .int(times.ends.count)
        members["microseconds"] = .int(times.length)
        members["plays"] = .int(times.plays)
        members["bytes"] = .int(bytes)
        return members
    }
}
