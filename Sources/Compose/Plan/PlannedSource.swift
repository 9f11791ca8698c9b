// SPDX-License-Identifier: Apache-2.0

package import Libav

/// Something that makes pictures for a plan, with all that is needed to make them.
package enum PlannedSource: Sendable, Hashable {
    /// A picture file, decoded, turned upright, converted and shrunk once.
    case still(StillSource)
    /// One colour; `alpha` is 0…255.
    case color(YUVColor, alpha: Int)
    /// A gradient, drawn once.
    case gradient(GradientSource)

    /// Adds what tells it from most others.
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

    /// The file it is made of, as the edit says it; `nil` if it is made of none.
    package var file: String? {
        switch self {
        case .still(let still): still.src
        case .color, .gradient: nil
        }
    }

    /// Whether it is a picture that is made once and kept; what is not is drawn where it is needed.
    var hasCopy: Bool {
        switch self {
        case .still, .gradient: true
        case .color: false
        }
    }

    /// Bytes its pixels take while it is in use.
    package var bytes: Int {
        switch self {
        case .still(let still): still.bytes
        case .color: 0
        case .gradient(let gradient): gradient.copy.width * gradient.copy.height * (gradient.hasAlpha ? 5 : 3) / 2
        }
    }
}

/// A picture file, and the part and size of it that a plan needs: its copy.
package struct StillSource: Sendable, Hashable {
    /// The path as the edit says it.
    package var src: String
    /// The file's state when the plan was made.
    package var fingerprint: FileFingerprint
    package var format: ImageHeader.Format
    /// The upright picture's size.
    package var size: PixelSize
    package var orientation: ImageHeader.Orientation
    package var hasAlpha: Bool
    /// The part of the upright picture that the copy holds, in its pixels.
    package var region: Picture.Region
    /// The copy's size; both sides even.
    package var copy: PixelSize
    /// Standard deviation of a blur over the copy, in its pixels; 0 for none.
    package var blur: Double

    /// Bytes the copy's pixels take.
    var bytes: Int { copy.width * copy.height * (hasAlpha ? 5 : 3) / 2 }
}

/// A gradient, and the size and format that a plan needs it in.
package struct GradientSource: Sendable, Hashable {
    package var gradient: Gradient
    /// The copy's size; both sides even.
    package var copy: PixelSize
    package var hasAlpha: Bool
}
