// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A gradient, with the size and the format that a plan needs it in; it is drawn once.
package struct GradientSource: PictureSource {
    package var gradient: Gradient
    /// The size of the copy in pixels; both sides are even.
    package var copy: PixelSize
    package var hasAlpha: Bool

    package var bytes: Int { copy.width * copy.height * (hasAlpha ? 5 : 3) / 2 }

    package func mark(_ hash: inout StableHash) {
        for stop in gradient.stops {
            for part in [stop.red, stop.green, stop.blue, stop.alpha] { hash.add(Int(part)) }
        }
    }

    package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(2)
        bytes.add(gradient.stops.count)
        for stop in gradient.stops {
            bytes.add(stop.at)
            for channel in [stop.red, stop.green, stop.blue, stop.alpha] { bytes.tag(channel) }
        }
        switch gradient.geometry {
        case .linear(let a, let b, let c):
            bytes.tag(0)
            for number in [a, b, c] { bytes.add(number) }
        case .radial(let x, let y, let radius):
            bytes.tag(1)
            for number in [x, y, radius] { bytes.add(number) }
        }
        bytes.add(copy)
        bytes.add(hasAlpha)
    }

    package var description: String {
        let shape = if case .linear = gradient.geometry { "linear" } else { "radial" }
        return "gradient \(shape) of \(gradient.stops.count) stops \(copy)" + (hasAlpha ? ", alpha" : "")
            + ", dithered, \(fixed(Double(bytes) / 1e6, 1)) MB"
    }

    package var json: [String: JSONValue] {
        let stops = gradient.stops.map { stop in
            JSONValue.object([
                "at": .real(stop.at),
                "color": .string(
                    Color(red: stop.red, green: stop.green, blue: stop.blue, alpha: stop.alpha).description),
            ])
        }
        return [
            "kind": .string("gradient"), "copy": copy.json, "hasAlpha": .flag(hasAlpha), "stops": .array(stops),
            "geometry": gradient.geometry.json, "bytes": .int(bytes),
        ]
    }
}

extension Gradient.Geometry {
    /// The place of a pixel along the gradient, as a formula's coefficients in pixels of the copy.
    fileprivate var json: JSONValue {
        switch self {
        case .linear(let a, let b, let c): .object(["x": .real(a), "y": .real(b), "offset": .real(c)])
        case .radial(let x, let y, let radius):
            .object(["centerX": .real(x), "centerY": .real(y), "radius": .real(radius)])
        }
    }
}
