// SPDX-License-Identifier: Apache-2.0

/// The finding of words in the text that they are the words of, which has their spaces and punctuation.
enum WordAlignment {
    /// Returns the text in pieces, one for each word; `nil` if the words are not those of the text.
    ///
    /// Punctuation goes to the word before it, except what opens; a space and what follows goes to the word behind it.
    static func pieces(of words: [TranscriptEntry], in text: String) -> [String]? {
        var pieces = words.map { $0.text ?? "" }
        if pieces.joined().trimmed == text {
            // All spaces are where they belong, but for those around the whole.
            if let first = pieces.first { pieces[0] = first.trimmedStart }
            if let last = pieces.last { pieces[pieces.count - 1] = last.trimmedEnd }
            return pieces
        }
        let scalars = Array(text.unicodeScalars)
        var places: [Range<Int>] = []
        var offset = 0
        for word in words {
            guard let place = find(word.text ?? "", in: scalars, from: offset) else { return nil }
            places.append(place)
            offset = place.upperBound
        }
        guard !scalars[offset...].contains(where: \.properties.isWordPart) else { return nil }
        pieces = []
        var start = 0
        for (index, place) in places.enumerated() {
            var end = place.upperBound
            if index + 1 == places.count {
                end = scalars.count
            } else {
                let next = places[index + 1].lowerBound
                while end < next, !scalars[end].properties.isWhitespace,
                    !scalars[end].properties.generalCategory.isOpening
                {
                    end += 1
                }
            }
            pieces.append(string(scalars[start..<end]))
            start = end
        }
        return pieces
    }

    /// Returns pieces of text with the spaces that end a piece in front of the next one.
    static func withSpacesInFront(_ pieces: [String]) -> [String] {
        var carried = ""
        return pieces.enumerated().map { index, piece in
            let whole = carried.isEmpty ? piece : carried + piece
            guard index + 1 < pieces.count, let last = whole.unicodeScalars.last, last.separatesWords else {
                carried = ""
                return whole
            }
            let ink = whole.withoutTrailingSpace
            carried = String(whole.unicodeScalars.dropFirst(ink.unicodeScalars.count))
            return ink
        }
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Returns where a word is in a text, before which only punctuation and spaces may be passed over.
    private static func find(_ word: String, in text: [Unicode.Scalar], from offset: Int) -> Range<Int>? {
        let word = Array(word.trimmed.unicodeScalars)
        var start = offset
        if word.isEmpty { return start..<start }
        while start + word.count <= text.count {
            if text[start..<(start + word.count)].elementsEqual(word) { return start..<(start + word.count) }
            if text[start].properties.isWordPart { return nil }
            start += 1
        }
        return nil
    }

    /// Returns how many of the words are those of a segment.
    ///
    /// They are as many as are found in its text one after the other, or else those that begin before its end.
    static func count(of words: ArraySlice<TranscriptEntry>, in segment: TranscriptEntry) -> Int {
        let text = Array((segment.text ?? "").unicodeScalars)
        let last = text.lastIndex(where: \.properties.isWordPart) ?? -1
        var (count, offset) = (0, 0)
        for word in words {
            if offset > last { return count }
            guard let place = find(word.text ?? "", in: text, from: offset) else { break }
            offset = place.upperBound
            count += 1
        }
        if offset > last { return count }
        return words.prefix { ($0.start ?? 0) < (segment.end ?? .max) }.count
    }

    /// Returns the texts of words without a text that they are in.
    ///
    /// If some begin with a space, spaces stand where they belong. Otherwise a space comes between two words, unless their
    /// script has none, and unless the second one is punctuation.
    static func joined(_ words: [TranscriptEntry]) -> [String] {
        let hasSpaces = words.dropFirst().contains { $0.text?.unicodeScalars.first?.properties.isWhitespace == true }
        var pieces: [String] = []
        var spaces = ""
        var last: Unicode.Scalar?
        for word in words {
            let text = word.text ?? ""
            let ink = text.trimmed
            // A space of its own, as some recognisers write it, is that of the next word.
            if ink.isEmpty {
                spaces = last == nil ? "" : text
                pieces.append("")
                continue
            }
            if last == nil {
                pieces.append(ink)
            } else if hasSpaces {
                pieces.append(spaces + text)
            } else {
                let first = ink.unicodeScalars.first ?? " "
                let isGlued =
                    last.map(\.hasNoSpaces) == true || first.hasNoSpaces
                    || ink.unicodeScalars.allSatisfy { $0.properties.generalCategory.isClosing }
                pieces.append((isGlued ? "" : " ") + ink)
            }
            spaces = ""
            last = ink.unicodeScalars.last
        }
        return pieces
    }
}

extension Unicode.Scalar {
    /// Whether the script has no spaces between words: those of Chinese, Japanese, Thai, Lao, Burmese and Khmer.
    var hasNoSpaces: Bool {
        switch value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x2E80...0x312F, 0x3190...0xA4CF, 0xF900...0xFAFF,
            0xFE30...0xFE4F, 0xFF00...0xFF9F, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}

extension Unicode.Scalar.Properties {
    /// Whether the character is a letter or a digit, and not punctuation, a space or a sign.
    var isWordPart: Bool { isAlphabetic || numericType != nil }
}

extension Unicode.GeneralCategory {
    var isPunctuation: Bool {
        switch self {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }
    /// Whether the character opens what follows, such as a bracket.
    var isOpening: Bool { self == .openPunctuation || self == .initialPunctuation }
    /// Whether the character ends what is before it.
    var isClosing: Bool { self == .closePunctuation || self == .finalPunctuation || self == .otherPunctuation }
}
