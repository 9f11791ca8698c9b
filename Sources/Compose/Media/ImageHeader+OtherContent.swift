// SPDX-License-Identifier: Apache-2.0

extension ImageHeader {
    /// Returns the name of a file that is no image, with its article, for error messages; `nil` if unrecognised.
    static func nameOfOtherContent(_ file: Reader) -> String? {
        if let name = nameOfMedia(file) { return name }
        if let known = signatures.first(where: { file.starts(with: $0.bytes) }) { return known.name }
        return nameOfText(file)
    }

    /// The first bytes of common files.
    private static let signatures: [(bytes: [UInt8], name: String)] = [
        (Array("%PDF".utf8), "a PDF document"),
        (Array("%!PS".utf8), "a PostScript document"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive"),
        ([0x50, 0x4B, 0x05, 0x06], "a ZIP archive"),
        ([0x1F, 0x8B], "a gzip file"),
        (Array("BZh".utf8), "a bzip2 file"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "an xz file"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard file"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive"),
        (Array("Rar!".utf8), "a RAR archive"),
        ([0xFF, 0x0A], "a JPEG XL image"),
        ([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL image"),
        ([0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20], "a JPEG 2000 image"),
        ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 image"),
        (Array("8BPS".utf8), "a Photoshop document"),
        ([0, 0, 1, 0], "a Windows icon"),
        ([0x1A, 0x45, 0xDF, 0xA3], "a Matroska or WebM video"),
        (Array("FLV\u{1}".utf8), "a Flash video"),
        (Array("OggS".utf8), "an Ogg file"),
        (Array("fLaC".utf8), "a FLAC audio file"),
        (Array("ID3".utf8), "an MP3 audio file"),
        ([0xFF, 0xFB], "an MP3 audio file"),
        ([0x7F, 0x45, 0x4C, 0x46], "a program (ELF)"),
        (Array("version https://git-lfs".utf8), "a Git LFS pointer instead of the file itself"),
    ]

    /// Returns the name of ISO media and RIFF files, which declare their kind after the first bytes.
    private static func nameOfMedia(_ file: Reader) -> String? {
        if file.has("RIFF", at: 0) {
            if file.has("AVI ", at: 8) { return "an AVI video" }
            return file.has("WAVE", at: 8) ? "a WAV audio file" : nil
        }
        for box in ["moov", "mdat", "wide"] where file.has(box, at: 4) { return "a QuickTime (MOV) video" }
        guard file.has("ftyp", at: 4) else { return nil }
        // ISO/IEC 14496-12 §4.3: the major brand.
        let major = file.window(at: 8, length: 4)
        if major.has("qt  ", at: 0) { return "a QuickTime (MOV) video" }
        return major.has("M4A", at: 0) ? "an M4A audio file" : "an MP4 video"
    }

    /// Returns the name of markup and plain text.
    private static func nameOfText(_ file: Reader) -> String? {
        guard file.looksLikeText else { return nil }
        let start = String(decoding: file.window(at: 0, length: 1024).content, as: UTF8.self).lowercased()
        let content = start.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        guard content.hasPrefix("<") else { return "plain text" }
        if start.contains("<svg ") { return "an SVG drawing that is damaged" }
        if start.contains("<html") || start.contains("<!doctype html") {
            return "an HTML page"
        }
        return "an XML document"
    }
}

extension ImageHeader.Reader {
    /// Whether the window begins with UTF-8 text free of control characters.
    var looksLikeText: Bool {
        var sample = window(at: 0, length: 512).content
        // A character cut by the end of the sample is valid: drop its lead byte and what follows.
        if sample.count < count, let lead = sample.suffix(3).lastIndex(where: { $0 >= 0xC0 }) {
            sample = Array(sample[..<lead])
        }
        // Tab to carriage return and escape are common in text.
        guard sample.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) || $0 == 0x1B }) else {
            return false
        }
        return String(validating: sample, as: UTF8.self) != nil
    }
}
