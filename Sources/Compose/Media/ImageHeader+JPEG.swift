// SPDX-License-Identifier: Apache-2.0

extension ImageHeader {
    /// Reads a JPEG: its markers up to the first scan (ITU-T T.81 annex B).
    static func jpeg(_ file: Reader) throws(Failure) -> ImageHeader {
        var size: (width: Int, height: Int)?
        var orientation: Orientation?
        var color = PictureColor.sRGB
        var isUsual = true
        var position = 2
        // Every iteration advances by at least one byte.
        while let byte = file[position] {
            // Decoders skip stray bytes between segments, and any number of FF may precede a marker (§B.1.1.2).
            guard byte == 0xFF, let marker = file[position + 1], marker != 0xFF, marker != 0 else {
                position += 1
                continue
            }
            position += 2
            // SOI, TEM and RSTn have no length.
            if marker == 0xD8 || marker == 0x01 || (0xD0...0xD7).contains(marker) { continue }
            if marker == 0xD9 { throw .truncated("the JPEG ends before its picture data") }
            guard let length = file.uint16(at: position, .big), length >= 2, file.contains(length, at: position)
            else { throw .truncated("the JPEG ends inside its header") }
            let payload = file.window(at: position + 2, length: length - 2)
            position += length

            if let problem = unsupportedFrame(marker) { throw .unsupported(problem) }
            switch marker {
            case 0xC0...0xC3 where size == nil:
                // §B.2.2: precision, lines, samples per line.
                guard let height = payload.uint16(at: 1, .big), let width = payload.uint16(at: 3, .big) else {
                    throw .truncated("the JPEG's frame header is too short")
                }
                size = (width, height)
                isUsual = marker <= 0xC2 && hasUsualSamples(payload)
            case 0xE1 where orientation == nil && payload.has("Exif\0", at: 0):
                // EXIF 2.3 §4.7.2 APP1.
                orientation = exifOrientation(payload)
                if color == .sRGB, exifSaysAdobeRGB(payload) { color = .adobeRGB }
            case 0xE2 where payload.has("ICC_PROFILE\0", at: 0):
                color = .profile  // ICC.1 annex B.4
            case 0xDA:
                guard let size else { throw .truncated("the JPEG's frame header is missing") }
                let header = try ImageHeader(
                    .jpeg, width: size.width, height: size.height, orientation: orientation ?? .upright,
                    hasAlpha: false, color: color, needsTrial: !isUsual)
                // FF in scan data is followed by 00 (§B.1.1.5), so FFD9 is EOI. Phones append videos after it.
                guard file.containsPair(0xFF, 0xD9, after: position) else {
                    throw .truncated("the JPEG ends before its end marker (EOI)")
                }
                return header
            default:
                break
            }
        }
        throw .truncated("the JPEG ends before its picture data")
    }

    /// Returns whether every decoder knows the samples of a frame: 8 bits, grey or three components, chroma not finer.
    private static func hasUsualSamples(_ frame: Reader) -> Bool {
        guard frame[0] == 8, let count = frame[5] else { return false }
        if count == 1 { return true }
        guard count == 3, let luma = frame[7], let blue = frame[10], let red = frame[13] else { return false }
        return [0x11, 0x21, 0x12, 0x22].contains(luma) && blue == 0x11 && red == 0x11
    }

    /// Returns the kind of JPEG that a frame marker declares, if it cannot be decoded (T.81 table B.1).
    private static func unsupportedFrame(_ marker: UInt8) -> String? {
        switch marker {
        case 0xC5...0xC7: "hierarchical JPEG"
        case 0xC8: "JPEG with an extension"
        case 0xC9...0xCB, 0xCD...0xCF: "arithmetic-coded JPEG"
        case 0xF7: "JPEG-LS"
        default: nil
        }
    }
}
