// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A slow move over a still picture, known as the Ken Burns effect.
///
/// The picture is fitted into its box, then enlarged by `zoom`, then moved so that the point at the fraction (`x`, `y`)
/// of the picture lies at the same fraction of the box, as with CSS's `object-position`. A point that is the same at
/// both ends therefore does not move, and the edges of a picture that covers its box never become visible. The zoom is
/// interpolated on a log scale, so that its speed looks constant; positions have subpixel precision. A value type; safe
/// to share between threads.
public struct Motion: Sendable, Hashable {
    /// The view of a picture at one end of a move.
    ///
    /// A value type; safe to share between threads.
    public struct View: Sendable, Hashable {
        /// The enlargement of the fitted picture, 1…100.
        public var zoom: Double
        /// The fixed point of the zoom, as a fraction 0…1 of the picture's width.
        public var x: Double
        /// The fixed point of the zoom, as a fraction 0…1 of the picture's height.
        public var y: Double

        /// Creates a view; by default of the whole picture.
        public init(zoom: Double = 1, x: Double = 0.5, y: Double = 0.5) {
            self.zoom = zoom
            self.x = x
            self.y = y
        }
    }

    /// The view at the clip's first frame.
    public var from: View
    /// The view that would follow the clip's last frame.
    public var to: View
    /// The easing of the move.
    public var easing: Easing

    /// Creates a move between two views that lasts as long as the clip.
    public init(from: View = View(), to: View = View(), easing: Easing = .linear) {
        self.from = from
        self.to = to
        self.easing = easing
    }

    /// Returns the zoom at an eased progress, interpolated on a log scale.
    package func zoom(at eased: Double) -> Double { zoomCurve(eased) }

    /// The function ``zoom(at:)`` for many calls: the logarithms are computed once.
    package var zoomCurve: (_ eased: Double) -> Double {
        if from.zoom == to.zoom { return { [zoom = from.zoom] _ in zoom } }
        let (start, end) = (log(from.zoom), log(to.zoom))
        return { exp(start + (end - start) * $0) }
    }

    /// Returns a move that zooms in to `zoom`, 1…100, around a point.
    public static func zoom(to zoom: Double, x: Double = 0.5, y: Double = 0.5, easing: Easing = .linear) -> Motion {
        Motion(from: View(zoom: 1, x: x, y: y), to: View(zoom: zoom, x: x, y: y), easing: easing)
    }

    /// Returns a move that zooms out from `zoom`, 1…100, to the whole picture.
    public static func zoom(from zoom: Double, x: Double = 0.5, y: Double = 0.5, easing: Easing = .linear) -> Motion {
        Motion(from: View(zoom: zoom, x: x, y: y), to: View(zoom: 1, x: x, y: y), easing: easing)
    }

    /// Returns a move between two points of the picture at a constant `zoom`, 1…100.
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
