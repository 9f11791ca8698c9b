// SPDX-License-Identifier: Apache-2.0

extension CaptionsClip {
    /// Returns the captions as they are shown, cue by cue; `nil` if their file was not examined.
    func captions(_ media: Media) -> Captions? {
        var captions: Captions
        switch content {
        case .file(let src):
            guard let info = media.captions[src] else { return nil }
            captions = info.captions
            if let grouping { captions = captions.grouped(by: grouping) }
        case .words(let words):
            captions = Captions(words: words).grouped(by: grouping ?? .phrases)
        }
        return active == nil ? captions : captions.withWords()
    }
}

#if Text
    extension PlannedCue {
        /// Creates a cue in frames of a clip; `nil` if it falls between two frames, or behind the clip's end.
        init?(_ cue: Captions.Cue, _ speakers: [String: SpanStyle], weight: Int, clock: FrameClock, count: Int) {
            let frames =
                clock.frame(
                    atOrAfter: cue.start)..<max(clock.frame(atOrAfter: cue.start), clock.frame(atOrAfter: cue.end))
            let shown = frames.clamped(to: 0..<count)
            guard !shown.isEmpty else { return nil }
            let speaker = cue.speaker.flatMap { speakers[$0] } ?? SpanStyle()
            self.init(frames: shown, pieces: [])
            // Words and runs cut the same text at different places.
            var words = cue.words[...]
            var rest = words.first?.text.utf8.count ?? .max
            for run in cue.runs {
                let look = speaker.with(run, weight: weight)
                var text = Substring(run.text)
                while !text.isEmpty {
                    let taken =
                        text.utf8.index(text.startIndex, offsetBy: rest, limitedBy: text.endIndex) ?? text.endIndex
                    let piece = text[..<taken]
                    add(
                        String(piece), look,
                        words.first.map { word in
                            Word(frames: clock.frame(atOrAfter: word.start)..<clock.frame(atOrAfter: word.end))
                        })
                    rest -= piece.utf8.count
                    text = text[taken...]
                    if rest == 0 {
                        words = words.dropFirst()
                        rest = words.first?.text.utf8.count ?? .max
                    }
                }
            }
        }

        /// Adds a piece of text; space before a word does not belong to the word.
        private mutating func add(_ text: String, _ look: SpanStyle, _ word: Word?) {
            let space = text.prefix { $0.isWhitespace }
            if word == nil || space.isEmpty {
                if !text.isEmpty { pieces.append(Piece(text: text, look: look, word: word)) }
                return
            }
            pieces.append(Piece(text: String(space), look: SpanStyle(look.characters), word: nil))
            let rest = text.dropFirst(space.count)
            if !rest.isEmpty { pieces.append(Piece(text: String(rest), look: look, word: word)) }
        }
    }

    extension SpanStyle {
        /// Returns the style with what a file says of a run; bold is bolder than the text around it.
        fileprivate func with(_ run: CaptionRun, weight: Int) -> SpanStyle {
            changed(self) { style in
                if run.isBold { style.characters.weight = weight < 700 ? 700 : 900 }
                if run.isItalic { style.characters.italic = true }
                if run.isUnderlined { style.characters.underline = true }
                if let color = run.color { style.characters.color = color }
            }
        }
    }
#endif
