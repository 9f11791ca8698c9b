// SPDX-License-Identifier: Apache-2.0

extension ImageHeader {
    /// Reads a GIF: its blocks, and whether there are more pictures than one (GIF89a §17–§25).
    ///
    /// Damage after the first picture ends the animation.
    static func gif(_ file: Reader) throws(Failure) -> ImageHeader {
        // §18 logical screen descriptor.
        guard let width = file.uint16(at: 6, .little), let height = file.uint16(at: 8, .little),
            let flags = file[10], file.contains(13, at: 0)
        else { throw .truncated("the GIF ends inside its header") }
        var pictures = GIFPictures()
        var position = 13 + colorTableLength(flags)
        do throws(Failure) {
            // Every iteration advances by at least two bytes.
            while let introducer = file[position] {
                switch introducer {
                case 0x21:
                    pictures.readExtension(file, at: position)
                    position = try endOfSubBlocks(file, at: position + 2)
                case 0x2C:
                    // §20 image descriptor: left, top, width, height, flags; then colour table, code size, data.
                    guard let left = file.uint16(at: position + 1, .little),
                        let top = file.uint16(at: position + 3, .little),
                        let frameWidth = file.uint16(at: position + 5, .little),
                        let frameHeight = file.uint16(at: position + 7, .little), let frameFlags = file[position + 9]
                    else { throw .truncated("the GIF ends inside its picture's header") }
                    let data = position + 10 + colorTableLength(frameFlags) + 1
                    position = try endOfSubBlocks(file, at: data)
                    guard (flags | frameFlags) & 0x80 != 0 || !pictures.durations.isEmpty else {
                        throw .truncated("the GIF has no colours")
                    }
                    let covers = left == 0 && top == 0 && frameWidth >= width && frameHeight >= height
                    pictures.add(covers: covers)
                    guard pictures.durations.count <= PictureTimes.most else {
                        throw .unsupported("an animation of more than \(PictureTimes.most) pictures")
                    }
                case 0x3B:
                    guard !pictures.durations.isEmpty else { throw .truncated("the GIF has no picture") }
                    position = file.count
                default:
                    throw .truncated("the GIF has an unknown block")
                }
            }
            if pictures.durations.isEmpty { throw .truncated("the GIF ends before its picture") }
        } catch {
            guard case .truncated = error, !pictures.durations.isEmpty else { throw error }
        }
        return try ImageHeader(
            .gif, width: width, height: height, hasAlpha: pictures.hasAlpha,
            times: pictures.durations.count > 1
                ? PictureTimes(durations: pictures.durations, plays: pictures.plays) : nil)
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

/// What the blocks of a GIF say of its pictures.
private struct GIFPictures {
    /// In microseconds.
    private(set) var durations: [Int] = []
    /// Whether anything of the canvas may be clear.
    private(set) var hasAlpha = false
    /// How often the pictures are shown; 0 means without end.
    private(set) var plays = 1
    private var delay = 0
    private var isTransparent = false
    private var clears = false

    /// Reads an extension that says something about pictures.
    mutating func readExtension(_ file: ImageHeader.Reader, at position: Int) {
        if file[position + 1] == 0xF9, let control = file[position + 3] {
            // §23 graphic control extension: transparency and disposal, and a delay in hundredths of a second.
            isTransparent = control & 1 != 0
            clears = control >> 2 & 7 == 2
            delay = (file.uint16(at: position + 4, .little) ?? 0) * 10_000
        } else if file[position + 1] == 0xFF, file[position + 2] == 11,
            file.has("NETSCAPE2.0", at: position + 3) || file.has("ANIMEXTS1.0", at: position + 3),
            file[position + 14] == 3, file[position + 15] == 1, let loops = file.uint16(at: position + 16, .little)
        {
            // Netscape's extension counts the repeats; browsers play once more.
            plays = loops == 0 ? 0 : loops + 1
        }
    }

    /// Adds a picture; `covers` says whether it covers the canvas.
    mutating func add(covers: Bool) {
        // What a picture leaves clear shows the one before it, unless that was the first, or was cleared.
        hasAlpha = hasAlpha || (durations.isEmpty && (isTransparent || !covers)) || clears
        durations.append(delay)
        (delay, isTransparent, clears) = (0, false, false)
    }
}
