// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A reader of an animation, which decodes its pictures in order and converts those that are shown.
///
/// The animation ends before the first picture that cannot be decoded, or is not there: the one before it stays. Without
/// any, the file is shown as a still picture, as the specification of animated PNG asks for (PNG 3 §13.2).
final class AnimationReader: PictureReader {
    private let source: AnimatedSource
    private let path: String
    private let copier: PictureCopier
    private var decoder: AnimationDecoder?
    /// The index of the picture decoded last; −1 before the first.
    private var decoded = -1
    /// The index of the last picture that can be decoded, as far as is known; −1 if there is none.
    private var last: Int
    private var current: (index: Int, frame: Frame)?
    private var kept: [Int: Frame] = [:]

    init(_ source: AnimatedSource, path: String) throws(LibavError) {
        self.source = source
        self.path = path
        copier = try PictureCopier(source.still.copy)
        last = source.times.ends.count - 1
    }

    func picture(at frame: Int) throws(LibavError) -> SourcePicture {
        .pixels(try self.frame(of: source.picture(at: frame).index))
    }

    /// Returns a picture, or the last one that can be decoded if that comes before it.
    private func frame(of wanted: Int) throws(LibavError) -> Frame {
        let index = min(wanted, last)
        if let current, current.index == index { return current.frame }
        let frame: Frame
        if let made = kept[index] {
            frame = made
        } else if index < 0 {
            frame = try StillLoader.load(source.still, from: path).frame
        } else if let picture = try decode(index) {
            frame = try copier.frame(of: picture)
        } else {
            last = decoded
            return try self.frame(of: wanted)
        }
        current = (index, frame)
        if source.keepsAll { kept[index] = frame }
        return frame
    }

    /// Decodes a picture; returns `nil` if it, or one before it, cannot be decoded.
    private func decode(_ index: Int) throws(LibavError) -> Picture? {
        if decoder == nil || index <= decoded {
            decoded = -1
            decoder = nil
            let file = try OpenFile(path)
            try file.expect(source.still.fingerprint)
            decoder = try unlessDamaged { () throws(LibavError) in
                try AnimationDecoder(
                    file, codec: source.still.format.codec, maxPixels: MediaLimits.pixels,
                    maxBytes: MediaLimits.pictureBytes)
            }
        }
        guard let decoder else { return nil }
        while decoded < index - 1 {
            guard try unlessDamaged(decoder.skip) == true else { return nil }
            decoded += 1
        }
        guard let picture = try unlessDamaged(decoder.next) ?? nil else { return nil }
        decoded += 1
        return picture
    }

    /// Returns `nil` in place of an error that the file is the reason of.
    private func unlessDamaged<Value>(_ body: () throws(LibavError) -> Value) throws(LibavError) -> Value? {
        do throws(LibavError) { return try body() } catch {
            if error.isOutOfMemory { throw error }
            return nil
        }
    }
}

extension AnimatedSource {
    package func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
        try AnimationReader(self, path: media.path(of: still.src))
    }
}
