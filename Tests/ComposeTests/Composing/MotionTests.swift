// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

struct MotionTests {
    /// Returns where the soft edge of \`edge.png\` crosses its middle value in a row, with subpixel precision.
    private func crossing(_ planes: Planes, row: Int) -> Double? {
        let values = (0..<planes.width).map { Double(planes.luma($0, row)) }
        guard let low = values.first, let high = values.last, abs(high - low) > 60 else { return nil }
        // The area under a step is more precise than any single pixel, because it uses the whole edge.
        let share = values.reduce(0) { $0 + (high - $1) / (high - low) }
        return share
    }

    private func edgePositions(_ motion: Motion, frames: Int) throws -> [Double] {
        let edit = Edit(size: PixelSize(width: 320, height: 180), frameRate: 30) {
            Track { ImageClip("inputs/edge.png", duration: .seconds(frames) / 30).motion(motion) }
        }
        let plan = try edit.makePlan(in: Fixtures.folder)
        let queue = FrameQueue(plan)
        defer { queue.close() }
        return try (0..<frames).compactMap { _ in crossing(Planes(try queue.next()), row: 40) }
    }

    @Test func `an edge under a slow pan keeps to its line within 0_02 pixels`() throws {
        let frames = 60
        let positions = try edgePositions(.pan(from: (0.3, 0.2), to: (0.6, 0.2), zoom: 1.3), frames: frames)
        try #require(positions.count == frames)
        // The content is 416 wide in a box of 320, so the offset goes from −28.8 to −57.6; the edge is at 400/640 of
        // the content.
        let errors = positions.enumerated().map { frame, position in
            let x = 0.3 + 0.3 * Double(frame) / Double(frames)
            return position - (x * (320 - 416) + 416 * 400 / 640)
        }
        let mean = errors.reduce(0, +) / Double(frames)
        let rms = (errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(frames)).squareRoot()
        #expect(rms < 0.02, "rms \(rms)")
        #expect(abs(mean) < 0.05, "mean \(mean)")
    }

    @Test func `an edge under a slow zoom keeps to its curve within 0_02 pixels`() throws {
        let frames = 90
        let positions = try edgePositions(.zoom(to: 1.2), frames: frames)
        try #require(positions.count == frames)
        let errors = positions.enumerated().map { frame, position in
            let zoom = exp(log(1.2) * Double(frame) / Double(frames))
            return position - (0.5 * (320 - 320 * zoom) + 320 * zoom * 400 / 640)
        }
        let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(frames)).squareRoot()
        #expect(rms < 0.02, "rms \(rms)")
    }

    @Test func `the point a zoom is about does not move`() throws {
        // The edge is at 0.625 of the width: a zoom around it must not move it.
        let positions = try edgePositions(.zoom(to: 1.5, x: 0.625, y: 0.3), frames: 40)
        let (low, high) = (positions.min() ?? 0, positions.max() ?? 99)
        #expect(high - low < 0.04, "it moved by \(high - low)")
    }

    @Test func `a motion that goes nowhere is planned as a still`() throws {
        let edit = Edit(size: PixelSize(width: 320, height: 180)) {
            Track { ImageClip("inputs/edge.png", duration: .seconds(2)).motion(Motion()) }
        }
        #expect(try edit.makePlan(in: Fixtures.folder).foldedFrameCount == 59)
    }

    @Test func `every instruction set draws the same bytes`() throws {
        var bytes = try OpenFile(Fixtures.input("alpha.png")).bytes(limit: 1 << 20)
        let picture = try Picture(&bytes, codec: .png, maxPixels: 1 << 20)
        let source = try PictureConverter().frame(
            of: picture, Picture.Region(left: 0, top: 0, width: 200, height: 150), width: 202, height: 134, .alpha)
        let pool = try FramePool(.alpha, width: 334, height: 218)
        let resampler = try Resampler()
        defer { Resampler.limitInstructions(to: 2) }
        for scale in [0.3, 0.61, 1.0, 1.2, 1.9, 3.7, 9.5] {
            var drawn: [[[UInt8]]] = []
            for level in 0...2 {
                Resampler.limitInstructions(to: level)
                let target = try pool.frame()
                try resampler.draw(
                    source, into: target, x: Resampler.Axis(scale: scale, offset: -3.3),
                    y: Resampler.Axis(scale: scale * 0.9, offset: 1.7))
                drawn.append((0..<4).map { target.plane($0) })
            }
            #expect(drawn[0] == drawn[1] && drawn[1] == drawn[2], "scale \(scale)")
        }
    }
}
