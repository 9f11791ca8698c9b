// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Compose

/// Keyframes whose order only the clip's length decides.
struct KeyframeOrderTests {
    private static let size = PixelSize(width: 96, height: 64)

    private static func mixed<Value>(_ a: Value, _ b: Value) -> Animated<Value> {
        .keyframes([Keyframe(at: .percent(50), a), Keyframe(.seconds(3), b)])
    }

    private func problems(_ tracks: [Track]) async -> [String] {
        await Edit(timeline: Timeline(size: Self.size, frameRate: 30, tracks: tracks)).problems(in: Fixtures.folder)
            .map(\.description)
    }

    @Test func `keyframes that a long clip brings out of order are refused at their place`() async {
        let clip = ColorClip(.white, duration: .seconds(5)).rotation(Self.mixed(0, 1))
        #expect(await problems([Track { clip }]) == [])
        let longer = await problems([Track { changed(clip) { $0.visual.duration = .seconds(8) } }])
        #expect(
            longer == [
                "tracks[0].clips[0].rotation.keyframes[1].time: 3 s is not after the keyframe before it (50%) in a clip of 8 s; "
                    + "order keyframes by time, or change the clip's duration"
            ])
        let equal = await problems([Track { changed(clip) { $0.visual.duration = .seconds(6) } }])
        #expect(equal.count == 1, "at equal times")
    }

    @Test func `the length is that of the file, of the timeline or of the group, where it is theirs`() async throws {
        // The tone lasts two seconds.
        let late: Animated<Double> = .keyframes([
            Keyframe(.milliseconds(1900), 1), Keyframe(at: .fromEnd(.milliseconds(200)), 0),
        ])
        let sound = await problems([
            Track { ColorClip(.black, duration: .seconds(4)) }, Track { AudioClip("inputs/tone.wav").volume(late) },
        ])
        #expect(sound.count == 1 && sound[0].hasPrefix("tracks[1].clips[0].volume.keyframes[1].time: "), "\(sound)")
        let open = ColorClip(.white).opacity(Self.mixed(0, 1))
        for (seconds, count) in [(5, 0), (7, 1)] {
            let found = await problems([Track { ColorClip(.black, duration: .seconds(seconds)) }, Track { open }])
            #expect(found.count == count && found.allSatisfy { $0.hasPrefix("tracks[1].clips[0].opacity") }, "\(found)")
            let grouped = await problems([
                Track {
                    GroupClip(duration: .seconds(seconds)) { Track { open } }.rotation(
                        .keyframes([Keyframe(at: .percent(10), 0), Keyframe(.seconds(4), 1)]))
                }
            ])
            #expect(grouped.count == count, "\(grouped)")
            #expect(grouped.allSatisfy { $0.hasPrefix("tracks[0].clips[0].tracks[0].clips[0].opacity") }, "\(grouped)")
        }
        // A long group does not make the clips inside long.
        let short = ColorClip(.white, duration: .seconds(1)).opacity(Self.mixed(0, 1))
        #expect(await problems([Track { GroupClip(duration: .seconds(9)) { Track { short } } }]) == [])
    }

    @Test func `every value of a layer is looked at`() async {
        func lengths() -> Animated<Length> { Self.mixed(.pixels(0), .pixels(1)) }
        let changes: [(String, (inout Visual) -> Void)] = [
            ("position", { $0.position = Self.mixed(.center, Position(x: 0, y: 0)) }),
            (
                "position",
                {
                    $0.position = .path([
                        Keyframe(at: .percent(50), .center), Keyframe(.seconds(3), Position(x: 0, y: 0)),
                    ])
                }
            ),
            ("scale", { $0.scale = Self.mixed(Scale(1), Scale(2)) }), ("rotation", { $0.rotation = Self.mixed(0, 1) }),
            ("opacity", { $0.opacity = Self.mixed(0, 1) }), ("crop.left", { $0.crop.left = lengths() }),
            ("cornerRadius", { $0.cornerRadius = Corners(lengths()) }),
            ("cornerRadius.bottomLeft", { $0.cornerRadius.bottomLeft = lengths() }),
            ("border.width", { $0.border = Border(width: lengths()) }),
            ("border.color", { $0.border = Border(Self.mixed(.black, .white), width: 1) }),
            ("shadow.color", { $0.shadow = Shadow(Self.mixed(.black, .white)) }),
            ("shadow.blur", { $0.shadow = Shadow(blur: lengths()) }),
            ("shadow.spread", { $0.shadow = Shadow(spread: lengths()) }),
        ]
        for (place, change) in changes {
            var clip = ImageClip("inputs/gradient.png", duration: .seconds(8))
            change(&clip.visual)
            let found = await problems([Track { clip }])
            #expect(
                found.count == 1 && found[0].hasPrefix("tracks[0].clips[0].\(place).keyframes[1].time: "), "\(found)")
        }
    }

    @Test func `keyframes past the clip are no error, and shape the way to them`() throws {
        let edit = Edit(size: Self.size, frameRate: 30, background: .black) {
            Track {
                ColorClip(.white, duration: .seconds(1)).opacity(
                    .keyframes([Keyframe(.zero, 0), Keyframe(.seconds(2), 1)]))
                ColorClip(.white, duration: .seconds(1)).opacity(
                    .keyframes([Keyframe(at: .fromEnd(.seconds(2)), 0), Keyframe(at: .fromEnd(.zero), 1)]))
            }
        }
        for (index, opacity) in [(15, 0.25), (29, 29.0 / 60), (30, 0.5), (45, 0.75)] {
            let luma = Double(try composed(edit, frame: index).luma(9, 9))
            #expect(abs(luma - 16 - 219 * opacity) <= 1.5, "frame \(index): \(luma)")
        }
    }
}
