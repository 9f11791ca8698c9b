// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Libav
    internal import Typesetting

    /// The fonts of an edit, opened.
    struct OpenFonts: Sendable {
        let set: FontSet
        /// What identifies the fonts' contents, the same on every machine.
        let identity: [UInt8]
    }

    /// The fonts that were opened last: services set texts in the same ones again and again.
    enum FontSets {
        private static let opened = Remembered<EditFonts, OpenFonts>(most: 16)

        /// Returns the fonts of an edit, which are opened if they are not known.
        ///
        /// Blocks on the disk. The error's message is for the user.
        static func open(_ fonts: EditFonts) throws(TextError) -> OpenFonts {
            try opened.value(for: fonts) { () throws(TextError) in
                let set = try FontSet(
                    fonts.files.map { Typesetting.FontFile(path: $0.path, family: $0.family) },
                    systemFonts: fonts.usesSystem)
                return OpenFonts(set: set, identity: try identity(of: fonts, set))
            }
        }

        private static func identity(of fonts: EditFonts, _ set: FontSet) throws(TextError) -> [UInt8] {
            var bytes: [UInt8] = []
            func add(_ text: String) { bytes += Array(text.utf8) + [0] }
            do throws(LibavError) {
                for font in fonts.files {
                    let file = try OpenFile(font.path)
                    try file.expect(font.fingerprint)
                    bytes += try Digest(of: file).bytes
                    add(font.family ?? "")
                }
                if let emoji = set.emojiPath { bytes += try Digest(of: try OpenFile(emoji)).bytes }
                add(FontSet.defaultVersion)
                // Of the system's fonts only the names are known, so machines that share results need the same ones.
                if fonts.usesSystem { for family in set.families { add(family) } }
                return try Digest(of: bytes).bytes
            } catch {
                throw TextError(.machine, "a font cannot be read: \(error.message)")
            }
        }
    }
#endif
