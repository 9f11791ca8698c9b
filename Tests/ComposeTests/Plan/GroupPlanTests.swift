// SPDX-License-Identifier: Apache-2.0

import Libav
import Testing

@testable import Compose

/// What the planner refuses of groups.
struct GroupPlanTests {
    private func problems(_ group: GroupClip) async -> [String] {
        await Edit(size: PixelSize(width: 1920, height: 1080)) { Track { group } }.problems(in: Fixtures.folder)
            .map(\.description)
    }

    private static let inside = Track { ColorClip(.white, duration: .seconds(1)) }

    @Test func `a group whose box is larger than any canvas is refused, wherever it is`() async {
        for (width, height) in [(Length.percent(10000), Length.percent(10000)), (.pixels(16386), 2), (12000, 12000)] {
            let group = GroupClip(tracks: [Self.inside]).size(width: width, height: height)
            let found = await problems(group)
            #expect(
                found.count == 1
                    && found[0].hasPrefix("tracks[0].clips[0].size: the clips inside would be composed at "),
                "\(found)")
            let inner = await problems(GroupClip(tracks: [Track { group }]))
            #expect(inner.count == 1 && inner[0].hasPrefix("tracks[0].clips[0].tracks[0].clips[0].size: "), "\(inner)")
        }
        #expect(await problems(GroupClip(tracks: [Self.inside]).size(width: 16384, height: 100).scale(100)) == [])
        // Groups of groups grow with each other.
        let twice = GroupClip(tracks: [
            Track { GroupClip(tracks: [Self.inside]).size(width: .percent(900), height: 20) }
        ])
        .size(width: .percent(900), height: 40)
        #expect(await problems(twice).count == 1)
    }

    @Test func `a group whose files have no length has none either`() async {
        let found = await problems(GroupClip { Track { AudioClip("inputs/missing.wav") } })
        #expect(found.count == 1 && found[0].hasPrefix("tracks[0].clips[0].tracks[0].clips[0].src: "), "\(found)")
        let silent = await problems(GroupClip { Track { AudioClip("inputs/tone.wav") } })
        #expect(silent == [])
    }

    @Test func `clips inside that fall between frames, and transitions that are too long, are refused by their place`()
        async
    {
        let found = await problems(
            GroupClip {
                Track {
                    ColorClip(.white, duration: .milliseconds(5)).starting(at: .milliseconds(10))
                    ColorClip(.black, duration: .seconds(1))
                }
            })
        #expect(found.count == 1 && found[0].hasPrefix("tracks[0].clips[0].tracks[0].clips[0].duration: "), "\(found)")
    }

    @Test func `layers as large as they may be take no more memory than the canvas asks for`() throws {
        let plan = try Edit(size: PixelSize(width: 96, height: 64)) {
            Track {
                changed(ImageClip("inputs/gradient.png", duration: .seconds(1))) {
                    $0.visual.size = BoxSize(width: .percent(10000), height: .percent(10000))
                    $0.visual.scale = 100
                    $0.visual.rotation = 33
                    $0.visual.cornerRadius = 30000
                    $0.visual.border = Border(width: 1000)
                    $0.visual.shadow = Shadow(blur: 1000, spread: 200)
                }
            }
            Track {
                GradientClip([.black, Color(red: 0, green: 0, blue: 0, alpha: 9)], duration: .seconds(1))
                    .size(width: .percent(10000), height: .percent(10000)).scale(0.01).rotation(9)
            }
        }.makePlan(in: Fixtures.folder)
        #expect(plan.sources.allSatisfy { $0.bytes <= 64 << 20 }, "\(plan)")
        #expect(try compose(0, of: plan).width == 96)
    }
}
