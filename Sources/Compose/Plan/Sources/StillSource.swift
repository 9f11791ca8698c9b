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
    package var copy: PictureCopy

    package var file: String? { src }
    package var fileFingerprint: FileFingerprint? { fingerprint }
    package var bytes: Int { copy.bytes }

    package func mark(_ hash: inout StableHash) {
        hash.add(src)
        hash.add(copy.size.width)
        hash.add(Int(copy.region.left * 16))
        hash.add(Int(copy.region.width * 16))
    }

    package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(1)
        bytes.add(contents)
        bytes.add(format.rawValue)
        copy.add(to: &bytes)
    }

    package var description: String {
        "still \(src): \(format.rawValue) \(copy.original), \(copy), \(format.colour) → BT.709 limited 4:2:0, \(fixed(Double(bytes) / 1e6, 1)) MB"
    }

    package var json: [String: JSONValue] {
        var members = copy.json
        members["kind"] = .string("still")
        members["src"] = .string(src)
        members["format"] = .string(format.rawValue)
        members["bytes"] = .int(bytes)
        return members
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
