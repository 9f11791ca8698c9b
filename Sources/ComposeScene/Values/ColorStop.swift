// SPDX-License-Identifier: Apache-2.0

/// A colour at a position along a gradient.
///
/// A value type; safe to share between threads.
public struct ColorStop: Sendable, Hashable {
    /// The position: 0 is the start of the gradient, 1 its end.
    public var at: Double
    /// The colour at the position.
    public var color: Color

    /// Creates a stop.
    public init(_ at: Double, _ color: Color) {
        self.at = at
        self.color = color
    }
}

extension Form<[ColorStop]> {
    static var stops: Form {
        let stop = ObjectForm(
            "stop", "A colour and its place along a gradient.", usual: ColorStop(0, .black),
            [
                .required("at", \.at, .fraction, "The place along the gradient; not before the stop before it."),
                .required("color", \.color, .color, "The colour there."),
            ])
        return Form.list("an array of stops", of: stop.form, least: 2, most: 16) { stops in
            { index, report in
                guard index > 0, stops[index].at < stops[index - 1].at else { return }
                report.add(
                    "\(shortest(stops[index].at)) is before the stop before it (\(shortest(stops[index - 1].at))); "
                        + "order stops by their place",
                    at: .field("at"))
            }
        }.checked { stops, report in
            if !(2...16).contains(stops.count) {
                report.add("a gradient has 2…16 stops, and there \(stops.count == 1 ? "is" : "are") \(stops.count)")
            }
        }
    }
}
