// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// The outline of a layer in local coordinates: a box with round corners, the part of it that the picture covers, and a border.
package struct LayerShape: Sendable, Hashable {
    /// Radii of a box's corners; too large ones are reduced together, as in CSS.
    package struct Corners: Sendable, Hashable {
        package var leftTop, rightTop, rightBottom, leftBottom: Double

        package init(leftTop: Double, rightTop: Double, rightBottom: Double, leftBottom: Double) {
            self.leftTop = leftTop
            self.rightTop = rightTop
            self.rightBottom = rightBottom
            self.leftBottom = leftBottom
        }

        package static let sharp = Corners(leftTop: 0, rightTop: 0, rightBottom: 0, leftBottom: 0)
    }

    /// A line along the inside of a box's edge.
    package struct Border: Sendable, Hashable {
        package var width: Double
        package var color: YUVColor
        /// Straight, 0…255.
        package var alpha: Int

        package init(width: Double, color: YUVColor, alpha: Int = 255) {
            self.width = width
            self.color = color
            self.alpha = alpha
        }
    }

    package var box: Box
    package var corners: Corners
    package var content: Box
    package var border: Border?

    package init(box: Box, corners: Corners = .sharp, content: Box? = nil, border: Border? = nil) {
        self.box = box
        self.corners = corners
        self.content = content ?? box
        self.border = border
    }
}

/// The shadow of a layer.
package struct LayerShadow: Sendable, Hashable {
    /// From the layer's first pixel in the target to that of its shadow.
    package var x, y: Double
    /// The Gaussian's standard deviation in pixels, 0…1000.
    package var sigma: Double
    /// By how many pixels the outline grows, −200…200.
    package var spread: Double
    package var color: YUVColor
    /// Straight, 0…255.
    package var alpha: Int

    package init(x: Double, y: Double, sigma: Double, spread: Double = 0, color: YUVColor, alpha: Int = 255) {
        self.x = x
        self.y = y
        self.sigma = sigma
        self.spread = spread
        self.color = color
        self.alpha = alpha
    }
}

/// How a layer's colours are mixed with those below it.
package enum LayerBlend: String, Sendable, Hashable, Codable, CaseIterable {
    case normal, multiply, screen, overlay, darken, lighten, add, subtract, difference
    case softLight, hardLight, colorDodge, colorBurn

    fileprivate var code: cfs_blend {
        switch self {
        case .normal: CFS_NORMAL
        case .multiply: CFS_MULTIPLY
        case .screen: CFS_SCREEN
        case .overlay: CFS_OVERLAY
        case .darken: CFS_DARKEN
        case .lighten: CFS_LIGHTEN
        case .add: CFS_ADD
        case .subtract: CFS_SUBTRACT
        case .difference: CFS_DIFFERENCE
        case .softLight: CFS_SOFT_LIGHT
        case .hardLight: CFS_HARD_LIGHT
        case .colorDodge: CFS_COLOR_DODGE
        case .colorBurn: CFS_COLOR_BURN
        }
    }
}

extension Frame {
    /// What a picture's own alpha is before it becomes a layer's.
    package enum AlphaKind: Sendable, Hashable {
        /// Taken as solid everywhere.
        case solid
        /// Colours have been multiplied by it, and become straight.
        case premultiplied
        /// Colours have not been multiplied by it.
        case straight
    }

    /// Turns a picture into a layer by a shape, to whose coordinates `map` leads from luma pixels.
    ///
    /// The frame has alpha. Colours become straight, and alpha is multiplied by the coverage and by `opacity`, 0…1.
    package func shape(_ kind: AlphaKind, by shape: LayerShape, map: Affine, opacity: Double) throws(LibavError) {
        let alpha =
            switch kind {
            case .solid: CFS_ALPHA_SOLID
            case .premultiplied: CFS_ALPHA_PREMULTIPLIED
            case .straight: CFS_ALPHA_STRAIGHT
            }
        let border = shape.border ?? LayerShape.Border(width: 0, color: .black, alpha: 0)
        var value = cfs_shape()
        value.box = shape.box.value
        value.content = shape.content.value
        value.radii = (
            shape.corners.leftTop, shape.corners.rightTop, shape.corners.rightBottom, shape.corners.leftBottom
        )
        value.border = border.width
        (value.y, value.u, value.v) = (Int32(border.color.y), Int32(border.color.u), Int32(border.color.v))
        value.alpha = Int32(border.alpha)
        try check("shape layer") { unsafe cfs_layer_shape(pointer, alpha, map.value, &value, opacity) }
    }

    /// Draws the shadow of a layer, drawn under the layer too, into all of this frame, which has alpha and any size.
    package func drawShadow(of layer: Frame, _ shadow: LayerShadow) throws(LibavError) {
        var value = cfs_shadow()
        (value.dx, value.dy, value.sigma, value.spread) = (shadow.x, shadow.y, shadow.sigma, shadow.spread)
        (value.y, value.u, value.v) = (Int32(shadow.color.y), Int32(shadow.color.u), Int32(shadow.color.v))
        value.alpha = Int32(shadow.alpha)
        try check("draw shadow") { unsafe cfs_layer_shadow(layer.pointer, pointer, &value) }
    }

    /// Lays a layer with straight alpha over this opaque picture, at an even position, which may be outside.
    package func paint(_ layer: Frame, x: Int, y: Int, _ blend: LayerBlend = .normal) throws(LibavError) {
        let (left, top) = (Self.position(x), Self.position(y))
        try check("paint layer") { unsafe cfs_frame_paint(pointer, layer.pointer, left, top, blend.code) }
    }

    /// Multiplies this layer's alpha by a mask at an even position, outside of which it counts as 0; inverted, by the rest.
    ///
    /// By the mask's brightness, 16…235, which is premultiplied; or by its alpha.
    package func matte(by mask: Frame, x: Int, y: Int, brightness: Bool, inverted: Bool) throws(LibavError) {
        let (left, top) = (Self.position(x), Self.position(y))
        try check("mask layer") {
            unsafe cfs_layer_matte(pointer, mask.pointer, left, top, brightness ? 1 : 0, inverted ? 1 : 0)
        }
    }

    /// Returns a position for C; what is too far away for it is far outside all the same.
    private static func position(_ value: Int) -> Int32 { Int32(min(max(value, -1 << 30), 1 << 30)) }

    /// Makes the colours of a layer with straight alpha premultiplied.
    package func premultiply() throws(LibavError) {
        try check("premultiply layer") { unsafe cfs_layer_premultiply(pointer) }
    }

    /// Blurs this picture, opaque or premultiplied, by a Gaussian with extended edges; 0…1000 luma pixels.
    package func blur(sigmaX: Double, sigmaY: Double) throws(LibavError) {
        try check("blur frame") { unsafe cfs_frame_blur(pointer, sigmaX, sigmaY) }
    }
}
