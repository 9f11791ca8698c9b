// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

extension GradientClip: PlannedLayer {
    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
        let box = sources.box(of: visual)
        let visible = box.intersection(window.reach)
        guard !visible.isEmpty else { return [] }
        let bounds = visible.evenBounds
        let gradient = Gradient(
            stops: stops.map {
                Gradient.Stop(
                    at: $0.at, red: $0.color.red, green: $0.color.green, blue: $0.color.blue, alpha: $0.color.alpha)
            },
            geometry: shape.geometry(in: box.offset(x: -Double(bounds.x), y: -Double(bounds.y))))
        let source = GradientSource(
            gradient: gradient, copy: PixelSize(width: bounds.width, height: bounds.height),
            hasAlpha: stops.contains { $0.color.alpha < 255 })
        return [
            Draw(
                source: sources.index(of: source), view: .aligned(x: bounds.x, y: bounds.y), clip: visible,
                covers: !source.hasAlpha
                    && (!window.isAligned
                        || (sources.covers(visible)
                            && bounds
                                == PixelRectangle(
                                    x: 0, y: 0, width: source.copy.width, height: source.copy.height)
                            && source.copy == sources.canvas))
            )
        ]
    }
}

extension GradientClip.Shape {
    /// Returns the geometry of the gradient in a box.
    ///
    /// By CSS Images 3, sections 3.1.1 and 3.2.1, the line of a linear gradient has the length |w · sin a| + |h · cos
    /// a|.
    fileprivate func geometry(in box: Rectangle) -> Gradient.Geometry {
        switch self {
        case .linear(let angle):
            let radians = angle * .pi / 180
            let (right, up) = (sin(radians), cos(radians))
            let length = abs(box.width * right) + abs(box.height * up)
            let (x, y) = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
            return .linear(a: right / length, b: -up / length, c: 0.5 - (x * right - y * up) / length)
        case .radial(let circle):
            let (x, y) = (box.left + circle.x * box.width, box.top + circle.y * box.height)
            let radius: Double =
                switch circle.radius {
                case .pixels(let pixels): pixels
                case .percent(let percent): percent / 100 * min(box.width, box.height)
                case nil: hypot(max(x - box.left, box.right - x), max(y - box.top, box.bottom - y))
                }
            return .radial(x: x, y: y, radius: radius)
        }
    }
}
