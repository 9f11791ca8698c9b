// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Whether layers that move or turn slowly do so without steps, through the whole engine.
struct LayerMotionTests {
    private static let size = PixelSize(width: 96, height: 64)

    /// Returns the frames of an edit with one layer of the soft edge.
    private func frames(_ count: Int, _ change: (inout ImageClip) -> Void) async throws -> [Planes] {
        try await Fixtures.withTemporaryFolder { folder in
            let path = try PaintedPicture.edge.write(to: folder + "/edge.bmp")
            var clip = ImageClip(path, duration: .seconds(count) / 32).size(width: 160, height: 120)
            change(&clip)
            let plan = try Edit(size: Self.size, frameRate: 32) { Track { clip } }.makePlan(in: folder)
            let queue = FrameQueue(plan)
            defer { queue.close() }
            return try (0..<count).map { _ in Planes(try queue.next()) }
        }
    }

    /// Returns where the edge crosses its middle value in a row of a plane, in pixels of the canvas.
    private func crossing(_ frame: Planes, _ plane: Int, row: Int) -> Double {
        let values = frame.raster(plane)
        let (low, high) = (values[0, row], values[values.width - 1, row])
        // The area under a step uses the whole edge, and so is more precise than any pixel.
        let share = (0..<values.width).reduce(0) { $0 + (high - values[$1, row]) / (high - low) }
        return plane == 0 ? share : 2 * share - 0.5
    }

    private func rms(_ errors: [Double]) -> Double {
        let mean = errors.reduce(0, +) / Double(errors.count)
        return (errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(errors.count)).squareRoot()
    }

    @Test func `a layer moved by a sixteenth of a pixel a frame keeps to its line`() async throws {
        let frames = try await frames(64) {
            $0.visual.position = .keyframes([
                Keyframe(.zero, Position(x: 46, y: 32)), Keyframe(.seconds(2), Position(x: 50, y: 32)),
            ])
        }
        for plane in 0..<3 {
            let errors = frames.enumerated().map {
                crossing($1, plane, row: plane == 0 ? 20 : 10) - 46 - Double($0) / 16
            }
            #expect(rms(errors) < (plane == 0 ? 0.02 : 0.03), "plane \(plane): \(rms(errors))")
            #expect(abs(errors.reduce(0, +) / 64) < 0.1, "plane \(plane)")
        }
    }

    @Test func `a layer turned by a tenth of a degree a frame keeps to its arc`() async throws {
        let frames = try await frames(120) {
            $0.visual.rotation = .keyframes([Keyframe(.zero, -6), Keyframe(.seconds(120) / 32, 6)])
        }
        for plane in 0..<3 {
            let row = plane == 0 ? 12 : 6
            let y = plane == 0 ? Double(row) + 0.5 : Double(2 * row) + 1
            let errors = frames.enumerated().map { frame, planes in
                // Clockwise, the upper end of the edge goes right.
                crossing(planes, plane, row: row) - 48 - (32 - y) * tan((Double(frame) / 10 - 6) * .pi / 180)
            }
            #expect(rms(errors) < 0.03, "plane \(plane): \(rms(errors))")
        }
    }

    @Test func `a layer that grows slowly keeps to its curve`() async throws {
        let frames = try await frames(90) {
            $0.visual.anchor = Anchor(x: 0.25, y: 0.5)
            $0.visual.position = .constant(Position(x: 20, y: 32))
            $0.visual.scale = .keyframes([Keyframe(.zero, 1), Keyframe(.seconds(90) / 32, 1.2)])
        }
        for plane in 0..<3 {
            let errors = frames.enumerated().map { frame, planes in
                crossing(planes, plane, row: 8) - 20 - 40 * (1 + 0.2 * Double(frame) / 90)
            }
            #expect(rms(errors) < 0.03, "plane \(plane): \(rms(errors))")
        }
    }

    @Test(arguments: [30, 32, 25]) func `a layer that only moves by whole even pixels keeps its bytes`(rate: Int) throws
    {
        let frameRate: FrameRate = rate == 30 ? 30 : rate == 32 ? 32 : 25
        func plan(_ position: Animated<Position>) throws -> Plan {
            try Edit(size: Self.size, frameRate: frameRate, background: .black) {
                Track {
                    ImageClip("inputs/gradient.png", duration: .seconds(20) / rate).size(width: 32, height: 24)
                        .position(position, anchor: .topLeft)
                }
            }.makePlan(in: Fixtures.folder)
        }
        let moving = try plan(
            .keyframes([
                Keyframe(.zero, Position(x: 4, y: 30)), Keyframe(.seconds(20) / rate, Position(x: 44, y: -10)),
            ]))
        let still = Planes(try compose(0, of: try plan(.constant(Position(x: 4, y: 30)))))
        let queue = FrameQueue(moving)
        defer { queue.close() }
        for frame in 0..<20 {
            let planes = Planes(try queue.next())
            for plane in 0..<3 {
                let (was, now) = (still.raster(plane), planes.raster(plane))
                let shift = plane == 0 ? 2 * frame : frame
                let empty = plane == 0 ? 16.0 : 128
                let wanted = Raster(width: now.width, height: now.height) { x, y in
                    x - shift >= 0 && y + shift < now.height ? was[x - shift, y + shift] : empty
                }
                #expect(now.distance(to: wanted) == 0, "frame \(frame), plane \(plane)")
            }
        }
    }
}
