// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

extension Frame {
    /// Draws a filled polygon in white on black, each pixel by the area that it covers.
    ///
    /// Points are in pixels of the frame, at most 10¹² from it; the last is joined with the first.
    package func drawPolygon(_ points: [(x: Double, y: Double)]) throws(LibavError) {
        let list = points.flatMap { [$0.x, $0.y] }
        try check("draw polygon") {
            unsafe list.withUnsafeBufferPointer { list in
                unsafe cfs_frame_polygon(pointer, list.baseAddress, Int32(points.count))
            }
        }
    }
}
