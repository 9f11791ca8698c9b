// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A frame with halved copies, made when they are first needed, from which it is drawn turned and scaled.
///
/// It keeps the frame. Several threads may draw from it at once.
@safe package final class Pyramid: @unchecked Sendable {  // unchecked: the copies are made under a lock
    /// What lies outside of a picture.
    package enum Edges: Sendable, Hashable, Codable {
        /// Its edge pixels.
        case extended
        /// The picture, mirrored at its edges.
        case mirrored
    }

    private let pointer: OpaquePointer

    package init(_ frame: Frame) throws(LibavError) {
        guard let created = unsafe cfs_pyramid_create(frame.pointer) else { throw .outOfMemory("create pyramid") }
        unsafe pointer = created
    }

    deinit { unsafe cfs_pyramid_free(pointer) }

    /// Draws the frame into all of `target`; `map` leads from the target's luma pixels to the frame's.
    ///
    /// A frame with alpha is premultiplied, and so is what is drawn. Alpha that the target alone has is set solid. Pixels that
    /// are more than two pixels away from `shown`, a part of the frame's plane, are cleared and cost nothing. A map without an
    /// inverse clears everything.
    package func draw(into target: Frame, map: Affine, shown: Box? = nil, edges: Edges = .extended) throws(LibavError) {
        let code = edges == .mirrored ? CFS_MIRROR : CFS_EXTEND
        try check("transform frame") {
            guard let shown else { return unsafe cfs_transform(pointer, target.pointer, map.value, nil, code) }
            var box = shown.value
            return unsafe cfs_transform(pointer, target.pointer, map.value, &box, code)
        }
    }
}

/// A map of points: (x, y) goes to (a·x + b·y + c, d·x + e·y + f).
package struct Affine: Sendable, Hashable, Codable {
    package var a, b, c, d, e, f: Double

    package init(a: Double, b: Double, c: Double, d: Double, e: Double, f: Double) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
        self.e = e
        self.f = f
    }

    package static let identity = Affine(a: 1, b: 0, c: 0, d: 0, e: 1, f: 0)

    package static func translation(x: Double, y: Double) -> Affine { Affine(a: 1, b: 0, c: x, d: 0, e: 1, f: y) }

    package static func scale(x: Double, y: Double) -> Affine { Affine(a: x, b: 0, c: 0, d: 0, e: y, f: 0) }

    /// A rotation about the origin, clockwise where y points down.
    package static func rotation(cosine: Double, sine: Double) -> Affine {
        Affine(a: cosine, b: -sine, c: 0, d: sine, e: cosine, f: 0)
    }

    /// Returns the map that does this one first and `next` afterwards.
    package func then(_ next: Affine) -> Affine {
        Affine(
            a: next.a * a + next.b * d, b: next.a * b + next.b * e, c: next.a * c + next.b * f + next.c,
            d: next.d * a + next.e * d, e: next.d * b + next.e * e, f: next.d * c + next.e * f + next.f)
    }

    /// Returns where a point goes.
    package func applied(x: Double, y: Double) -> (x: Double, y: Double) { (a * x + b * y + c, d * x + e * y + f) }

    /// The map back, or `nil` if there is none.
    package var inverse: Affine? {
        let determinant = a * e - b * d
        guard determinant != 0, determinant.isFinite, (1 / determinant).isFinite else { return nil }
        let (p, q, r, s) = (e / determinant, -b / determinant, -d / determinant, a / determinant)
        return Affine(a: p, b: q, c: -(p * c + q * f), d: r, e: s, f: -(r * c + s * f))
    }

    var value: cfs_affine { cfs_affine(a: a, b: b, c: c, d: d, e: e, f: f) }
}

/// A rectangle in pixels or local coordinates; fractions are allowed.
package struct Box: Sendable, Hashable, Codable {
    package var left, top, right, bottom: Double

    package init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    var value: cfs_box { cfs_box(left: left, top: top, right: right, bottom: bottom) }
}
