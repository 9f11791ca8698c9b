// SPDX-License-Identifier: Apache-2.0

internal import CTextShim

extension FontSet {
    /// Returns the characters that no font of the set can draw, each once, in their order.
    ///
    /// What is meant to be invisible is never among them. Controls other than line ends and tabs always are, as are
    /// noncharacters; private use is, unless a font that was given by file has it.
    package func unknown(in text: String) -> [Unicode.Scalar] { unknown(in: text, covers) }

    func unknown(in text: String, _ covers: (Unicode.Scalar) -> Bool) -> [Unicode.Scalar] {
        var (found, seen): ([Unicode.Scalar], Set<Unicode.Scalar>) = ([], [])
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            var drawn: Unicode.Scalar? = scalar
            if !knows(scalar, covers) {
                drawn = composed(previous, scalar, covers)
                if drawn == nil, seen.insert(scalar).inserted { found.append(scalar) }
            }
            previous = drawn
        }
        return found
    }

    private func knows(_ scalar: Unicode.Scalar, _ covers: (Unicode.Scalar) -> Bool) -> Bool {
        let value = scalar.value
        if value < 0x20 || (0x7F...0x9F).contains(value) { return value == 0x0A || value == 0x09 || value == 0x0D }
        if value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(value) { return false }
        if covers(scalar) { return true }
        let properties = scalar.properties
        switch properties.generalCategory {
        // HarfBuzz makes spaces of any width out of the font's own; line ends have no glyph.
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
        default: return properties.isDefaultIgnorableCodePoint && properties.generalCategory != .unassigned
        }
    }

    /// Returns the character that is drawn for a letter and a mark, or for a Korean syllable's parts, if there is one.
    private func composed(
        _ first: Unicode.Scalar?, _ second: Unicode.Scalar, _ covers: (Unicode.Scalar) -> Bool
    ) -> Unicode.Scalar? {
        guard let first, let both = Unicode.Scalar(cts_compose(first.value, second.value)), both.value != 0 else {
            return nil
        }
        return covers(both) ? both : nil
    }
}
