// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// The properties of a picture, video or sound file, as an edit would use it.
///
/// A value type; safe to share between threads.
public struct MediaFile: Sendable, Hashable, Codable {
    /// What a file can be.
    public enum Kind: String, Sendable, Hashable, Codable { case picture, video, sound }

    /// The pictures of a file.
    public struct Pictures: Sendable, Hashable, Codable {
        /// The width in pixels, upright and with square pixels.
        public var width: Int
        /// The height in pixels, upright and with square pixels.
        public var height: Int
        /// The width as stored.
        public var storedWidth: Int
        /// The height as stored.
        public var storedHeight: Int
        /// EXIF's number, 1…8, of the turn that makes the pictures upright.
        public var orientation: Int
        /// The format of a picture, or the codec of a video: `jpeg`, `h264`.
        public var codec: String
        /// Whether they can be transparent.
        public var hasAlpha: Bool
        /// What the colours are taken for, such as `sRGB`.
        public var color: String
        /// The number of pictures; 1 unless they move.
        public var count: Int
        /// How long they are shown, in seconds; `nil` for a still picture.
        public var duration: Double?
        /// The average number of pictures a second; `nil` for a still picture.
        public var rate: Double?
        /// Whether they are shown for different lengths of time.
        public var isVariable: Bool
        /// The number of pictures that decoding can begin with.
        public var keyPictures: Int
        /// Whether two fields make a picture.
        public var isInterlaced: Bool
        /// The bits of a sample.
        public var depth: Int?
    }

    /// The sound of a file.
    public struct Sound: Sendable, Hashable, Codable {
        /// The number of samples at 48 kHz, without what an encoder added.
        public var samples: Int
        /// The duration in seconds.
        public var duration: Double
        /// The time in the file at which it begins, in seconds; a part before 0 is not heard.
        public var start: Double
    }

    /// The file's path, as it was given.
    public var path: String
    /// What the file is used as.
    public var kind: Kind
    /// The container's name; `nil` for pictures.
    public var container: String?
    /// The pictures; `nil` for a sound.
    public var pictures: Pictures?
    /// The sound; `nil` if there is none.
    public var sound: Sound?

    /// Creates the properties of a file by examining it; videos are read as a whole, but not decoded.
    ///
    /// `decoding` is where videos are read. Throws ``ComposeError`` with code `unreadableMedia` for a file that cannot be used
    /// in an edit. The work runs on its own thread.
    public static func probe(
        _ path: String, decoding: MediaDecoding = .inProcess
    ) async throws(ComposeError) -> MediaFile {
        try await onOwnThread("compose.probe") { () throws(ComposeError) in
            try MediaFile(examining: path, decoding)
        }
    }

    private init(examining path: String, _ decoding: MediaDecoding) throws(ComposeError) {
        if let mismatch = Library.mismatch { throw ComposeError(.incompatibleLibraries, mismatch) }
        self.path = path
        let picture = Self.examination(of: path, as: ImageClip(path, duration: .seconds(1)), decoding)
        if let info = picture.media.images[path] {
            (kind, pictures) = (.picture, Pictures(info.header))
            return
        }
        guard picture.isOfAnotherKind else { throw Self.refused(picture) }
        let video = Self.examination(of: path, as: VideoClip(path), decoding)
        if let info = video.media.videos[path] {
            (kind, container, pictures) = (.video, info.file.format, Pictures(info))
            sound = info.sound.map { Sound(samples: $0.length, start: -Double($0.origin) / 48_000) }
            return
        }
        let music = Self.examination(of: path, as: AudioClip(path), decoding)
        guard let info = music.media.sounds[path] else {
            guard video.isOfAnotherKind else { throw Self.refused(video) }
            throw ComposeError(
                .unreadableMedia,
                "\(path) is not a picture, a video or a sound of a kind that is known, or it is damaged")
        }
        (kind, sound) = (.sound, Sound(samples: info.length, start: 0))
    }

    /// Returns the examination of a file as a clip would use it.
    static func examination(
        of path: String, as clip: any ClipValue, _ decoding: MediaDecoding = .inProcess
    ) -> MediaProbe {
        let timeline = Timeline(size: PixelSize(width: 16, height: 16), tracks: [Track(clips: [clip.clip])])
        return MediaProbe(Edit(timeline: timeline), folder: ".", decoding: decoding)
    }

    /// Returns the error of a file that a clip cannot use.
    static func refused(_ probe: MediaProbe) -> ComposeError {
        ComposeError(.unreadableMedia, probe.problems.first?.message ?? "the file cannot be examined")
    }
}

extension MediaFile.Sound {
    fileprivate init(samples: Int, start: Double) {
        self.init(samples: samples, duration: Double(samples) / 48_000, start: start)
    }
}

extension MediaFile.Pictures {
    fileprivate init(_ header: ImageHeader) {
        let duration = header.times.map { Double($0.length) / 1e6 }
        let count = header.times?.ends.count ?? 1
        let ends = header.times?.ends ?? []
        let steps = Set(zip(ends, [0] + ends).map { $0 - $1 })
        self.init(
            width: header.size.width, height: header.size.height, storedWidth: header.storedSize.width,
            storedHeight: header.storedSize.height, orientation: header.orientation.rawValue,
            codec: header.format.rawValue, hasAlpha: header.hasAlpha, color: header.color.name, count: count,
            duration: duration, rate: duration.map { Double(count) / $0 }, isVariable: steps.count > 1,
            keyPictures: 1, isInterlaced: false, depth: nil)
    }

    fileprivate init(_ info: VideoInfo) {
        let times = info.times
        let steps = zip(times.starts.dropFirst(), times.starts).map { $0 - $1 }
        // Clocks of a millisecond round their times.
        let isVariable = (steps.max() ?? 0) - (steps.min() ?? 0) > 1
        self.init(
            width: info.size.width, height: info.size.height, storedWidth: info.file.width,
            storedHeight: info.file.height, orientation: info.file.orientation, codec: info.file.codec,
            hasAlpha: info.file.hasAlpha, color: info.colorName, count: times.count,
            duration: times.duration / .seconds(1), rate: info.picturesPerSecond, isVariable: isVariable,
            keyPictures: times.keys.count, isInterlaced: info.file.isInterlaced, depth: info.file.depth)
    }
}

extension MediaFile: CustomStringConvertible {
    /// The properties in words, a line each.
    public var description: String {
        var lines = ["file     \(path)", "kind     \(kind.rawValue)" + (container.map { ", \($0)" } ?? "")]
        if let pictures {
            var size = "\(pictures.width) × \(pictures.height)"
            if pictures.width != pictures.storedWidth || pictures.orientation != 1 {
                size += " (stored as \(pictures.storedWidth) × \(pictures.storedHeight)"
                size += pictures.orientation == 1 ? ")" : ", turned upright from \(pictures.orientation))"
            }
            var kind = [pictures.codec, size, pictures.color]
            if let depth = pictures.depth { kind.append("\(depth) bits") }
            if pictures.hasAlpha { kind.append("alpha") }
            if pictures.isInterlaced { kind.append("interlaced") }
            lines.append("pictures " + kind.joined(separator: ", "))
            if let duration = pictures.duration, let rate = pictures.rate {
                lines.append(
                    "length   \(fixed(duration, 3)) s: \(pictures.count) pictures, "
                        + (pictures.isVariable ? "on average \(fixed(rate, 2)) a second" : "\(fixed(rate, 3)) a second")
                        + (kind.isEmpty || self.kind == .picture
                            ? "" : ", \(pictures.keyPictures) of them key pictures"))
            }
        }
        if let sound {
            let start = abs(sound.start) < 0.0005 ? "" : ", from \(fixed(sound.start, 3)) s on"
            lines.append("sound    \(fixed(sound.duration, 3)) s: \(sound.samples) samples at 48 kHz\(start)")
        }
        return lines.joined(separator: "\n")
    }
}
