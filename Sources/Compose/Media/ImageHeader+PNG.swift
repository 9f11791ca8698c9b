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
        var color = PNGColor()
        var hasData = false
        var animation = PNGAnimation()
        var position = 8
        // A chunk is its length, type, data and CRC: at least twelve bytes, so the loop ends.
        while let length = file.uint32(at: position, .big), file.contains(12 + length, at: position) {
            let type = position + 4
            if file.has("IDAT", at: type) {
                hasData = true
            } else if file.has("IEND", at: type) {
                guard hasData else { throw .truncated("the PNG has no picture data (IDAT)") }
                return try ImageHeader(
                    .png, width: width, height: height, orientation: orientation,
                    hasAlpha: hasAlpha || animation.clears, color: color.color, times: animation.times)
            } else if file.has("tRNS", at: type) {
                // §11.3 tRNS: a transparent colour, or the opacity of palette entries.
                hasAlpha = true
            } else if !hasData, color.read(file, type: type, length: length) {
                // Colour chunks come before the picture data.
            } else if try animation.read(file, type: type, length: length) {
                // Any number of them, before and between the picture data.
            } else if file.has("eXIf", at: type) {
                // §11.3 eXIf: before or after the picture data.
                orientation = exifOrientation(file.window(at: position + 8, length: length))
            }
            position += 12 + length
        }
        throw .truncated("the PNG ends before its last chunk (IEND)")
    }
}

/// The chunks of an animated PNG (PNG 3 §11.3.6).
private struct PNGAnimation {
    private var isAnimated = false
    private var plays = 0
    /// In microseconds.
    private var durations: [Int] = []
    /// Whether a picture is cleared after it was shown.
    private(set) var clears = false

    /// Reads a chunk if it is one of these.
    mutating func read(_ file: ImageHeader.Reader, type: Int, length: Int) throws(ImageHeader.Failure) -> Bool {
        let content = type + 4
        if file.has("acTL", at: type), length == 8 {
            isAnimated = true
            plays = file.uint32(at: content + 4, .big) ?? 0
        } else if isAnimated, file.has("fcTL", at: type), length == 26 {
            guard let number = file.uint16(at: content + 20, .big), let unit = file.uint16(at: content + 22, .big)
            else { return true }
            durations.append(number * 1_000_000 / (unit == 0 ? 100 : unit))
            clears = clears || file[content + 24] == 1
            guard durations.count <= PictureTimes.most else {
                throw .unsupported("an animation of more than \(PictureTimes.most) pictures")
            }
        } else {
            return false
        }
        return true
    }

    var times: PictureTimes? { durations.count > 1 ? PictureTimes(durations: durations, plays: plays) : nil }
}

/// The chunks of a PNG that say what its colours are; the first of these that is there counts (PNG §4.3).
private struct PNGColor {
    private var codePoints: PictureColor?
    private var hasProfile = false
    private var isStandard = false
    private var gamma: Double?
    private var primaries: PictureColor.Primaries?

    /// Reads a chunk if it is one of these.
    mutating func read(_ file: ImageHeader.Reader, type: Int, length: Int) -> Bool {
        let content = type + 4
        func number(_ index: Int) -> Double { Double(file.uint32(at: content + 4 * index, .big) ?? 0) / 100_000 }
        if file.has("cICP", at: type), length == 4 {
            // Matrix 0 and full range: what else there is, is not RGB.
            if let first = file[content], let second = file[content + 1], file[content + 2] == 0, file[content + 3] == 1
            {
                codePoints = PictureColor(codePoints: Int(first), transfer: Int(second))
            }
        } else if file.has("iCCP", at: type) {
            hasProfile = true
        } else if file.has("sRGB", at: type) {
            isStandard = true
        } else if file.has("gAMA", at: type), length == 4 {
            gamma = number(0)
        } else if file.has("cHRM", at: type), length == 32 {
            primaries = PictureColor.Primaries(xy: (0..<8).map(number))
        } else {
            return false
        }
        return true
    }

    var color: PictureColor {
        if let codePoints { return codePoints }
        if hasProfile { return .profile }
        if isStandard { return .sRGB }
        // The file's exponent is that of encoding. Nobody means one that no display has.
        guard let gamma, (0.1...2).contains(gamma) else { return .sRGB }
        let space = primaries ?? .sRGB
        // 0.45455 with the primaries of sRGB is what programs write for sRGB.
        let isUsual =
            abs(gamma - 0.45455) < 0.001
            && zip(space.xy, PictureColor.Primaries.sRGB.xy).allSatisfy { abs($0 - $1) < 0.001 }
        guard !isUsual, space.xy.allSatisfy({ (0...1).contains($0) }), space.xy[1] > 0 else { return .sRGB }
        return .primaries(space, .gamma(1 / gamma))
    }
}
