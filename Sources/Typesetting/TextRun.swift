// SPDX-License-Identifier: Apache-2.0

/// A piece of text of one look.
package struct TextRun: Sendable, Hashable {
    package var text: String
    package var face: TextFace
    package var paint: TextPaint
    package var stroke: TextStroke?
    /// A box behind this run alone.
    package var box: TextBox?
    /// How much larger the run is drawn, about the middle of its own box; the layout does not change.
    package var scale: Double
    /// What the run's beginning is painted with instead, in reading direction.
    package var sweep: Sweep?

    /// A paint that has come some way through a run.
    package struct Sweep: Sendable, Hashable {
        package var paint: TextPaint
        /// How far it has come, 0…1 of the run's width.
        package var fraction: Double

        package init(paint: TextPaint, fraction: Double) {
            self.paint = paint
            self.fraction = fraction
        }
    }

    package init(
        _ text: String, face: TextFace, paint: TextPaint = .color(.white), stroke: TextStroke? = nil,
        box: TextBox? = nil, scale: Double = 1, sweep: Sweep? = nil
    ) {
        self.text = text
        self.face = face
        self.paint = paint
        self.stroke = stroke
        self.box = box
        self.scale = scale
        self.sweep = sweep
    }
}

/// A line around letters, of which only what is outside of them is seen; its joins are round.
package struct TextStroke: Sendable, Hashable {
    /// Pixels outside the letters.
    package var width: Double
    package var paint: TextPaint

    package init(width: Double, paint: TextPaint = .color(.black)) {
        self.width = width
        self.paint = paint
    }
}

/// A shadow of fills and strokes.
package struct TextShadow: Sendable, Hashable {
    package var x, y: Double
    /// As in CSS: the Gaussian's standard deviation is half of it.
    package var blur: Double
    package var color: TextColor

    package init(x: Double, y: Double, blur: Double, color: TextColor) {
        self.x = x
        self.y = y
        self.blur = blur
        self.color = color
    }
}

/// A box behind text.
package struct TextBox: Sendable, Hashable {
    package var paint: TextPaint
    package var paddingX, paddingY: Double
    package var radius: Double

    package init(paint: TextPaint, paddingX: Double = 0, paddingY: Double = 0, radius: Double = 0) {
        self.paint = paint
        self.paddingX = paddingX
        self.paddingY = paddingY
        self.radius = radius
    }
}
