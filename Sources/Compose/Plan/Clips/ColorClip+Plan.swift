// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension ColorClip: PlannedLayer {
    func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
        let visible = sources.box(of: visual).intersection(window.reach)
        guard !visible.isEmpty else { return [] }
        let yuv = YUVColor(red: color.red, green: color.green, blue: color.blue)
        let bounds = visible.evenBounds
        return [
            Draw(
                source: sources.index(of: ColorSource(color: yuv, alpha: Int(color.alpha))),
                view: .aligned(x: bounds.x, y: bounds.y), clip: visible,
                covers: color.alpha == 255 && (!window.isAligned || sources.covers(visible)))
        ]
    }
}
