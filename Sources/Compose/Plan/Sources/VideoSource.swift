// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A part of a video file, with the region and the size that a plan needs copies of its pictures in.
package struct VideoSource: PictureSource {
    /// What is made of each picture.
    package var copy: PictureCopy
    /// The file's path as written in the edit.
    package var src: String
    /// The file's fingerprint when the plan was made.
    package var fingerprint: FileFingerprint
    package var times: VideoTimes
    var timing: VideoTiming
    package var rate: FrameRate
    /// The size of the pictures as stored.
    package var stored: PixelSize
    /// FFmpeg's name of the codec.
    package var codec: String
    /// Whether damage fails the render.
    package var failsOnDamage: Bool

    package var file: String? { src }
    package var fileFingerprint: FileFingerprint? { fingerprint }
    package var isStill: Bool { timing.rate == nil || times.count == 1 }

    /// Returns the index of the picture at a frame.
    func picture(at frame: Int) -> Int { timing.picture(at: frame, of: times, rate) }

    package func isSteady(over frames: Range<Int>) -> Bool { timing.isSteady(over: frames, of: times, rate) }

    package func changes(in frames: Range<Int>) -> [Int]? {
        guard var shown = frames.first.map(picture) else { return [] }
        var changes: [Int] = []
        for frame in frames.dropFirst() {
            let next = picture(at: frame)
            if next != shown { changes.append(frame) }
            shown = next
        }
        return changes
    }

    package func keyFrames(in frames: Range<Int>) -> [Int] {
        guard !timing.isReversed, !isStill else { return [] }
        var found: [Int] = []
        var last = frames.first.map { picture(at: $0) } ?? 0
        for frame in frames.dropFirst() {
            let shown = picture(at: frame)
            if shown != last, let key = times.key(before: shown), key > last || shown < last { found.append(frame) }
            last = shown
        }
        return found
    }

    /// The pictures that a decoder holds, and the two being shown.
    ///
    /// Played backwards, those of several are kept.
    package var bytes: Int {
        copy.bytes * (timing.isReversed ? 1 + Self.keptPictures(copy) : 2) + stored.width * stored.height * 3 / 2 * 8
    }

    /// Returns how many copies are kept where a video is played backwards: those that one pass of decoding gives.
    static func keptPictures(_ copy: PictureCopy) -> Int { max(1, min(64, (64 << 20) / max(copy.bytes, 1))) }

    /// FFmpeg 5.1's decoders took 5 (AV1) to 11 (VP9) ms for noisy pictures of 1920 × 1080 on an AMD EPYC, H.264's and HEVC's 8.
    package var cpuSecondsPerPicture: Double { Double(stored.width * stored.height) / (1920 * 1080) * 0.008 }

    package func mark(_ hash: inout StableHash) {
        hash.add(src)
        hash.add(copy.size.width)
        hash.add(Int(copy.region.left * 16))
        hash.add(Int(copy.region.width * 16))
        hash.add(picture(at: 0))
    }

    package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(4)
        bytes.add(contents)
        copy.add(to: &bytes)
        timing.add(to: &bytes)
        bytes.add(rate.numerator)
        bytes.add(rate.denominator)
        bytes.add(failsOnDamage)
    }

    package var description: String {
        var text = "video \(src): \(codec) \(stored), \(times.count) pictures, \(timing) → \(copy)"
        if failsOnDamage { text += ", fails on damage" }
        return text
    }

    package var json: [String: JSONValue] {
        var members = copy.json
        members["kind"] = .string("video")
        members["src"] = .string(src)
        members["codec"] = .string(codec)
        members["stored"] = stored.json
        members["pictures"] = .int(times.count)
        members["start"] = .real(timing.start / .seconds(1))
        members["length"] = .real(timing.length / .seconds(1))
        members["isReversed"] = .flag(timing.isReversed)
        members["isLooped"] = .flag(timing.isLooped)
        members["isFrozen"] = .flag(timing.rate == nil)
        members["bytes"] = .int(bytes)
        return members
    }
}

extension VideoTiming: CustomStringConvertible {
    func add(to bytes: inout CanonicalBytes) {
        bytes.add(start)
        bytes.add(length)
        bytes.add(rate != nil)
        if let rate { bytes.add(rate.speed) }
        bytes.add(isReversed)
        bytes.add(isLooped)
    }

    var description: String {
        let from = fixed(start / .seconds(1), 3)
        guard let rate else { return "frozen at \(from) s" }
        let speed = rate.millionths.map { $0 == 1_000_000 ? "" : ", speed \(fixed(Double($0) / 1e6, 3))" }
        return "\(from)+\(fixed(length / .seconds(1), 3)) s" + (speed ?? ", animated speed")
            + (isReversed ? ", backwards" : "") + (isLooped ? ", looped" : "")
    }
}
