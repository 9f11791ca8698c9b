// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A slow move over a still picture, known as the Ken Burns effect.
///
/// The picture is first fitted into its box, then enlarged by `zoom`, then slid so that the point at the fraction
/// (`x`, `y`) of the picture lies at the same fraction of the box, which is how CSS's `object-position` works. A point that
/// is named by both ends therefore does not move at all, and no edge of a picture that covers its box ever comes into view.
/// Zoom is interpolated on a log scale, so that it looks even; positions are exact to a small part of a pixel.
public struct Motion: Sendable, Hashable {
    /// One end of a move.
    public struct View: Sendable, Hashable {
        /// Enlargement of the fitted picture; at least 1.
        public var zoom: Double
        /// The point that stays put, as a fraction 0…1 of the picture's width.
        public var x: Double
        /// The point that stays put, as a fraction 0…1 of the picture's height.
        public var y: Double

        /// A view of a picture.
        public init(zoom: Double = 1, x: Double = 0.5, y: Double = 0.5) {
            self.zoom = zoom
            self.x = x
            self.y = y
        }
    }

    /// The view at the clip's first frame.
    public var from: View
    /// The view reached by the frame after the clip's last.
    public var to: View
    /// The way from one to the other.
    public var easing: Easing

    /// A move from one view to another over the whole clip.
    public init(from: View = View(), to: View = View(), easing: Easing = .linear) {
        self.from = from
        self.to = to
        self.easing = easing
    }

    /// The enlargement at an eased progress, interpolated on a log scale.
    package func zoom(at eased: Double) -> Double { zoomCurve(eased) }

    /// The same for many places: logarithms are taken once.
    package var zoomCurve: (_ eased: Double) -> Double {
        if from.zoom == to.zoom { return { [zoom = from.zoom] _ in zoom } }
        let (start, end) = (log(from.zoom), log(to.zoom))
        return { exp(start + (end - start) * $0) }
    }

    /// Enlarges to `zoom` (at least 1) around a point.
    public static func zoom(to zoom: Double, x: Double = 0.5, y: Double = 0.5, easing: Easing = .linear) -> Motion {
        Motion(from: View(zoom: 1, x: x, y: y), to: View(zoom: zoom, x: x, y: y), easing: easing)
    }

    /// Starts at `zoom` (at least 1) and draws back to the whole picture.
    public static func zoom(from zoom: Double, x: Double = 0.5, y: Double = 0.5, easing: Easing = .linear) -> Motion {
        Motion(from: View(zoom: zoom, x: x, y: y), to: View(zoom: 1, x: x, y: y), easing: easing)
    }

    /// Slides from one point of the picture to another at a constant `zoom`.
    public static func pan(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), zoom: Double = 1, easing: Easing = .linear
    ) -> Motion {
        Motion(
            from: View(zoom: zoom, x: start.x, y: start.y), to: View(zoom: zoom, x: end.x, y: end.y), easing: easing)
    }
}

extension Motion {
    static let form = ObjectForm(
        "motion", "A slow move over a still picture.", usual: Motion(),
        [
            .optional("from", \.from, View.form.form, "The view at the clip's first frame."),
            .optional("to", \.to, View.form.form, "The view reached after the clip's last frame."),
            .optional("easing", \.easing, .easing, "The way from one to the other."),
        ])
}

extension Motion.View {
    static let form = ObjectForm(
        "view", "A view of a picture.", usual: Motion.View(),
        [
            .optional("zoom", \.zoom, .number(1...100), "Enlargement of the fitted picture."),
            .optional("x", \.x, .fraction, "The point that stays put, as a fraction of the picture's width."),
            .optional("y", \.y, .fraction, "The point that stays put, as a fraction of the picture's height."),
        ])
}
