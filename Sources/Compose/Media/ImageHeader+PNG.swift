// SPDX-License-Identifier: Apache-2.0

extension ImageHeader {
    /// Reads a PNG: the list of its chunks up to IEND (PNG §5.3, §11).
    static func png(_ file: Reader) throws(Failure) -> ImageHeader {
        // Apple's build tools put CgBI first and omit the zlib header.
        if file.has("CgBI", at: 12) { throw .unsupported("PNG rewritten for iOS apps (CgBI)") }
        // §11.2.1: IHDR comes first; width, height, bit depth, colour type.
        guard file.has("IHDR", at: 12), let width = file.uint32(at: 16, .big), let height = file.uint32(at: 20, .big),
            let colorType = file[25]
        else { throw .truncated("the PNG ends inside its header (IHDR)") }
        // Colour types 4 and 6 have an alpha channel.
        var hasAlpha = colorType == 4 || colorType == 6
        var orientation = Orientation.upright
        var hasData = false
        var position = 8
        // A chunk is its length, type, data and CRC: at least twelve bytes, so the loop ends.
        while let length = file.uint32(at: position, .big), file.contains(12 + length, at: position) {
            let type = position + 4
            if file.has("IDAT", at: type) {
                hasData = true
            } else if file.has("IEND", at: type) {
                guard hasData else { throw .truncated("the PNG has no picture data (IDAT)") }
                return try ImageHeader(
                    .png, width: width, height: height, orientation: orientation, hasAlpha: hasAlpha)
            } else if file.has("tRNS", at: type) {
                // §11.3 tRNS: a transparent colour, or the opacity of palette entries.
                hasAlpha = true
            } else if file.has("eXIf", at: type) {
                // §11.3 eXIf: before or after the picture data.
                orientation = exifOrientation(file.window(at: position + 8, length: length))
            }
            position += 12 + length
        }
        throw .truncated("the PNG ends before its last chunk (IEND)")
    }
}
