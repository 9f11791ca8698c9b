// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import Typesetting

/// The fonts and texts of the goldens, which are the same on every machine.
///
/// Tests/Tooling/make_fonts.py makes the fonts: parts of Noto, which have the characters of these texts and no others.
enum GoldenFonts {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path

    /// The families besides the bundled one, and their files.
    static let files = [
        "Latin": "latin.ttf", "Serif": "serif.ttf", "Arabic": "arabic.ttf", "Hebrew": "hebrew.ttf",
        "Devanagari": "devanagari.ttf",
        "Thai": "thai.ttf", "Chinese": "chinese.otf", "Japanese": "japanese.otf", "Korean": "korean.otf",
        "Emoji": "emoji.ttf",
    ]

    static let set: Result<FontSet, TextError> = {
        let given = files.sorted { $0.key < $1.key }.map {
            FontFile(path: folder + "/Fonts/" + $0.value, family: $0.key)
        }
        do throws(TextError) { return .success(try FontSet(given)) } catch { return .failure(error) }
    }()

    /// The texts by their names.
    static let texts: [String: String] = {
        let file = try? Data(contentsOf: URL(fileURLWithPath: folder + "/Fonts/texts.json"))
        return file.flatMap { try? JSONDecoder().decode([String: String].self, from: $0) } ?? [:]
    }()
}
