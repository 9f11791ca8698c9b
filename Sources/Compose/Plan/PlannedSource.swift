// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A source of pictures, with everything needed to make them.
package enum PlannedSource: Sendable, Hashable {
    /// A picture file, which is decoded, rotated upright, converted and scaled once.
    case still(StillSource)
    /// One colour; `alpha` is 0…255.
    case color(YUVColor, alpha: Int)
    /// A gradient, drawn once.
    case gradient(GradientSource)

    /// Adds the values that distinguish the source from most others.
    func mark(_ hash: inout StableHash) {
        switch self {
        case .still(let still):
            hash.add(still.src)
            hash.add(still.copy.width)
            hash.add(Int(still.region.left * 16))
            hash.add(Int(still.region.width * 16))
        case .color(let color, let alpha): for part in [color.y, color.u, color.v, alpha] { hash.add(part) }
        case .gradient(let gradient):
            for stop in gradient.gradient.stops {
                for part in [stop.red, stop.green, stop.blue, stop.alpha] { hash.add(Int(part)) }
            }
        }
    }

    /// The file's path as written in the edit; `nil` if the source has no file.
    package var file: String? {
        switch self {
        case .still(let still): still.src
        case .color, .gradient: nil
        }
    }

    /// Whether the picture is made once and kept; other sources are drawn where they are needed.
    var hasCopy: Bool {
        switch self {
        case .still, .gradient: true
        case .color: false
        }
    }

    /// The memory of the source's pixels while it is in use, in bytes.
    package var bytes: Int {
        switch self {
        case .still(let still): still.bytes
        case .color: 0
        case .gradient(let gradient): gradient.copy.width * gradient.copy.height * (gradient.hasAlpha ? 5 : 3) / 2
        }
    }
}

/// A picture file, with the region and the size that a plan needs a copy of.
package struct StillSource: Sendable, Hashable {
    /// The file's path as written in the edit.
    package var src: String
    /// The file's fingerprint when the plan was made.
    package var fingerprint: FileFingerprint
    package var format: ImageHeader.Format
    /// The size of the upright picture in pixels.
    package var size: PixelSize
    package var orientation: ImageHeader.Orientation
    package var hasAlpha: Bool
    /// The region of the upright picture that the copy holds, in its pixels.
    package var region: Picture.Region
    /// The size of the copy in pixels; both sides are even.
    package var copy: PixelSize
    /// The standard deviation of the copy's blur, in pixels of the copy; 0 for none.
    package var blur: Double

    /// The memory of the copy's pixels in bytes.
    var bytes: Int { copy.width * copy.height * (hasAlpha ? 5 : 3) / 2 }
}

/// A gradient, with the size and the format that a plan needs it in.
package struct GradientSource: Sendable, Hashable {
    package var gradient: Gradient
    /// The size of the copy in pixels; both sides are even.
    package var copy: PixelSize
    package var hasAlpha: Bool
}
