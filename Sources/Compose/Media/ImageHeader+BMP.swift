// SPDX-License-Identifier: Apache-2.0

extension ImageHeader {
    /// Reads a BMP: BITMAPFILEHEADER and the information header after it (Microsoft, “Bitmap Storage”).
    static func bmp(_ file: Reader) throws(Failure) -> ImageHeader {
        let cut = Failure.truncated("the BMP ends inside its header")
        guard let dataOffset = file.uint32(at: 10, .little), let headerLength = file.uint32(at: 14, .little) else {
            throw cut
        }
        // BITMAPCOREHEADER, BITMAPINFOHEADER, its V3, OS/2 2.x, V4 and V5: those that FFmpeg supports.
        guard [12, 40, 56, 64, 108, 124].contains(headerLength) else {
            throw .unsupported("BMP with a header of \(headerLength) bytes")
        }
        guard file.contains(headerLength, at: 14) else { throw cut }
        let isCore = headerLength == 12
        guard let width = isCore ? file.uint16(at: 18, .little) : file.int32(at: 18, .little),
            // Negative if the rows go from top to bottom.
            let height = isCore ? file.uint16(at: 20, .little) : file.int32(at: 22, .little),
            let depth = file.uint16(at: isCore ? 24 : 28, .little),
            let compression = isCore ? 0 : file.uint32(at: 30, .little)
        else { throw cut }
        guard [1, 2, 4, 8, 16, 24, 32].contains(depth) else { throw .unsupported("BMP of \(depth) bits a pixel") }

        var hasAlpha = false
        let dataLength: Int
        switch compression {
        case 0, 3, 6:  // BI_RGB, BI_BITFIELDS, BI_ALPHABITFIELDS
            // Masks are at 54 and part of the header since V2; the alpha mask is the fourth, since V3.
            if depth == 32, compression == 6 || (compression == 3 && headerLength >= 56 && headerLength != 64) {
                hasAlpha = file.uint32(at: 66, .little) ?? 0 != 0
            }
            // Rows are padded to four bytes, but decoders accept unpadded ones, so this is the minimum length.
            let row = (max(width, 0) * depth + 7) / 8
            let (length, overflow) = row.multipliedReportingOverflow(by: Int(height.magnitude))
            dataLength = overflow ? .max : length
        case 1, 2:  // BI_RLE8, BI_RLE4: biSizeImage must be set.
            dataLength = max(file.uint32(at: 34, .little) ?? 0, 1)
        default:
            throw .unsupported("BMP with compression \(compression)")
        }
        // Masks, packed rows and few colours come in kinds of which decoders know some.
        let isPlain = compression == 0 && depth >= 24 && file.uint16(at: isCore ? 22 : 26, .little) == 1
        let header = try ImageHeader(
            .bmp, width: width, height: Int(height.magnitude), hasAlpha: hasAlpha, needsTrial: !isPlain)
        guard file.contains(dataLength, at: dataOffset) else {
            throw .truncated("the BMP ends before its picture data does")
        }
        return header
    }
}
