// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Bars that fill while time passes.
@Suite struct ProgressTests {
    private let size = PixelSize(width: 200, height: 100)

    private func edit(_ direction: Transition.Direction = .right, background: Color? = nil) -> Edit {
        var clip = ProgressClip(.white, background: background).size(width: 180, height: 20)
            .position(x: 100, y: 50, anchor: .center)
        clip.direction = direction
        return Edit(size: size, frameRate: 10) {
            Track { ColorClip(.black, duration: .seconds(1)) }
            Track { clip }
        }
    }

    /// Returns the part of the middle row, or column, that is white, in pixels with fractions.
    private func length(_ planes: Planes, vertical: Bool = false) -> Double {
        (0..<(vertical ? 100 : 200)).reduce(0) { sum, place in
            sum + Double(planes.luma(vertical ? 100 : place, vertical ? place : 50) - 16) / 219
        }
    }

    @Test func `a bar grows evenly by fractions of a pixel, and is full in the last frame`() throws {
        for frame in 0..<10 {
            let found = length(try composed(edit(), frame: frame))
            #expect(abs(found - 180 * Double(frame) / 9) < 0.02, "frame \(frame): \(found)")
        }
    }

    @Test(arguments: [Transition.Direction.left, .right, .up, .down])
    func `a bar grows to any side`(direction: Transition.Direction) throws {
        let planes = try composed(edit(direction), frame: 3)
        let isVertical = direction == .up || direction == .down
        #expect(abs(length(planes, vertical: isVertical) - (isVertical ? 20 : 180) / 3.0) < 0.02)
        #expect((planes.luma(12, 50) > 200) == (direction == .right))
        #expect((planes.luma(187, 50) > 200) == (direction == .left))
        #expect((planes.luma(100, 41) > 200) == (direction == .down))
        #expect((planes.luma(100, 58) > 200) == (direction == .up))
    }

    @Test func `the rest of the box has its background`() throws {
        let planes = try composed(edit(background: Color(red: 128, green: 128, blue: 128)), frame: 3)
        #expect(planes.luma(20, 50) == 235 && abs(planes.luma(150, 50) - 126) <= 1 && planes.luma(5, 50) == 16)
    }

    @Test func `a bar without a place lies along the bottom`() throws {
        let edit = Edit(size: size, frameRate: 10) {
            Track { ColorClip(.black, duration: .seconds(1)) }
            Track { ProgressClip() }
        }
        let planes = try composed(edit, frame: 9)
        #expect((0..<200).allSatisfy { planes.luma($0, 99) == 235 && planes.luma($0, 98) == 16 })
        #expect(try Edit(json: try edit.json()) == edit)
    }

    @Test func `segments show the same part of it as the whole`() async throws {
        var clip = ProgressClip(.white)
        clip.easing = .named(.cubic, .easeInOut)
        let edit = Edit(size: size, frameRate: 10) {
            Track {
                for index in 0..<4 {
                    ColorClip(Color(red: UInt8(40 * index), green: 0, blue: 0), duration: .seconds(4))
                }
            }
            Track { clip }
        }
        try await Fixtures.withTemporaryFolder { folder in
            var files: Set<Data> = []
            for workers in [1, 3] {
                let path = "\(folder)/\(workers).mp4"
                _ = try await Renderer(segmentWorkers: workers).render(edit, to: path).result
                files.insert(try Data(contentsOf: URL(fileURLWithPath: path)))
            }
            #expect(files.count == 1)
        }
    }
}
