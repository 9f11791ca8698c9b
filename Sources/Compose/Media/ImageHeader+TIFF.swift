// SPDX-License-Identifier: Apache-2.0

extension ImageHeader {
    /// The first image file directory of a TIFF stream (TIFF 6.0 §2), which EXIF also uses (2.3 §4.6.2).
    struct Directory {
        /// The numbers of a field.
        struct Values {
            fileprivate let stream: Reader
            fileprivate let order: ByteOrder
            fileprivate let start: Int
            fileprivate let width: Int
            /// The number of values the field declares.
            let count: Int

            /// The number at `index`; `nil` outside the field or the file.
            subscript(index: Int) -> Int? {
                guard index >= 0, index < count else { return nil }
                // Both factors come from 32-bit fields: the sum stays far below 2⁶³.
                let offset = start + index * width
                switch width {
                case 1: return stream[offset].map(Int.init)
                case 2: return stream.uint16(at: offset, order)
                default: return stream.uint32(at: offset, order)
                }
            }
        }

        private let stream: Reader
        private let order: ByteOrder
        /// The position of each tag's entry; the first entry of a tag counts.
        private var entries: [Int: Int] = [:]
        /// Whether all the entries that the directory declares are inside the stream.
        let isComplete: Bool

        /// Creates the first directory of `stream`; returns `nil` if that is no TIFF or the directory begins outside.
        ///
        /// `place` is that of another directory of the stream.
        init?(_ stream: Reader, at place: Int? = nil) {
            self.stream = stream
            if stream.has("II", at: 0) {
                order = .little
            } else if stream.has("MM", at: 0) {
                order = .big
            } else {
                return nil
            }
            guard stream.uint16(at: 2, order) == 42, let start = place ?? stream.uint32(at: 4, order), start >= 8,
                let announced = stream.uint16(at: start, order)
            else { return nil }
            // The number of entries has 16 bits, so the loop ends.
            let present = min(announced, (stream.count - start - 2) / 12)
            isComplete = present == announced
            for index in 0..<present {
                let entry = start + 2 + index * 12
                guard let tag = stream.uint16(at: entry, order), entries[tag] == nil else { continue }
                entries[tag] = entry
            }
        }

        /// Returns the whole numbers of the field `tag`; `nil` if it is missing or of another type.
        func values(_ tag: Int) -> Values? {
            guard let entry = entries[tag], let type = stream.uint16(at: entry + 2, order),
                let count = stream.uint32(at: entry + 4, order), let offset = stream.uint32(at: entry + 8, order)
            else { return nil }
            let width: Int
            switch type {
            case 1: width = 1  // BYTE
            case 3: width = 2  // SHORT
            case 4, 13: width = 4  // LONG, IFD
            default: return nil
            }
            // Values of up to four bytes are stored in place of their offset (TIFF 6.0 §2).
            let start = count * width <= 4 ? entry + 8 : offset
            return Values(stream: stream, order: order, start: start, width: width, count: count)
        }

        /// Returns whether the field `tag` is there, of whatever type.
        func has(_ tag: Int) -> Bool { entries[tag] != nil }

        /// Returns the directory that the field `tag` points to.
        func directory(_ tag: Int) -> Directory? { value(tag).flatMap { Directory(stream, at: $0) } }

        /// Returns the first characters of the field `tag`.
        func text(_ tag: Int) -> String? {
            guard let entry = entries[tag], stream.uint16(at: entry + 2, order) == 2,
                let count = stream.uint32(at: entry + 4, order), let offset = stream.uint32(at: entry + 8, order)
            else { return nil }
            let bytes = stream.window(at: count <= 4 ? entry + 8 : offset, length: min(count, 64)).content
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }

        /// Returns the first number of the field `tag`.
        func value(_ tag: Int) -> Int? { values(tag)?[0] }

        /// The orientation in tag 274; upright if missing or invalid.
        var orientation: Orientation { value(274).flatMap(Orientation.init) ?? .upright }
    }

    /// Returns the orientation in an EXIF block, with or without “Exif\0\0”; upright if malformed.
    static func exifOrientation(_ block: Reader) -> Orientation {
        // EXIF 2.3 §4.7.2: the identifier is “Exif”, a NUL and a padding byte; RFC 9649 and PNG §11.3 (eXIf) omit it.
        let stream = block.has("Exif\0", at: 0) ? block.window(at: 6) : block
        return Directory(stream)?.orientation ?? .upright
    }

    /// Returns whether an EXIF block marks the picture as Adobe RGB (DCF 2.0 §4.2.1).
    static func exifSaysAdobeRGB(_ block: Reader) -> Bool {
        let stream = block.has("Exif\0", at: 0) ? block.window(at: 6) : block
        // EXIF 2.3 §4.6.3: 34665 is the EXIF directory, 40965 its interoperability directory, whose tag 1 is the index.
        let exif = Directory(stream)?.directory(34665)
        return exif?.value(40961) == 0xFFFF && exif?.directory(40965)?.text(1) == "R03"
    }

    /// Reads a TIFF file: the first directory is the picture (TIFF 6.0 §2).
    static func tiff(_ file: Reader) throws(Failure) -> ImageHeader {
        let order: ByteOrder = file.has("II", at: 0) ? .little : .big
        guard file.uint16(at: 2, order) == 42 else { throw .unsupported("BigTIFF") }
        if file.has("CR", at: 8) { throw .unsupported("Canon camera raw (CR2)") }
        guard let directory = Directory(file), directory.isComplete else {
            throw .truncated("the TIFF ends before its first directory does")
        }
        // DNG 1.4: the version tag marks camera raw data in a TIFF.
        if directory.values(50706) != nil { throw .unsupported("camera raw (DNG)") }
        guard let width = directory.value(256), let height = directory.value(257) else {
            throw .truncated("the TIFF has no size")
        }
        // TIFF 6.0 §19 SampleFormat: 1 is unsigned, 4 is undefined.
        let format = directory.value(339) ?? 1
        guard format == 1 || format == 4 else {
            throw .unsupported(format == 3 ? "TIFF with floating-point samples" : "TIFF with signed samples")
        }
        try checkData(of: directory, in: file)
        return try ImageHeader(
            .tiff, width: width, height: height, orientation: directory.orientation, hasAlpha: hasAlpha(directory),
            color: directory.has(34675) ? .profile : .sRGB, needsTrial: true)
    }

    /// Throws if a strip or tile reaches outside the file.
    private static func checkData(of directory: Directory, in file: Reader) throws(Failure) {
        // TIFF 6.0 §3 StripOffsets, StripByteCounts; §15 TileOffsets, TileByteCounts.
        let tiled = directory.values(324) != nil
        guard let offsets = directory.values(tiled ? 324 : 273), offsets.count > 0 else {
            throw .truncated("the TIFF has no picture data")
        }
        let counts = directory.values(tiled ? 325 : 279)
        // Check the last one first, so that an exaggerated count fails here and not after a long loop.
        guard offsets[offsets.count - 1] != nil else {
            throw .truncated("the TIFF ends before the list of its strips does")
        }
        for index in 0..<offsets.count {
            // Old files may omit the counts; then a strip only has to begin inside the file.
            guard let offset = offsets[index], let length = counts == nil ? 1 : counts?[index],
                file.contains(length, at: offset)
            else { throw .truncated("the TIFF ends before its picture data does") }
        }
    }

    /// Returns whether a sample beyond those of the colour may be opacity.
    private static func hasAlpha(_ directory: Directory) -> Bool {
        // TIFF 6.0 §18 ExtraSamples: 1 associated, 2 unassociated alpha.
        if let extra = directory.values(338) {
            for index in 0..<min(extra.count, 16) where extra[index] == 1 || extra[index] == 2 { return true }
        }
        let samples = directory.value(277) ?? 1
        switch directory.value(262) {
        case 0, 1: return samples == 2  // grey
        case 2: return samples == 4  // RGB
        default: return false
        }
    }
}
