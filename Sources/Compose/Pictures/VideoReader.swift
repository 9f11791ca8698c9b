// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A reader of a part of a video, which decodes its pictures and converts those that are shown.
final class VideoReader: PictureReader {
    private let source: VideoSource
    private let media: MediaAccess
    private let copier: PictureCopier
    /// The decoder, once a picture was asked for.
    private var file: VideoFile?
    /// The time in the file that the decoder has come to.
    private var position = 0
    /// The picture shown last: its index, the time by which the file knows it, and its copy.
    private var current: (index: Int, shownFrom: Int, frame: Frame)?
    /// Copies of pictures before the one shown, which come next where the video is played backwards.
    private var earlier: [Int: Frame] = [:]

    /// The pictures that were to be shown and cannot be decoded.
    private var missing: Set<Int> = []

    /// Creates a reader, whose decoder is opened if none of the file is open that may be handed on.
    init(_ source: VideoSource, _ media: MediaAccess) throws(LibavError) {
        self.source = source
        self.media = media
        copier = try PictureCopier(source.copy)
        try media.decoders.prepare(media.path(of: source.src), source.fingerprint)
    }

    deinit { if let file { media.decoders.give(file, source.fingerprint, at: position) } }

    func picture(at frame: Int) throws(LibavError) -> SourcePicture {
        let index = source.picture(at: frame)
        if let current, current.index == index { return .pixels(current.frame) }
        return .pixels(source.timing.isReversed ? try decodeBackwards(index) : try decode(index))
    }

    /// Returns the copy of a picture, which is the frame returned before if the file shows the same one.
    private func decode(_ index: Int) throws(LibavError) -> Frame {
        let times = source.times
        let key = times.key(before: index).map { times.starts[$0] }
        let file = try decoder(for: times.starts[index])
        guard let shownFrom = try file.find(times.starts[index], key: key) else {
            throw LibavError("decode video", message: "no picture can be decoded")
        }
        position = shownFrom
        if shownFrom != times.starts[index] {
            missing.insert(index)
            if source.failsOnDamage {
                let time = rounded(times.duration(of: times.starts[index]))
                throw LibavError("decode video", message: "the file is damaged at \(time)")
            }
        }
        if let current, current.shownFrom == shownFrom {
            self.current = (index, shownFrom, current.frame)
            return current.frame
        }
        let frame = try copier.frame(of: file.picture())
        current = (index, shownFrom, frame)
        return frame
    }

    private func decoder(for time: Int) throws(LibavError) -> VideoFile {
        if let file { return file }
        let taken = try media.decoders.take(media.path(of: source.src), source.fingerprint, for: time)
        file = taken
        return taken
    }

    /// Returns the copy of a picture, and keeps those of some before it, which one pass of decoding gives.
    private func decodeBackwards(_ index: Int) throws(LibavError) -> Frame {
        if let frame = earlier.removeValue(forKey: index) {
            current = (index, .min, frame)
            return frame
        }
        earlier = [:]
        let count = VideoSource.keptPictures(source.copy)
        let lowest = max(source.times.key(before: index) ?? 0, source.timing.firstPicture(of: source.times))
        let first = max(lowest, index - count + 1)
        for before in first..<max(index, first) { earlier[before] = try decode(before) }
        return try decode(index)
    }

    var remark: SourceRemark? { missing.isEmpty ? nil : .missing(missing, source.times) }
}

extension VideoSource {
    package func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
        try VideoReader(self, media)
    }
}
