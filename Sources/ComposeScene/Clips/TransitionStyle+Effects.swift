// SPDX-License-Identifier: Apache-2.0

/// The transitions that change whole pictures.
extension Transition.Style {
    /// Returns a zoom: the first picture grows, or shrinks, and fades into the second, which does the same.
    public static func zoom(_ zoom: Transition.Zoom) -> Self {
        Self(
            "zoom" + zoom.rawValue, .effect(.zoom(zoom)),
            zoom == .in
                ? "The first picture grows and fades into the second, which grows to its size."
                : "The first picture shrinks and fades into the second, which shrinks to its size.")
    }
    /// Returns a faster zoom, blurred by its own movement.
    public static func zoomBlur(_ zoom: Transition.Zoom) -> Self {
        Self(
            "zoomBlur" + zoom.rawValue, .effect(.zoomBlur(zoom)),
            zoom == .in
                ? "A flight into the middle of the first picture and on into the second, blurred by its speed."
                : "A flight backwards out of the first picture and out of the second, blurred by its speed.")
    }
    /// Returns a spin: both pictures turn by a quarter, blurred by their speed.
    public static func spin(_ turn: Transition.Turn) -> Self {
        Self(
            "spin" + turn.rawValue, .effect(.spin(turn)),
            "Both pictures turn by a quarter, \(turn == .right ? "clockwise" : "anticlockwise"), blurred by their speed."
        )
    }
    /// Returns a whip: the second picture pushes the first out at a speed that blurs both.
    public static func whip(_ direction: Transition.Direction) -> Self {
        Self(
            "whip" + direction.rawValue, .effect(.whip(direction)),
            "The second picture pushes the first out that way, so fast that both blur.")
    }
    /// The first picture blurs into the second, which becomes sharp.
    public static let blur = Self(
        "blur", .effect(.blur), "The first picture blurs and fades into the second, which becomes sharp.")
    /// The first picture turns into squares, and these into the second picture.
    public static let pixelate = Self(
        "pixelate", .effect(.pixelate), "Squares that grow out of the first picture and shrink into the second.")
    /// Bands of the picture jump aside, and the pictures change place among them.
    public static let glitch = Self(
        "glitch", .effect(.glitch), "Bands of the picture jump aside, and with them the second one comes.")

    /// All styles of this file.
    static let effects: [Self] =
        Transition.Zoom.allCases.map(zoom) + Transition.Zoom.allCases.map(zoomBlur) + Transition.Turn.allCases.map(spin)
        + Transition.Direction.allCases.map(whip) + [.blur, .pixelate, .glitch]
}
