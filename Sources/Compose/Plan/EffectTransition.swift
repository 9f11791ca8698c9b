// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A transition that changes the whole pictures that it joins.
///
/// What it shows at its first frame is the first picture as it is, and at the frame after its last one the second.
struct EffectTransition {
    let ramp: Ramp
    let canvas: PixelSize
    /// What is seen where a picture that is small or turned does not reach.
    let edges: CanvasTurn.Edges

    /// Returns the way from one picture to another; `push` returns that in which the clips move by themselves.
    func join(
        _ first: Composition, _ second: Composition, by effect: Transition.Effect,
        push: (Transition.Direction) -> Composition
    ) -> Composition {
        let shorter = Double(min(canvas.width, canvas.height))
        switch effect {
        case .zoom(let zoom): return zoomed(first, second, zoom, by: 1.6)
        case .zoomBlur(let zoom):
            return .effect(zoomed(first, second, zoom, by: 3), .zoomStreak(pulse(0.35)))
        case .spin(let turn):
            let quarter: Double = turn == .right ? 90 : -90
            return .effect(
                cross(
                    turned(first, degrees: way(from: 0, to: quarter)),
                    turned(second, degrees: way(from: -quarter, to: 0)), .cross),
                .spinStreak(pulse(turn == .right ? 24 : -24)))
        case .whip(let direction):
            let sideways = direction == .left || direction == .right
            return .effect(
                push(direction),
                sideways
                    ? .streakAcross(pulse(0.3 * Double(canvas.width)))
                    : .streakDown(pulse(0.3 * Double(canvas.height))))
        case .blur: return .effect(cross(first, second, .smooth), .blur(pulse(shorter / 24)))
        case .pixelate: return .effect(cross(first, second, .cross), .pixelate(pulse(shorter / 12)))
        case .glitch:
            // The second picture comes in squares: it is not meant to look smooth.
            return .effect(
                cross(first, second, .cross, by: .shape(.tiles)), .glitch(pulse(1), start: ramp.frames.lowerBound))
        }
    }

    private func pulse(_ height: Double) -> Curve { .bent(from: 0, to: height, .pulse, ramp) }
    private func way(from: Double, to: Double) -> Curve { .bent(from: from, to: to, .smooth, ramp) }

    private func cross(
        _ first: Composition, _ second: Composition, _ bend: Bend, by map: Mask.Map = .flat
    ) -> Composition {
        .merge(
            from: first, to: second,
            Mask(map: map, softness: map == .flat ? 0 : 0.1, amount: .bent(from: 0, to: 1, bend, ramp)))
    }

    private func turned(
        _ picture: Composition, scale: Curve = .constant(1), degrees: Curve = .constant(0)
    ) -> Composition {
        .effect(picture, .turn(CanvasTurn(scale: scale, degrees: degrees, edges: edges)))
    }

    /// Returns two pictures of which the second always has the first one's size, divided by `factor`, and shrinking likewise.
    private func zoomed(
        _ first: Composition, _ second: Composition, _ zoom: Transition.Zoom, by factor: Double
    ) -> Composition {
        switch zoom {
        case .in:
            cross(
                turned(first, scale: way(from: 1, to: factor)),
                turned(second, scale: way(from: 1 / factor, to: 1)), .cross)
        case .out:
            cross(
                turned(first, scale: way(from: 1, to: 1 / factor)),
                turned(second, scale: way(from: factor, to: 1)), .cross)
        }
    }
}

extension Transition.Family {
    /// Whether the clips themselves move, beyond the edges of the canvas.
    var movesClips: Bool {
        switch self {
        case .slide, .effect(.whip): true
        default: false
        }
    }
}
