// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension ColorClip: PlannedLayer {
    var hasKeyframes: Bool { visual.mayHaveKeyframes || color.isAnimated }

    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
        let visible = sources.box(of: visual).intersection(window.reach)
        guard !visible.isEmpty else { return [] }
        let bounds = visible.evenBounds
        return [
            Draw(
                source: source(over: frames, &sources),
                view: .aligned(x: bounds.x, y: bounds.y), clip: visible,
                covers: color.values.allSatisfy { $0.alpha == 255 } && (!window.isAligned || sources.covers(visible)))
        ]
    }

    private func source(over frames: Range<Int>, _ sources: inout SourceList) -> Int {
        if case .constant(let color) = color {
            return sources.index(of: ColorSource(color: YUVColor(color), alpha: Int(color.alpha)))
        }
        let curves = ClipCurves(0..<frames.count, sources.rate, sources.canvas)
        return sources.index(of: AnimatedColorSource(colors: curves.curve(color)), start: frames.lowerBound)
    }
}
