// SPDX-License-Identifier: Apache-2.0

extension Captions {
    /// Returns the captions with words in all cues, so that styles that need them work with every file.
    ///
    /// A cue's text is split at spaces, and between characters in scripts without spaces. Its words share its time by the
    /// number of their characters. Cues that have words keep them.
    public func withWords() -> Captions {
        var captions = self
        for index in captions.cues.indices where !captions.cues[index].hasWords {
            captions.cues[index].words = captions.cues[index].estimatedWords()
        }
        return captions
    }
}

extension Captions.Cue {
    /// Whether the cue has words, and they are those of its text.
    public var hasWords: Bool {
        if words.isEmpty { return false }
        var text = text.utf8[...]
        for word in words {
            guard text.starts(with: word.text.utf8) else { return false }
            text = text.dropFirst(word.text.utf8.count)
        }
        return text.isEmpty
    }

    /// Returns the words of the text with times by the number of characters.
    func estimatedWords() -> [CaptionWord] {
        let pieces = Self.pieces(of: text)
        let lengths = pieces.map { piece in Int128(max(1, piece.trimmed.count)) }
        let sum = lengths.reduce(0, +)
        let whole = max(0, (end - start).attoseconds)
        var passed: Int128 = 0
        return zip(pieces, lengths).map { piece, length in
            // Multiplied by parts, because a day has too many attoseconds for its product with a long text.
            func time(_ passed: Int128) -> Duration {
                let (quotient, rest) = whole.quotientAndRemainder(dividingBy: sum)
                return start + Duration(attoseconds: quotient * passed + rest * passed / sum)
            }
            let from = time(passed)
            passed += length
            return CaptionWord(piece, start: from, end: passed == sum ? end : time(passed))
        }
    }

    /// Returns a text in words, each with the space before it; the last one also has the space behind it.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var piece = String.UnicodeScalarView()
        var hasInk = false
        var last: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            let isSpace = scalar.separatesWords
            let begins: Bool
            if isSpace {
                begins = hasInk
            } else {
                let properties = scalar.properties
                let isWhole =
                    properties.generalCategory == .nonspacingMark || properties.generalCategory == .spacingMark
                begins =
                    hasInk && !isWhole && !properties.generalCategory.isClosing
                    && (last.hasNoSpaces || scalar.hasNoSpaces)
                    && !last.properties.generalCategory.isOpening
            }
            if begins {
                pieces.append(String(piece))
                piece = String.UnicodeScalarView()
                hasInk = false
            }
            piece.append(scalar)
            if !isSpace, !scalar.properties.isWhitespace { hasInk = true }
            last = scalar
        }
        if hasInk || pieces.isEmpty {
            if !piece.isEmpty { pieces.append(String(piece)) }
        } else {
            pieces[pieces.count - 1] += String(piece)
        }
        return pieces
    }
}

extension Unicode.Scalar {
    /// Whether a word ends before the character: a space or a line break, but not a no-break space.
    var separatesWords: Bool { properties.isWhitespace && value != 0xA0 && value != 0x202F && value != 0x2007 }
}

extension String {
    /// The text without what separates words at its end.
    var withoutTrailingSpace: String {
        guard let last = unicodeScalars.last, last.separatesWords else { return self }
        let end = unicodeScalars.lastIndex { !$0.separatesWords }
        return end.map { String(unicodeScalars[...$0]) } ?? ""
    }
}
