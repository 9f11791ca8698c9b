// SPDX-License-Identifier: Apache-2.0

/// A change of a whole picture of the canvas.
///
/// Lengths are in pixels. Where its numbers are 0, or a scale is 1, it changes nothing.
package enum CanvasEffect: Sendable, Hashable {
    /// Grown and turned about the middle.
    case turn(CanvasTurn)
    /// A Gaussian blur with this standard deviation.
    case blur(Curve)
    /// The blur of a movement of this length to the sides.
    case streakAcross(Curve)
    /// The blur of a movement of this length up or down.
    case streakDown(Curve)
    /// The blur of growing: each pixel is drawn along this part, 0…1, of its way to the middle.
    case zoomStreak(Curve)
    /// The blur of a turn about the middle by this many degrees.
    case spinStreak(Curve)
    /// Squares of this size.
    case pixelate(Curve)
    /// Bands of rows moved aside with a strength of 0…1; the bands follow from the frames since `start`.
    case glitch(Curve, start: Int)

    /// Returns the effect with each of its curves changed.
    func mapped(_ change: (Curve) -> Curve) -> CanvasEffect {
        switch self {
        case .turn(let turn):
            .turn(CanvasTurn(scale: change(turn.scale), degrees: change(turn.degrees), edges: turn.edges))
        case .blur(let curve): .blur(change(curve))
        case .streakAcross(let curve): .streakAcross(change(curve))
        case .streakDown(let curve): .streakDown(change(curve))
        case .zoomStreak(let curve): .zoomStreak(change(curve))
        case .spinStreak(let curve): .spinStreak(change(curve))
        case .pixelate(let curve): .pixelate(change(curve))
        case .glitch(let curve, let start): .glitch(change(curve), start: start)
        }
    }

    /// The curves, each with its name and the value at which it changes nothing.
    var curves: [(name: String, curve: Curve, neutral: Double)] {
        switch self {
        case .turn(let turn): [("scale", turn.scale, 1), ("degrees", turn.degrees, 0)]
        case .blur(let curve): [("radius", curve, 0)]
        case .streakAcross(let curve), .streakDown(let curve): [("length", curve, 0)]
        case .zoomStreak(let curve): [("amount", curve, 0)]
        case .spinStreak(let curve): [("degrees", curve, 0)]
        case .pixelate(let curve): [("size", curve, 0)]
        case .glitch(let curve, _): [("strength", curve, 0)]
        }
    }

    /// The effect's name in a printed plan.
    var name: String {
        switch self {
        case .turn: "turn"
        case .blur: "blur"
        case .streakAcross: "streakAcross"
        case .streakDown: "streakDown"
        case .zoomStreak: "zoomStreak"
        case .spinStreak: "spinStreak"
        case .pixelate: "pixelate"
        case .glitch: "glitch"
        }
    }

    /// Returns whether the picture stays as it is at a frame.
    package func isIdentity(at frame: Int) -> Bool {
        curves.allSatisfy { $0.curve.value(at: frame) == $0.neutral }
    }

    /// Returns whether it does the same in all frames of a range.
    func isConstant(over frames: Range<Int>) -> Bool {
        // Bands change with every frame, unless nothing is moved.
        if case .glitch = self { return frames.count <= 1 || isIdentity(over: frames) }
        return curves.allSatisfy { $0.curve.isConstant(over: frames) }
    }

    /// Returns whether the picture stays as it is in all frames of a range.
    func isIdentity(over frames: Range<Int>) -> Bool {
        curves.allSatisfy { $0.curve.isConstant(over: frames) } && isIdentity(at: frames.lowerBound)
    }
}

/// A scale and a turn about the middle of the canvas.
package struct CanvasTurn: Sendable, Hashable {
    /// What is seen beyond the edges of the picture.
    package enum Edges: String, Sendable, Hashable { case mirrored, extended }

    package var scale: Curve = .constant(1)
    /// The turn, clockwise.
    package var degrees: Curve = .constant(0)
    package var edges: Edges = .mirrored
}
