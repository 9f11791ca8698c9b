// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A picture file, with the region and the size that a plan needs a copy of.
///
/// It is decoded, rotated upright, converted and scaled once.
package struct StillSource: PictureSource {
    /// The file's path as written in the edit.
    package var src: String
    /// The file's fingerprint when the plan was made.
    package var fingerprint: FileFingerprint
    package var format: ImageHeader.Format
    /// The size of the upright picture in pixels.
    package var size: PixelSize
    package var orientation: ImageHeader.Orientation
    package var hasAlpha: Bool
    /// The colour space of the file's pixels.
    package var color: PictureColor
    /// The region of the upright picture that the copy holds, in its pixels.
    package var region: Picture.Region
    /// The size of the copy in pixels; both sides are even.
    package var copy: PixelSize
    /// The standard deviation of the copy's blur, in pixels of the copy; 0 for none.
    package var blur: Double

    package var file: String? { src }
    package var fileFingerprint: FileFingerprint? { fingerprint }
    package var bytes: Int { copy.width * copy.height * (hasAlpha ? 5 : 3) / 2 }

    package func mark(_ hash: inout StableHash) {
        hash.add(src)
        hash.add(copy.width)
        hash.add(Int(region.left * 16))
        hash.add(Int(region.width * 16))
    }

    package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(1)
        bytes.add(contents)
        bytes.add(format.rawValue)
        bytes.add(size)
        bytes.add(orientation.rawValue)
        bytes.add(hasAlpha)
        color.add(to: &bytes)
        for number in [region.left, region.top, region.width, region.height] { bytes.add(number) }
        bytes.add(copy)
        bytes.add(blur)
    }

    package var description: String {
        let part =
            "\(fixed(region.width, 2))x\(fixed(region.height, 2))+\(fixed(region.left, 2))+\(fixed(region.top, 2))"
        var text = "still \(src): \(format.rawValue) \(size), \(part) → \(copy)"
        if orientation != .upright { text += ", turned upright from \(orientation.rawValue)" }
        if hasAlpha { text += ", alpha" }
        if blur > 0 { text += ", blurred \(fixed(blur, 1))" }
        if color != .sRGB { text += ", \(color.name)" }
        return text + ", \(format.colour) → BT.709 limited 4:2:0, \(fixed(Double(bytes) / 1e6, 1)) MB"
    }

    package var json: [String: JSONValue] {
        [
            "kind": .string("still"), "src": .string(src), "format": .string(format.rawValue), "size": size.json,
            "orientation": .int(orientation.rawValue), "hasAlpha": .flag(hasAlpha), "blur": .real(blur),
            "color": .string(color.name),
            "copy": copy.json, "bytes": .int(bytes),
            "region": .object([
                "left": .real(region.left), "top": .real(region.top), "width": .real(region.width),
                "height": .real(region.height),
            ]),
        ]
    }
}

extension ImageHeader.Format {
    /// The colour space of the file's values, which its format determines.
    fileprivate var colour: String {
        switch self {
        case .jpeg: "BT.601 full"
        case .webp: "BT.601 limited or sRGB"
        case .png, .gif, .tiff, .bmp, .svg, .heif: "sRGB"
        }
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
        }
    }
}
