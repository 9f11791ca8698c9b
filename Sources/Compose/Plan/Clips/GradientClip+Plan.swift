// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

extension GradientClip: PlannedLayer {
    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
        let box = sources.box(of: visual)
        let visible = box.intersection(window.reach)
        guard !visible.isEmpty else { return [] }
        let bounds = visible.evenBounds
        let step = step(over: bounds, in: window, sources.canvas)
        func side(_ length: Int) -> Int { Int((Double(length) / step / 2).rounded(.up)) * 2 }
        let copy = PixelSize(width: side(bounds.width), height: side(bounds.height))
        let (left, top) = (Double(bounds.x), Double(bounds.y))
        let gradient = Gradient(
            stops: stops.map {
                Gradient.Stop(
                    at: $0.at, red: $0.color.red, green: $0.color.green, blue: $0.color.blue, alpha: $0.color.alpha)
            },
            geometry: shape.geometry(
                in: Rectangle(
                    left: (box.left - left) / step, top: (box.top - top) / step, right: (box.right - left) / step,
                    bottom: (box.bottom - top) / step), step: step))
        let source = GradientSource(
            gradient: gradient, copy: copy, hasAlpha: stops.contains { $0.color.alpha < 255 })
        let area = Rectangle(
            left: left, top: top, right: left + Double(copy.width) * step, bottom: top + Double(copy.height) * step)
        return [
            Draw(
                source: sources.index(of: source),
                view: step == 1 ? .aligned(x: bounds.x, y: bounds.y) : .placed(area, copy: copy), clip: visible,
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

    /// Returns how many pixels of the canvas at rest a pixel of the copy stands for, at least 1.
    ///
    /// A layer that is shrunk needs no more pixels than are seen, and a box may be a hundred times the canvas.
    private func step(over bounds: PixelRectangle, in window: LayerWindow, _ canvas: PixelSize) -> Double {
        guard !window.isAligned else { return 1 }
        let seen = min(0.5 / max(window.density.x, 1e-6), 0.5 / max(window.density.y, 1e-6))
        let most = Double(max(4096, 4 * canvas.width, 4 * canvas.height))
        return max(1, seen, Double(max(bounds.width, bounds.height)) / most)
    }
}

extension GradientClip.Shape {
    /// Returns the geometry of the gradient in a box, whose pixels stand for `step` of the canvas each.
    ///
    /// By CSS Images 3, sections 3.1.1 and 3.2.1, the line of a linear gradient has the length |w · sin a| + |h · cos
    /// a|.
    fileprivate func geometry(in box: Rectangle, step: Double) -> Gradient.Geometry {
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
                case .pixels(let pixels): pixels / step
                case .percent(let percent): percent / 100 * min(box.width, box.height)
                case nil: hypot(max(x - box.left, box.right - x), max(y - box.top, box.bottom - y))
                }
            return .radial(x: x, y: y, radius: radius)
        }
    }
}
