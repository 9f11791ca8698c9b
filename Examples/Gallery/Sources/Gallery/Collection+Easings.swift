// SPDX-License-Identifier: Apache-2.0

import Compose

extension Collection {
    /// Every easing: its curve, and a ball that runs along it.
    static func easings(on stage: Stage) -> Collection {
        let named = Easing.names.compactMap { name in Easing(name: name).map { (name, $0) } }
        let others: [(String, Easing)] = [
            ("cubicBezier", .cubicBezier(0.8, -0.4, 0.2, 1.4)), ("steps", .steps(5)), ("spring", .spring(Spring())),
        ]
        return Collection(
            "easings", "Easings", columns: 8, enlargement: 1.25,
            exhibits: (named + others).map { name, easing in
                Exhibit(
                    name: name, length: .seconds(1), moments: [.milliseconds(600)],
                    tracks: [Track { ColorClip(paper, duration: .seconds(1)) }] + curve(of: easing, on: stage)
                        + [Track { ball(by: easing, on: stage) }])
            })
    }

    /// Returns the curve of an easing, as dots at equal distances.
    private static func curve(of easing: Easing, on stage: Stage) -> [Track] {
        let circle = stage.circle(3)
        let shape = Double(stage.size.width) / Double(max(stage.size.height, 1))
        var places: [(x: Double, y: Double)] = []
        for step in 0...1000 {
            let place = (x: Double(step) / 1000, y: easing(Double(step) / 1000))
            // Distances in percent of the canvas's height.
            if let last = places.last {
                let (across, down) = ((place.x - last.x) * width * shape, (place.y - last.y) * height)
                if across * across + down * down < 1.5 * 1.5 { continue }
            }
            places.append(place)
        }
        return places.map { place in
            Track {
                ColorClip(line, duration: .seconds(1))
                    .size(width: circle.width, height: circle.height)
                    .cornerRadius(Corners(.constant(.percent(50))))
                    .position(x: x(place.x), y: y(place.y))
            }
        }
    }

    /// Returns a ball that rises by an easing, in a group that moves to the right at a constant speed.
    private static func ball(by easing: Easing, on stage: Stage) -> GroupClip {
        let circle = stage.circle(10)
        let rise = Animated.keyframes([
            Keyframe(at: .percent(0), Position(x: .percent(50), y: y(0))),
            Keyframe(at: .percent(100), Position(x: .percent(50), y: y(1)), easing: easing),
        ])
        let run = Animated.keyframes([
            Keyframe(at: .percent(0), Position(x: x(0), y: .percent(50))),
            Keyframe(at: .percent(100), Position(x: x(1), y: .percent(50))),
        ])
        return GroupClip(duration: .seconds(1)) {
            Track {
                ColorClip(.white, duration: .seconds(1))
                    .size(width: circle.width, height: circle.height)
                    .cornerRadius(Corners(.constant(.percent(50))))
                    .position(rise)
            }
        }.position(run)
    }

    /// Returns the place of a progress; there is room at both ends.
    private static func x(_ progress: Double) -> Length { .percent((100 - width) / 2 + width * progress) }
    /// Returns the place of a value; there is room for curves that overshoot.
    private static func y(_ value: Double) -> Length { .percent((100 + height) / 2 - height * value) }

    /// The sides of the graph in percent of the canvas.
    private static let (width, height) = (80.0, 50.0)

    private static let paper = Color(red: 36, green: 41, blue: 56)
    private static let line = Color(red: 89, green: 193, blue: 255)
}
