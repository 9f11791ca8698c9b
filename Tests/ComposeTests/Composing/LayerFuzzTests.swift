// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Layers with any values that are allowed: all are drawn, in bounds and in time.
struct LayerFuzzTests {
    private struct Dice {
        var random: RepeatableRandom

        mutating func chance(_ of: Int) -> Bool { random.next(below: of) == 0 }

        /// A number in a range, at times one of its ends.
        mutating func number(_ range: ClosedRange<Double>) -> Double {
            switch random.next(below: 8) {
            case 0: range.lowerBound
            case 1: range.upperBound
            default:
                range.lowerBound + (range.upperBound - range.lowerBound) * Double(random.next(below: 10_001)) / 10_000
            }
        }

        /// A number of usual size, at times of any size that is allowed.
        mutating func value(_ usual: ClosedRange<Double>, _ all: ClosedRange<Double>) -> Double {
            number(chance(6) ? all : usual)
        }

        mutating func pick<Value>(_ list: [Value]) -> Value { list[random.next(below: list.count)] }

        mutating func easing() -> Easing {
            switch random.next(below: 6) {
            case 0: .hold
            case 1: .steps(1 + random.next(below: 9), atStart: chance(2))
            case 2:
                .spring(
                    Spring(
                        mass: number(0.01...100), stiffness: number(0.1...10000), damping: number(0.1...1000),
                        velocity: number(-100...100)))
            case 3: .cubicBezier(number(0...1), number(-9...9), number(0...1), number(-9...9))
            default: .named(pick(Easing.Family.allCases), pick(Easing.Direction.allCases))
            }
        }

        mutating func animated<Value>(_ make: (inout Dice) -> Value) -> Animated<Value> {
            guard chance(3) else { return .constant(make(&self)) }
            let frames = [KeyframeTime.time(.zero), .time(.milliseconds(130)), .time(.milliseconds(300))].map {
                Keyframe(at: $0, make(&self), easing: easing())
            }
            return chance(4) ? .path(frames) : .keyframes(frames)
        }

        mutating func length(_ usual: ClosedRange<Double>, _ all: ClosedRange<Double>) -> Length {
            .pixels(value(usual, all))
        }

        mutating func color() -> Color {
            Color(
                red: UInt8(random.next(below: 256)), green: UInt8(random.next(below: 256)),
                blue: UInt8(random.next(below: 256)), alpha: pick([0, 1, 90, 254, 255]))
        }

        mutating func change(_ visual: inout Visual) {
            if chance(2) {
                visual.size = BoxSize(
                    width: chance(8) ? .percent(10000) : length(0.1...120, 0.1...9600),
                    height: chance(8) ? .percent(10000) : length(0.1...90, 0.1...6400))
            }
            if chance(2) {
                visual.position = animated {
                    Position(x: $0.length(-40...140, -9600...9600), y: $0.length(-40...100, -6400...6400))
                }
            }
            if chance(2) { visual.anchor = Anchor(x: value(0...1, -10...10), y: value(0...1, -10...10)) }
            if chance(2) { visual.scale = animated { Scale(x: $0.value(0...2, 0...100), y: $0.value(0...2, 0...100)) } }
            if chance(2) { visual.rotation = animated { $0.value(-180...180, -360_000...360_000) } }
            if chance(4) { visual.flip = pick(Flip.allCases) }
            if chance(3) {
                visual.crop = Crop(
                    left: animated { .percent($0.number(0...49)) }, top: animated { .percent($0.number(0...49)) },
                    right: animated { .percent($0.number(0...49)) }, bottom: animated { .percent($0.number(0...49)) })
            }
            if chance(3) {
                visual.cornerRadius = Corners(
                    topLeft: animated { $0.length(0...40, 0...32768) },
                    topRight: animated { $0.length(0...40, 0...32768) },
                    bottomRight: 3, bottomLeft: animated { $0.length(0...40, 0...32768) })
            }
            if chance(3) {
                visual.border = Border(animated { $0.color() }, width: animated { $0.length(0...9, 0...1000) })
            }
            if chance(3) {
                visual.shadow = Shadow(
                    animated { $0.color() }, blur: animated { $0.length(0...12, 0...1000) },
                    x: animated { $0.length(-20...20, -10000...10000) },
                    y: animated { $0.length(-20...20, -10000...10000) },
                    spread: animated { $0.length(-5...5, -200...200) })
            }
            if chance(2) { visual.opacity = animated { $0.number(0...1) } }
            if chance(3) { visual.blend = pick(BlendMode.allCases) }
            if chance(4) { visual.enter = Entrance(pick(Entrance.Style.all), .milliseconds(200), easing: easing()) }
            if chance(4) {
                visual.exit = Entrance(pick(Entrance.Style.all), nil, easing: easing(), delay: .milliseconds(70))
            }
        }

        mutating func clip(_ depth: Int = 0) -> Clip {
            let time = Duration.milliseconds(500)
            var clip: any VisualClip =
                switch random.next(below: depth < 2 ? 6 : 5) {
                case 0: ImageClip("inputs/alpha.png", duration: time, fit: pick(Fit.allCases))
                case 1: ImageClip("inputs/gradient.png", duration: time).motion(.zoom(to: number(1...3)))
                case 2: ColorClip(color(), duration: time)
                case 3: GradientClip([color(), color()], duration: time)
                case 4: ImageClip("inputs/palette.png", duration: time)
                default:
                    GroupClip(
                        duration: time, background: color(),
                        tracks: (0...random.next(below: 2)).map { _ in Track(clips: [self.clip(depth + 1)]) })
                }
            change(&clip.visual)
            // A group is composed at the size of its box, which is limited as that of a canvas is.
            if clip is GroupClip {
                clip.visual.size = BoxSize(width: length(1...120, 1...900), height: length(1...90, 1...900))
            }
            return clip.clip
        }
    }

    /// As many seconds as FUZZ_SECONDS says, or two hundred edits.
    @Test func `layers of any looks are drawn`() throws {
        let limit = ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap(Double.init)
        let start = ContinuousClock.now
        for seed in 0..<(limit == nil ? 200 : 1_000_000) {
            if let limit, ContinuousClock.now - start > .seconds(limit) { return }
            var dice = Dice(random: RepeatableRandom(UInt64(seed) &* 7919 &+ 3))
            var tracks = (0...dice.random.next(below: 3)).map { _ in Track(clips: [dice.clip()]) }
            if dice.chance(3) {
                tracks.append(
                    Track(clips: [
                        dice.clip(),
                        .transition(Transition(dice.pick([.fade, .push(.left), .wipe(.up)]), .milliseconds(200))),
                        dice.clip(),
                    ]))
            }
            let edit = Edit(
                timeline: Timeline(
                    size: PixelSize(width: 96, height: 64), frameRate: 30, background: dice.color(), tracks: tracks),
                output: Output(format: .mov, video: VideoSettings(codec: .prores)))
            #expect(edit.valueProblems() == [], "seed \(seed)")
            let plan = try edit.makePlan(in: Fixtures.folder)
            let queue = FrameQueue(plan, workers: 1)
            defer { queue.close() }
            for _ in 0..<plan.frameCount { #expect(try queue.next().width == 96, "seed \(seed)") }
        }
    }
}
