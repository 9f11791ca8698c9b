// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Libav
    internal import Typesetting

    /// Captions in the looks of their file.
    extension CaptionsClip {
        private var script: String? { if case .file(let src) = content { src } else { nil } }

        func scriptDraws(over frames: Range<Int>, _ sources: inout SourceList) -> [Draw] {
            guard let src = script, let info = sources.media.captions[src], let script = info.script,
                let fonts = try? FontSets.open(sources.media.fonts)
            else { return [] }
            let source = ScriptSource(
                src: src, fingerprint: info.fingerprint, fonts: sources.media.fonts, fontIdentity: fonts.identity,
                script: script, frames: 0..<frames.count, rate: sources.rate, size: sources.canvas)
            if source.slices.isEmpty { return [] }
            return [
                Draw(
                    source: sources.index(of: source, start: frames.lowerBound), view: .aligned(x: 0, y: 0),
                    clip: sources.canvasRectangle, covers: false)
            ]
        }

        func scriptProblems(_ media: Media, on canvas: PixelSize, at path: String) -> [Problem] {
            guard let src = script, let info = media.captions[src] else { return [] }
            guard let script = info.script else {
                // Files of another format have no script; what is wrong with those that have is reported already.
                return [
                    Problem(
                        path: path + ".looks",
                        message:
                            "\(src) is no ASS or SSA file, so it has no looks of its own; leave this out, or convert it"
                    )
                ]
            }
            return TextCheck.problems(media.fonts, at: path) { check, fonts in
                if let problem = script.problem(on: canvas) { check.add(problem, at: "src") }
                for family in script.families { check.family(family, fonts, isClosed: !media.fonts.usesSystem) }
            }
        }
    }

    extension TextCheck {
        /// Reports a family of a script that is not there, and else the first character that it does not have.
        fileprivate mutating func family(_ family: ScriptInfo.Family, _ fonts: FontSet, isClosed: Bool) {
            let time = rounded(.milliseconds(family.time))
            guard fonts.hasForScripts(family: family.name) else {
                return add(
                    "\(family.place) has the font \(quoted(family.name)), first seen at \(time), which is none of the edit's "
                        + "fonts\(didYouMean(family.name, among: fonts.families)); add its file to the timeline's fonts, or "
                        + "write another name into the file; \(quoted(FontSet.defaultFamily)) is always there",
                    at: "src")
            }
            let missing =
                isClosed
                ? fonts.unknown(in: family.characters, families: [family.name, FontSet.defaultFamily])
                : fonts.unknown(in: family.characters)
            guard let first = missing.first else { return }
            let code = String(first.value, radix: 16, uppercase: true)
            let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
            add(
                "the font \(quoted(family.name)), first seen at \(time), has no “\(first)” (U+\(digits)); use a font that "
                    + "has it, or another character", at: "src")
        }
    }
#endif
