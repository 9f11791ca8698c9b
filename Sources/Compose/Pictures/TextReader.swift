// SPDX-License-Identifier: Apache-2.0

#if Text
    package import Libav
    internal import Typesetting

    /// A reader of a text, which draws what is shown when it changes.
    final class TextReader<States: TextStates>: PictureReader {
        private let source: TextSource<States>
        private let fonts: FontSet
        private var last: (block: TextBlock, frame: Frame)?

        init(_ source: TextSource<States>) throws(LibavError) {
            self.source = source
            do throws(TextError) { fonts = try FontSets.open(source.fonts).set } catch {
                throw LibavError("open fonts", message: error.message)
            }
        }

        func picture(at frame: Int) throws(LibavError) -> SourcePicture {
            guard let block = source.states.block(at: frame) else { return .color(.black, alpha: 0) }
            if let last, last.block == block { return .pixels(last.frame) }
            do throws(TextError) {
                let (x, y) = source.origin(of: try fonts.layout(block))
                let drawn = try fonts.draw(
                    block, x: x * source.scale, y: y * source.scale, scale: source.scale, width: source.size.width,
                    height: source.size.height)
                last = (block, drawn)
                return .pixels(drawn)
            } catch {
                throw LibavError("draw text", message: error.message)
            }
        }
    }

    extension TextSource {
        package func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
            try TextReader(self)
        }
    }
#endif
