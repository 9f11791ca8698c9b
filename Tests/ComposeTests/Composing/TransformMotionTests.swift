// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

/// Whether what moves, turns or grows slowly does so without steps.
struct TransformMotionTests {
    /// A picture whose left half is magenta and whose right half is green, with a soft edge at `x` = 200.
    private static func edge() throws -> Frame {
        try .drawn(.opaque, width: 400, height: 300) { x, _ in
            let share = 1 / (1 + exp(-(Double(x) + 0.5 - 200) / 1.5))
            return (0.88 - 0.76 * share, 0.12 + 0.76 * share, 0.88 - 0.76 * share, 1)
        }
    }

    /// Returns where a soft edge crosses its middle value in a row of a plane, in luma pixels of the target.
    private static func crossing(_ frame: Frame, plane: Int, row: Int) -> Double {
        let values = Raster(frame, plane)
        let (low, high) = (values[0, row], values[values.width - 1, row])
        // The area under a step uses the whole edge, and so is more precise than any pixel.
        let share = (0..<values.width).reduce(0) { $0 + (high - values[$1, row]) / (high - low) }
        // Chroma is sited on the left: on the middle of the first of two pixels.
        return plane == 0 ? share : 2 * share - 0.5
    }

    private func rms(_ errors: [Double]) -> Double {
        let mean = errors.reduce(0, +) / Double(errors.count)
        return (errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(errors.count)).squareRoot()
    }

    @Test(arguments: [1.0, 0.75, 0.45, 1.6]) func `a picture moved by a sixteenth of a pixel a frame keeps to its line`(
        scale: Double
    ) throws {
        let pyramid = try Pyramid(Self.edge())
        let target = try FramePool(.opaque, width: 120, height: 60).frame()
        var errors: [[Double]] = [[], [], []]
        for frame in 0..<64 {
            let shift = Double(frame) / 16
            try pyramid.draw(
                into: target,
                map: TransformKernelTests.map(
                    (400, 300), (120, 60), degrees: 0, x: scale, y: scale, offset: (shift, 0.4)))
            for plane in 0..<3 { errors[plane].append(Self.crossing(target, plane: plane, row: 12) - 60 - shift) }
        }
        for plane in 0..<3 {
            let middle = errors[plane].reduce(0, +) / 64
            #expect(rms(errors[plane]) < (plane == 0 ? 0.02 : 0.03), "plane \(plane): rms \(rms(errors[plane]))")
            #expect(abs(middle) < 0.1, "plane \(plane): mean \(middle)")
        }
    }

    @Test func `a picture turned by a tenth of a degree a frame keeps to its arc`() throws {
        let pyramid = try Pyramid(Self.edge())
        let target = try FramePool(.opaque, width: 160, height: 120).frame()
        var errors: [[Double]] = [[], [], []]
        for frame in 0..<120 {
            let degrees = Double(frame) / 10 - 6
            try pyramid.draw(
                into: target, map: TransformKernelTests.map((400, 300), (160, 120), degrees: degrees, x: 1, y: 1))
            for plane in 0..<3 {
                let row = plane == 0 ? 20 : 10
                let y = plane == 0 ? Double(row) + 0.5 : Double(2 * row) + 1
                // The edge passes through the middle; clockwise, its upper end goes right.
                let wanted = 80 + (60 - y) * tan(degrees * .pi / 180)
                errors[plane].append(Self.crossing(target, plane: plane, row: row) - wanted)
            }
        }
        for plane in 0..<3 { #expect(rms(errors[plane]) < 0.03, "plane \(plane): rms \(rms(errors[plane]))") }
    }

    @Test func `a picture that shrinks keeps its sharpness from frame to frame`() throws {
        // Fine waves, finer ones the more it shrinks: where a smaller copy takes over, contrast must not jump.
        let pool = try FramePool(.opaque, width: 64, height: 64)
        var last: Double?
        let source = try Frame.drawn(.opaque, width: 640, height: 640) { x, y in
            let value = 0.5 + 0.12 * (sin(0.4 * Double(x)) + sin(0.8 * Double(y)) + sin(0.2 * Double(x + y)))
            return (value, value, value, 1)
        }
        let pyramid = try Pyramid(source)
        for frame in 0..<150 {
            let scale = pow(0.99, Double(frame))
            let target = try pool.frame()
            try pyramid.draw(
                into: target, map: TransformKernelTests.map((640, 640), (64, 64), degrees: 20, x: scale, y: scale))
            let luma = Raster(target, 0)
            let mean = luma.values.reduce(0, +) / 4096
            let contrast = (luma.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4096).squareRoot()
            if let last { #expect(abs(contrast - last) < 0.4, "\(last) to \(contrast) at scale \(scale)") }
            last = contrast
        }
    }
}
