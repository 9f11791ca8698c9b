// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension ProgressClip: PlannedLayer {
    func box(_ sources: SourceList) -> Rectangle { sources.box(of: placed) }

    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
        let visible = sources.box(of: placed).intersection(window.reach)
        guard !visible.isEmpty else { return [] }
        var draws: [Draw] = []
        if let background { draws.append(draw(background, in: visible, &sources)) }
        let from: Draw.Reveal.Edge =
            switch direction {
            case .right: .left
            case .left: .right
            case .down: .top
            case .up: .bottom
            }
        // Full in the last frame, and not in the one after it.
        let ramp = Ramp(frames: frames.lowerBound..<max(frames.lowerBound + 1, frames.upperBound - 1), easing: easing)
        draws.append(
            changed(draw(color, in: visible, &sources)) {
                $0.reveals = [
                    Draw.Reveal(from: from, amount: frames.count > 1 ? .ramp(from: 0, to: 1, ramp) : .constant(1))
                ]
            })
        return draws
    }

    private var placed: Visual {
        changed(visual) {
            $0.size = $0.size ?? BoxSize(width: .percent(100), height: .percent(1))
            $0.position = $0.position ?? .constant(Position(x: .percent(50), y: .percent(100)))
        }
    }

    private func draw(_ color: Color, in area: Rectangle, _ sources: inout SourceList) -> Draw {
        let bounds = area.evenBounds
        return Draw(
            source: sources.index(
                of: ColorSource(
                    color: YUVColor(red: color.red, green: color.green, blue: color.blue), alpha: Int(color.alpha))),
            view: .aligned(x: bounds.x, y: bounds.y), clip: area, covers: false)
    }
}
