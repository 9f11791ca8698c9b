// SPDX-License-Identifier: Apache-2.0

extension ImageHeader {
    /// Reads a GIF: its blocks up to the end of the first picture (GIF89a §17–§25).
    static func gif(_ file: Reader) throws(Failure) -> ImageHeader {
        // §18 logical screen descriptor.
        guard let width = file.uint16(at: 6, .little), let height = file.uint16(at: 8, .little),
            let flags = file[10], file.contains(13, at: 0)
        else { throw .truncated("the GIF ends inside its header") }
        var isTransparent = false
        var position = 13 + colorTableLength(flags)
        // Every iteration advances by at least two bytes.
        while let introducer = file[position] {
            switch introducer {
            case 0x21:
                // §23 graphic control extension: the last bit of its first byte is the transparency flag.
                if file[position + 1] == 0xF9, let control = file[position + 3] { isTransparent = control & 1 != 0 }
                position = try endOfSubBlocks(file, at: position + 2)
            case 0x2C:
                // §20 image descriptor: left, top, width, height, flags; then colour table, code size, data.
                guard let left = file.uint16(at: position + 1, .little),
                    let top = file.uint16(at: position + 3, .little),
                    let frameWidth = file.uint16(at: position + 5, .little),
                    let frameHeight = file.uint16(at: position + 7, .little), let frameFlags = file[position + 9]
                else { throw .truncated("the GIF ends inside its picture's header") }
                _ = try endOfSubBlocks(file, at: position + 10 + colorTableLength(frameFlags) + 1)
                let covers = left == 0 && top == 0 && frameWidth >= width && frameHeight >= height
                return try ImageHeader(.gif, width: width, height: height, hasAlpha: isTransparent || !covers)
            case 0x3B:
                throw .truncated("the GIF has no picture")
            default:
                throw .truncated("the GIF has an unknown block")
            }
        }
        throw .truncated("the GIF ends before its picture")
    }

    /// Returns the length of the colour table that `flags` declare (§19, §21).
    private static func colorTableLength(_ flags: UInt8) -> Int {
        flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
    }

    /// Returns the end of the sub-blocks that begin at `position`, past their terminator (§15, §16).
    private static func endOfSubBlocks(_ file: Reader, at position: Int) throws(Failure) -> Int {
        var position = position
        while let length = file[position] {
            position += 1 + Int(length)
            if length == 0 { return position }
        }
        throw .truncated("the GIF ends inside its data")
    }
}
