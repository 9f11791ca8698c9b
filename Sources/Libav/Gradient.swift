// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A gradient of colours over a frame.
package struct Gradient: Sendable, Hashable {
    /// A colour at a place 0…1 of the gradient: sRGB with straight alpha.
    package struct Stop: Sendable, Hashable {
        package var at: Double
        package var red, green, blue, alpha: UInt8

        package init(at: Double, red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8) {
            self.at = at
            self.red = red
            self.green = green
            self.blue = blue
            self.alpha = alpha
        }
    }

    /// How the gradient runs, in pixels of the frame, whose first pixel's centre is (0.5, 0.5).
    package enum Geometry: Sendable, Hashable {
        /// Pixel (x, y) is `a` · x + `b` · y + `c` of the way.
        case linear(a: Double, b: Double, c: Double)
        /// A pixel is its distance from the centre, divided by the radius, of the way.
        case radial(x: Double, y: Double, radius: Double)
    }

    /// The colours in order; 1…16.
    package var stops: [Stop]
    package var geometry: Geometry

    package init(stops: [Stop], geometry: Geometry) {
        self.stops = stops
        self.geometry = geometry
    }

    /// Draws the gradient over a whole frame, dithered; an alpha frame becomes premultiplied.
    package func draw(into frame: Frame) throws(LibavError) {
        var gradient = cfs_gradient()
        guard stops.count <= Int(CFS_MOST_STOPS) else { throw LibavError("draw gradient", status: -22) }
        gradient.count = Int32(stops.count)
        unsafe withUnsafeMutableBytes(of: &gradient.stops) { bytes in
            let slots = unsafe bytes.assumingMemoryBound(to: cfs_stop.self)
            for (index, stop) in stops.enumerated() {
                unsafe slots[index] = cfs_stop(
                    at: stop.at, red: stop.red, green: stop.green, blue: stop.blue, alpha: stop.alpha)
            }
        }
        switch geometry {
        case .linear(let a, let b, let c): (gradient.radial, gradient.a, gradient.b, gradient.c) = (0, a, b, c)
        case .radial(let x, let y, let radius):
            (gradient.radial, gradient.a, gradient.b, gradient.c) = (1, x, y, radius)
        }
        try check("draw gradient") { unsafe cfs_gradient_draw(&gradient, frame.pointer) }
    }
}
