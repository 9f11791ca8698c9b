// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A picture onto which layers are painted that libavfilter cannot lay over it: turned, shaped or blended ones.
final class PaintedRun {
    private let base: SpanRun
    private let painters: [LayerPainter]
    private unowned let composer: Composer

    init(_ base: SpanRun, _ painters: [LayerPainter], composer: Composer) {
        self.base = base
        self.painters = painters
        self.composer = composer
    }

    /// Returns the finished picture of a frame.
    func frame(at index: Int) throws(ComposeError) -> Frame {
        var layers: [LayerPainter.Layer] = []
        for painter in painters { layers += try composer.layers(painter, at: index) }
        let below = try base.frame(at: index)
        return layers.isEmpty ? below : try composer.painting(layers, onto: below)
    }
}
