// SPDX-License-Identifier: Apache-2.0

/// Languages in caption files.
enum CaptionLanguage {
    /// Returns the name of a language if it may be one: `en`, `pt-BR`, or `english` as some recognisers write it.
    static func tag(_ text: String) -> String? {
        let isName =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        return isName ? text : nil
    }
}
