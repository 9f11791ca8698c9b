// SPDX-License-Identifier: Apache-2.0

package import Libav

/// What a plan needs of a picture: a region, upright, in the working format, at a size.
package struct PictureCopy: Sendable, Hashable, CustomStringConvertible {
    /// The size of the whole upright picture in pixels, which are square.
    package var original: PixelSize
    package var orientation: ImageHeader.Orientation
    package var hasAlpha: Bool
    /// The colour space of the file's pixels.
    package var color: PictureColor
    /// The region of the upright picture that the copy holds, in its pixels.
    package var region: Picture.Region
    /// The size of the copy in pixels; both sides are even.
    package var size: PixelSize
    /// The standard deviation of the copy's blur, in pixels of the copy; 0 for none.
    package var blur: Double

    /// The memory of its pixels in bytes.
    package var bytes: Int { size.width * size.height * (hasAlpha ? 5 : 3) / 2 }

    func add(to bytes: inout CanonicalBytes) {
        bytes.add(original)
        bytes.add(orientation.rawValue)
        bytes.add(hasAlpha)
        color.add(to: &bytes)
        for number in [region.left, region.top, region.width, region.height] { bytes.add(number) }
        bytes.add(size)
        bytes.add(blur)
    }

    package var description: String {
        let part =
            "\(fixed(region.width, 2))x\(fixed(region.height, 2))+\(fixed(region.left, 2))+\(fixed(region.top, 2))"
        var text = "\(part) → \(size)"
        if orientation != .upright { text += ", turned upright from \(orientation.rawValue)" }
        if hasAlpha { text += ", alpha" }
        if blur > 0 { text += ", blurred \(fixed(blur, 1))" }
        if color != .sRGB { text += ", \(color.name)" }
        return text
    }

    package var json: [String: JSONValue] {
        [
            "size": original.json, "orientation": .int(orientation.rawValue), "hasAlpha": .flag(hasAlpha),
            "blur": .real(blur), "color": .string(color.name), "copy": size.json,
            "region": .object([
                "left": .real(region.left), "top": .real(region.top), "width": .real(region.width),
                "height": .real(region.height),
            ]),
        ]
    }
}

extension PictureColor {
    fileprivate func add(to bytes: inout CanonicalBytes) {
        switch self {
        case .sRGB: bytes.tag(0)
        case .profile: bytes.tag(1)
        case .primaries(let primaries, let transfer):
            bytes.tag(2)
            for number in primaries.xy { bytes.add(number) }
            switch transfer {
            case .gamma(let gamma): bytes.add(gamma)
            case .sRGB: bytes.add(-1)
            case .bt709: bytes.add(-2)
            }
        case .hdr(.pq): bytes.tag(3)
        case .hdr(.hlg): bytes.tag(4)
        }
    }
}
