// SPDX-License-Identifier: Apache-2.0

extension ImageHeader {
    /// Reads a WebP: the list of its RIFF chunks (RFC 9649 §2).
    static func webp(_ file: Reader) throws(Failure) -> ImageHeader {
        // §2.4: the size excludes the first eight bytes.
        guard let riffSize = file.uint32(at: 4, .little), file.contains(riffSize, at: 8) else {
            throw .truncated("the WebP is shorter than it says")
        }
        let riff = file.window(at: 0, length: 8 + riffSize)
        var canvas: (width: Int, height: Int)?
        var picture: (width: Int, height: Int)?
        var hasAlpha = false
        var color = PictureColor.sRGB
        var orientation = Orientation.upright
        var plays = 0
        var durations: [Int] = []
        var position = 12
        // A chunk is at least eight bytes, so the loop ends.
        while let length = riff.uint32(at: position + 4, .little) {
            guard riff.contains(length, at: position + 8) else {
                throw .truncated("the WebP ends inside a chunk")
            }
            let payload = riff.window(at: position + 8, length: length)
            if riff.has("VP8X", at: position), canvas == nil {
                // §2.7: flags, 24 reserved bits, canvas width and height less one in 24 bits each.
                guard let flags = payload[0], let low = payload.uint32(at: 4, .little),
                    let high = payload.uint16(at: 8, .little)
                else { throw .truncated("the WebP's header (VP8X) is too short") }
                hasAlpha = hasAlpha || flags & 0x10 != 0
                canvas = ((low & 0xFF_FFFF) + 1, (low >> 24 | high << 8) + 1)
            } else if riff.has("VP8 ", at: position), picture == nil {
                picture = try lossySize(payload)
            } else if riff.has("VP8L", at: position), picture == nil {
                // §3.4: signature 2F, width and height less one in 14 bits each, alpha_is_used.
                guard payload[0] == 0x2F, let bits = payload.uint32(at: 1, .little) else {
                    throw .truncated("the WebP's picture data (VP8L) is damaged")
                }
                hasAlpha = hasAlpha || bits >> 28 & 1 != 0
                picture = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
            } else if riff.has("ANIM", at: position) {
                // §2.7.1.1: background colour, and how often the pictures are shown.
                plays = payload.uint16(at: 4, .little) ?? 0
            } else if riff.has("ANMF", at: position) {
                // §2.7.1.1: position and size in 24 bits each, the duration in milliseconds in 24, flags; then a picture.
                guard let duration = payload.uint32(at: 12, .little), length >= 24 else {
                    throw .truncated("the WebP ends inside a picture of its animation")
                }
                durations.append((duration & 0xFF_FFFF) * 1000)
                guard durations.count <= PictureTimes.most else {
                    throw .unsupported("an animation of more than \(PictureTimes.most) pictures")
                }
            } else if riff.has("ALPH", at: position) {
                hasAlpha = true
            } else if riff.has("ICCP", at: position) {
                color = .profile
            } else if riff.has("EXIF", at: position) {
                orientation = exifOrientation(payload)
            }
            // §2.3: odd chunks are padded.
            position += 8 + length + length & 1
        }
        picture = picture ?? (durations.isEmpty ? nil : canvas)
        guard let picture else { throw .truncated("the WebP has no picture data") }
        let size = canvas ?? picture
        return try ImageHeader(
            .webp, width: size.width, height: size.height, orientation: orientation, hasAlpha: hasAlpha,
            color: color, times: PictureTimes(durations: durations, plays: plays))
    }

    /// Returns the size in a VP8 key frame (RFC 6386 §9.1).
    private static func lossySize(_ frame: Reader) throws(Failure) -> (width: Int, height: Int) {
        guard let tag = frame[0], tag & 1 == 0, frame.window(at: 3).starts(with: [0x9D, 0x01, 0x2A]),
            let width = frame.uint16(at: 6, .little), let height = frame.uint16(at: 8, .little)
        else { throw .truncated("the WebP's picture data (VP8) is damaged") }
        // The two upper bits are a scaling hint.
        return (width & 0x3FFF, height & 0x3FFF)
    }
}
