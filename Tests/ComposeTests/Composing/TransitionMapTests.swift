// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

/// The computed maps, against formulas written a second time, and what is true of all of them.
struct TransitionMapTests {
    private static let (width, height) = (96, 64)

    private static func mask(_ shape: TransitionMap.Shape, at progress: Double, softness: Double = 0) throws -> [UInt8]
    {
        let frame = try FramePool(.opaque, width: width, height: height).frame()
        try TransitionMap(shape, width: width, height: height).draw(progress: progress, softness: softness, into: frame)
        return frame.plane(0)
    }

    /// Returns the moment at which a point changes, x and y being −1…1 from the middle; `nil` for irregular maps.
    private static func moment(_ shape: TransitionMap.Shape, _ x: Double, _ y: Double) -> Double? {
        let (wide, high) = (x * Double(width), y * Double(height))
        let hour = (atan2(-wide, high) / (2 * .pi)) + 0.5  // from six, as twelve is 0 and 1
        func part(_ value: Double) -> Double { value - value.rounded(.down) }
        func sliced(_ way: Double) -> Double {
            let slice = (way * 10).rounded(.down)
            return slice / 15 + 0.4 * (way * 10 - slice)
        }
        let (right, down) = ((x + 1) / 2, (y + 1) / 2)
        switch shape {
        case .barnDoors: return abs(x)
        case .barnDoorsClose: return 1 - abs(x)
        case .barnDoorsHorizontal: return abs(y)
        case .barnDoorsHorizontalClose: return 1 - abs(y)
        case .clock: return hour
        case .clockReverse: return 1 - hour
        case .fan: return 2 * min(hour, 1 - hour)
        case .pinwheel: return part(hour * 4)
        case .diamondOpen: return (abs(x) + abs(y)) / 2
        case .diamondClose: return 1 - (abs(x) + abs(y)) / 2
        case .boxOpen: return max(abs(x), abs(y))
        case .boxClose: return min(1 - abs(x), 1 - abs(y))
        case .blindsRight: return part(right * 8)
        case .blindsLeft: return part((1 - right) * 8)
        case .blindsDown: return part(down * 8)
        case .blindsUp: return part((1 - down) * 8)
        case .slicesRight: return sliced(right)
        case .slicesLeft: return sliced(1 - right)
        case .slicesDown: return sliced(down)
        case .slicesUp: return sliced(1 - down)
        case .checkerboard:
            // Squares of ten pixels, from the upper left corner.
            let (column, row) = (Int(right * Double(width)) / 10, Int(down * Double(height)) / 10)
            let across = part(right * Double(width) / 10)
            return (column + row).isMultiple(of: 2) ? across / 2 : 0.5 + across / 2
        default: return nil
        }
    }

    @Test(arguments: TransitionMap.Shape.allCases)
    func `a pixel changes at its moment`(_ shape: TransitionMap.Shape) throws {
        for progress in [0.2, 0.5, 0.83] {
            let mask = try Self.mask(shape, at: progress)
            for y in 0..<Self.height {
                for x in 0..<Self.width {
                    let (u, v) = (
                        (Double(x) + 0.5) / Double(Self.width) * 2 - 1, (Double(y) + 0.5) / Double(Self.height) * 2 - 1
                    )
                    guard let moment = Self.moment(shape, u, v), abs(moment - progress) > 1e-3 else { continue }
                    #expect(mask[y * Self.width + x] == (moment < progress ? 255 : 0), "\(x), \(y) at \(progress)")
                }
            }
        }
    }

    @Test(arguments: TransitionMap.Shape.allCases)
    func `a mask begins with nothing, ends with everything, and never goes back`(_ shape: TransitionMap.Shape) throws {
        #expect(try Self.mask(shape, at: 0, softness: 0.1).allSatisfy { $0 == 0 })
        #expect(try Self.mask(shape, at: 1, softness: 0.1).allSatisfy { $0 == 255 })
        var last = try Self.mask(shape, at: 0, softness: 0.1)
        for step in 1...20 {
            let next = try Self.mask(shape, at: Double(step) / 20, softness: 0.1)
            #expect(zip(last, next).allSatisfy { $0 <= $1 })
            last = next
        }
    }

    @Test(arguments: [TransitionMap.Shape.tiles, .dissolve, .windLeft, .windRight, .windUp, .windDown])
    func `an irregular map has changed about half of the picture halfway`(_ shape: TransitionMap.Shape) throws {
        let changed = try Self.mask(shape, at: 0.5).count { $0 == 255 }
        let part = Double(changed) / Double(Self.width * Self.height)
        #expect(part > 0.38 && part < 0.62, "\(part)")
    }

    @Test func `wind blows the way it is named after`() throws {
        func sides(_ shape: TransitionMap.Shape) throws -> (left: Int, right: Int, top: Int, bottom: Int) {
            let mask = try Self.mask(shape, at: 0.5)
            func count(_ isIn: (Int, Int) -> Bool) -> Int {
                mask.indices.count { mask[$0] == 255 && isIn($0 % Self.width, $0 / Self.width) }
            }
            return (
                count { x, _ in x < 10 }, count { x, _ in x >= 86 }, count { _, y in y < 10 }, count { _, y in y >= 54 }
            )
        }
        let (right, left) = (try sides(.windRight), try sides(.windLeft))
        #expect(right.left > 600 && right.right == 0 && left.right > 600 && left.left == 0)
        let (down, up) = (try sides(.windDown), try sides(.windUp))
        #expect(down.top > 900 && down.bottom == 0 && up.bottom > 900 && up.top == 0)
    }
}
