// SPDX-License-Identifier: Apache-2.0

internal import CTextShim

/// A closed set of fonts: given files, the bundled family, one font of colour emoji where one is installed, and nothing else.
///
/// The system's fonts belong to it only if asked for. Any number of threads may use one set at a time.
@safe package final class FontSet: @unchecked Sendable {
    // unchecked: the set never changes, and lends each of Pango's objects to one user at a time
    /// One face of a family, or what a variable font can be.
    package struct Style: Sendable, Hashable {
        package var family: String
        package var italic: Bool
        package var weights: ClosedRange<Double>
    }

    /// The family that is part of the program.
    package static let defaultFamily = unsafe String(cString: cts_bundled_family())
    /// The bundled family with its version, for keys of what was drawn with it.
    package static let defaultVersion = unsafe String(cString: cts_bundled_version())

    /// How many files a set may have.
    package static let mostFiles = 64

    let pointer: OpaquePointer
    private let coverage: UnsafePointer<UInt64>
    private let names: Set<String>

    /// All families by name.
    package let families: [String]
    package let styles: [Style]
    /// The file of the font that draws emoji; `nil` if there is none.
    package let emojiPath: String?
    /// The family that draws emoji.
    let emojiFamily: String?

    /// Opens a set of these files, each a TrueType or OpenType font or collection.
    ///
    /// Copies them, so it blocks on the disk, and what becomes of the files later does not matter.
    package init(_ files: [FontFile], systemFonts: Bool = false) throws(TextError) {
        guard files.count <= FontSet.mostFiles else {
            throw TextError(
                .fontFile(FontSet.mostFiles), "\(files.count) font files are given; use \(FontSet.mostFiles) at most")
        }
        for (index, file) in files.enumerated() { try FontSet.check(file, index) }
        let memory = CMemory()
        let list = unsafe files.map { file in
            unsafe cts_file(path: memory.string(file.path), family: file.family.flatMap { unsafe memory.string($0) })
        }
        var (failed, opened): (Int, OpaquePointer?) = (0, nil)
        let status = unsafe cts_set_open(list, list.count, systemFonts ? 1 : 0, &failed, &opened)
        guard let opened = unsafe opened else { throw FontSet.error(status, failed, files) }
        unsafe pointer = opened
        unsafe coverage = cts_set_coverage(opened)
        let (familyCount, styleCount) = unsafe (cts_set_family_count(opened), cts_set_style_count(opened))
        let families = (0..<familyCount).map { unsafe String(cString: cts_set_family(opened, $0)) }
        self.families = families
        names = Set(families.map { $0.lowercased() })
        styles = (0..<styleCount).map { index in
            let style = unsafe cts_set_style(opened, index)
            return Style(
                family: families[style.family], italic: style.italic != 0,
                weights: min(style.low, style.high)...max(style.low, style.high))
        }
        emojiPath = unsafe cts_set_emoji(opened).map { unsafe String(cString: $0) }
        emojiFamily = unsafe cts_set_emoji_family(opened).map { unsafe String(cString: $0) }
    }

    deinit { unsafe cts_set_free(pointer) }

    /// Returns whether a family is in the set: exactly this name, in any case of letters.
    package func has(family: String) -> Bool { names.contains(family.lowercased()) }

    /// Returns whether some font has a glyph for a character, and the user may want to see it.
    func covers(_ scalar: Unicode.Scalar) -> Bool {
        unsafe coverage[Int(scalar.value / 64)] >> UInt64(scalar.value % 64) & 1 != 0
    }

    private static func check(_ file: FontFile, _ index: Int) throws(TextError) {
        guard !file.path.utf8.contains(0) else {
            throw TextError(.fontFile(index), "a font file's path contains a NUL character")
        }
        guard let family = file.family else { return }
        let plain = !family.isEmpty && family.utf8.count <= 200 && !family.utf8.contains { $0 < 0x20 || $0 == 0x2C }
        guard plain else {
            throw TextError(
                .fontFile(index), "“\(family)” is no name for a family; use 1 to 200 bytes without commas and controls")
        }
    }

    private static func error(_ status: Int32, _ failed: Int, _ files: [FontFile]) -> TextError {
        guard files.indices.contains(failed) else {
            return status == Int32(CTS_NO_BUNDLED_FONT)
                ? TextError(.machine, "the bundled font could not be opened; there is no room for temporary files")
                : .outOfMemory
        }
        let path = files[failed].path
        func about(_ words: String) -> TextError { TextError(.fontFile(failed), "the font \(path) " + words) }
        switch status {
        case Int32(CTS_NO_FILE): return about("cannot be opened; check that the file exists and may be read")
        case Int32(CTS_NOT_REGULAR): return about("is not a file; name a TrueType or OpenType file")
        case Int32(CTS_TOO_LARGE):
            return about("is larger than \(CTS_MOST_FONT_BYTES >> 20) MiB; use a font with fewer characters")
        case Int32(CTS_TOO_MANY):
            return about("is one too many: all together are larger than \(CTS_MOST_FONT_BYTES_TOGETHER >> 20) MiB")
        case Int32(CTS_WEB_FONT): return about("is a web font (WOFF); use the TrueType or OpenType file of it")
        case Int32(CTS_NOT_A_FONT): return about("is damaged, or is neither TrueType nor OpenType")
        default: return .outOfMemory
        }
    }
}
