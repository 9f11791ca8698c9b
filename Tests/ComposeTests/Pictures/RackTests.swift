// SPDX-License-Identifier: Apache-2.0

import Libav
import Testing

@testable import Compose

struct RackTests {
    private static let canvas = PixelSize(width: 64, height: 64)

    /// Returns the plan of pictures that are shown one after the other for ten frames each.
    private static func plan(_ pictures: [String]) throws -> Plan {
        try Edit(size: canvas, frameRate: 10) {
            Track { for picture in pictures { ImageClip("inputs/" + picture, duration: .seconds(1), fit: .fill) } }
        }.makePlan(in: Fixtures.folder)
    }

    private static let bytes = 64 * 64 * 3 / 2

    /// Composes all frames of a plan, and returns the memory of the open sources after each tenth.
    private static func memory(_ plan: Plan, _ rack: Rack) throws -> [Int] {
        let frames = FrameQueue(plan, rack: rack)
        defer { frames.close() }
        return try (0..<plan.frameCount).compactMap { index in
            _ = try frames.next()
            return index % 10 == 9 ? rack.bytes : nil
        }
    }

    @Test func `sources are closed after their last use`() throws {
        let plan = try Self.plan(["white.png", "red.jpg", "gray.jpg", "white.jpg", "orient1.jpg"])
        let rack = Rack(plan)
        // The next source is open, and the one before may not be closed yet.
        #expect(try Self.memory(plan, rack).allSatisfy { $0 <= 3 * Self.bytes })
        #expect(rack.bytes == 0)
    }

    @Test func `a source that is shown again stays open if it fits`() throws {
        let plan = try Self.plan(["white.png", "red.jpg", "gray.jpg", "white.png"])
        let roomy = Rack(plan)
        let opened = try roomy.open(plan.sources[0], useFrom: 0, at: 0, folder: plan.folder)
        roomy.putBack(opened)
        #expect(roomy.bytes == Self.bytes)
        #expect(try roomy.open(plan.sources[0], useFrom: 30, at: 0, folder: plan.folder) === opened)
        roomy.putBack(opened)
        #expect(roomy.bytes == 0)
    }

    @Test func `a rack that is too small for one picture works with one`() throws {
        let plan = try Self.plan(["white.png", "red.jpg", "white.png", "red.jpg"])
        let tight = Rack(plan, budget: 1)
        #expect(try Self.memory(plan, tight).allSatisfy { $0 <= 3 * Self.bytes })
        #expect(tight.bytes == 0)
        let first = try tight.open(plan.sources[0], useFrom: 0, at: 0, folder: plan.folder)
        tight.putBack(first)
        #expect(tight.bytes == 0)
    }

    @Test func `the sources needed last are closed first`() throws {
        let plan = try Self.plan(["white.png", "red.jpg", "gray.jpg", "red.jpg", "white.png"])
        let rack = Rack(plan, budget: 2 * Self.bytes)
        for index in 0..<2 {
            rack.putBack(try rack.open(plan.sources[index], useFrom: index * 10, at: 0, folder: plan.folder))
        }
        #expect(rack.bytes == 2 * Self.bytes)
        let third = try rack.open(plan.sources[2], useFrom: 20, at: 0, folder: plan.folder)
        #expect(rack.bytes == 2 * Self.bytes, "white.png is closed: red.jpg is needed earlier")
        rack.putBack(third)
        #expect(rack.bytes == Self.bytes)
    }

    @Test func `parts that show the same picture share it`() throws {
        let plan = try Self.plan(["white.png", "white.png"])
        let rack = Rack(plan, parts: [0..<10, 10..<20])
        let first = try rack.open(plan.sources[0], useFrom: 0, at: 0, folder: plan.folder)
        #expect(try rack.open(plan.sources[0], useFrom: 10, at: 0, folder: plan.folder) === first)
        #expect(rack.bytes == Self.bytes)
        rack.putBack(first)
        #expect(rack.bytes == Self.bytes)
        rack.putBack(first)
        #expect(rack.bytes == 0)
    }

    @Test func `what was kept for a part that is not rendered is closed`() throws {
        let plan = try Self.plan(["white.png", "red.jpg", "white.png"])
        let rack = Rack(plan, parts: [0..<15, 15..<30])
        rack.putBack(try rack.open(plan.sources[0], useFrom: 0, at: 0, folder: plan.folder))
        #expect(rack.bytes == Self.bytes)
        rack.passed(15..<30)  // the second part came from a store
        #expect(rack.bytes == 0)
    }
}
