// SPDX-License-Identifier: Apache-2.0

#if Text
    package import Libav
    internal import Typesetting

    /// A reader of an ASS file, which draws its events in their own looks.
    ///
    /// A frame looks the same wherever a reader begins: what libass remembers of earlier frames is brought about first.
    final class ScriptReader: PictureReader {
        private let source: ScriptSource
        private let script: Script
        private let clock: ScriptClock
        /// The last slice that libass was shown a frame of; `nil` before the first.
        private var known: Int?
        private var last: Frame?

        init(_ source: ScriptSource, path: String) throws(LibavError) {
            self.source = source
            clock = ScriptClock(rate: source.rate)
            let file = try OpenFile(path)
            try file.expect(source.fingerprint)
            let bytes = try file.bytes(limit: ScriptInfo.mostBytes)
            do {
                guard let text = try Captions.script(reading: Array(bytes.contents), name: source.src) else {
                    throw TextError(.outOfRange, "\(source.src) is no ASS file any more")
                }
                script = try Script(
                    text, fonts: try FontSets.open(source.fonts).set, width: source.size.width,
                    height: source.size.height)
            } catch {
                throw LibavError("open script", message: "\(error)")
            }
        }

        func picture(at frame: Int) throws(LibavError) -> SourcePicture {
            let frame = frame + source.frames.lowerBound
            guard let index = source.slices.index(at: frame) else { return .color(.black, alpha: 0) }
            defer { for line in script.messages() { Library.note(line, from: "libass") } }
            prepare(index)
            do throws(TextError) {
                if let drawn = try script.draw(at: clock.time(of: frame)) { last = drawn }
            } catch {
                throw LibavError("draw script", message: error.message)
            }
            known = index
            guard let last else { return .color(.black, alpha: 0) }
            return .pixels(last)
        }

        /// Lets libass know what was shown before a frame of a slice.
        private func prepare(_ index: Int) {
            let slices = source.slices.all
            let slice = slices[index]
            if slice.resizes { return script.forget() }
            if known == index { return }
            var first = slice.since
            if let known, known >= first {
                first = known + 1
            } else if known != nil, slices[first].forgets {
                script.forget()
            }
            for earlier in first..<index { script.pass(clock.time(of: slices[earlier].frames.lowerBound)) }
        }
    }

    extension ScriptSource {
        package func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
            try ScriptReader(self, path: media.path(of: src))
        }
    }
#endif
