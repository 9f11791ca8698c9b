// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A reader of an animation, which decodes its pictures in order and converts those that are shown.
///
/// A picture that cannot be decoded leaves the one before it on the screen. If that is the first, the file is shown as a
/// still picture, as the specification of animated PNG asks for (PNG 3 §13.2).
final class AnimationReader: PictureReader {
    private let source: AnimatedSource
    private let path: String
    private var decoder: AnimationDecoder?
    /// The index of the picture decoded last.
    private var decoded = -1
    private var hasEnded = false
    /// Whether nothing of the animation can be decoded.
    private var isBroken = false
    private var current: (index: Int, frame: Frame)?
    private var kept: [Int: Frame] = [:]

    init(_ source: AnimatedSource, path: String) {
        self.source = source
        self.path = path
    }

    func picture(at frame: Int) throws(LibavError) -> SourcePicture {
        let index = source.picture(at: frame).index
        if let current, current.index == index { return .pixels(current.frame) }
        let frame: Frame
        if let made = kept[index] {
            frame = made
        } else if isBroken, let current {
            frame = current.frame
        } else {
            do throws(LibavError) { frame = try decode(index) } catch {
                guard current == nil else { throw error }
                frame = try StillLoader.load(source.still, from: path)
                isBroken = true
            }
        }
        current = (index, frame)
        if source.keepsAll { kept[index] = frame }
        return .pixels(frame)
    }

    private func decode(_ index: Int) throws(LibavError) -> Frame {
        if decoder == nil || index <= decoded { try restart() }
        while decoded < index - 1, !hasEnded {
            do throws(LibavError) { hasEnded = try !skip() } catch {
                if decoded < 0 { throw error }
                hasEnded = true
            }
        }
        if !hasEnded {
            do throws(LibavError) {
                if let picture = try decoder?.next() {
                    decoded += 1
                    return try StillLoader.frame(of: picture, source.still)
                }
            } catch {
                if current == nil { throw error }
            }
            hasEnded = true
        }
        // The file has fewer pictures than it says: the last one stays.
        if let current { return current.frame }
        throw LibavError.cutShort("decode picture")
    }

    private func skip() throws(LibavError) -> Bool {
        let isThere = try decoder?.skip() ?? false
        if isThere { decoded += 1 }
        return isThere
    }

    private func restart() throws(LibavError) {
        decoder = nil
        let file = try OpenFile(path)
        try file.expect(source.still.fingerprint)
        decoder = try AnimationDecoder(
            file, codec: source.still.format.codec, maxPixels: MediaLimits.pixels, maxBytes: MediaLimits.pictureBytes)
        decoded = -1
        hasEnded = false
    }
}

extension AnimatedSource {
    package func open(at frame: Int, path: (_ src: String) -> String) throws(LibavError) -> sending any PictureReader {
        AnimationReader(self, path: path(still.src))
    }
}
