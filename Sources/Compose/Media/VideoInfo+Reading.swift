// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The examination of video files, which are read as a whole.
extension VideoInfo {
    private static let known = Remembered<FileFingerprint, VideoInfo?>(most: 1_000)

    /// Returns the properties of an open file; `nil` if no picture of it can be decoded.
    ///
    /// Blocks on the disk.
    static func of(_ file: OpenFile, path: String, _ decoding: MediaDecoding) throws(LibavError) -> VideoInfo? {
        let fingerprint = file.fingerprint
        return try known.value(for: fingerprint) { () throws(LibavError) in
            let video = try VideoFile(file, maxPixels: MediaLimits.pixels, isolated: decoding == .isolated)
            guard let times = times(of: try video.listTimes(atMost: VideoTimes.most), video.info) else { return nil }
            // A file of which no picture can be decoded is refused.
            guard try video.find(times.starts[0]) != nil else { return nil }
            let sound = video.info.hasSound ? try Self.sound(path, fingerprint, video.info) : nil
            return VideoInfo(file: video.info, times: times, sound: sound, fingerprint: fingerprint)
        }
    }

    /// Returns the times of the pictures that are shown from the file's time 0 on; `nil` if there are none.
    private static func times(of list: [VideoFile.Time], _ info: VideoFile.Info) -> VideoTimes? {
        var (starts, keys) = ([Int](), [Int]())
        var durations: [Int] = []
        for time in list {
            // Only the last of several at one time, and of those before the file's time 0, is shown.
            if let last = starts.last, last == time.time || time.time <= 0 {
                starts.removeLast()
                durations.removeLast()
                if keys.last == starts.count { keys.removeLast() }
            }
            if time.isKey { keys.append(starts.count) }
            starts.append(time.time)
            durations.append(time.duration)
        }
        guard let last = starts.last else { return nil }
        let steps = zip(starts.dropFirst(), starts).map { $0 - $1 }
        let usual =
            steps.isEmpty
            ? info.unitDenominator / (25 * max(info.unitNumerator, 1)) : steps.sorted()[steps.count / 2]
        // Only durations that fit the times are believed for the last picture; a header may say anything.
        let fitting = zip(steps, durations).count { abs($0 - $1) <= 1 }
        let length = fitting * 2 >= steps.count ? durations.last ?? 0 : 0
        return VideoTimes(
            unit: (info.unitNumerator, info.unitDenominator), starts: starts, keys: keys,
            end: max(last, -1) + max(1, length > 0 ? length : usual))
    }

    /// Returns the properties of a video file's sound; `nil` if none can be decoded.
    private static func sound(
        _ path: String, _ fingerprint: FileFingerprint, _ info: VideoFile.Info
    ) throws(LibavError) -> SoundTrack? {
        do throws(LibavError) {
            let file = try OpenFile(path)
            try file.expect(fingerprint)
            let reader = try AudioReader(file)
            let length = try reader.measure()
            guard length > 0 else { return nil }
            let zero = Int128(info.origin) * Int128(info.unitNumerator) * Int128(Sound.sampleRate)
            let start = Int((Double(zero) / Double(info.unitDenominator)).rounded())
            return SoundTrack(length: length, origin: start - reader.origin)
        } catch {
            if error.isOutOfMemory { throw error }
            return nil
        }
    }
}
