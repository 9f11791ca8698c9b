// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Compose

struct TransitionTests {
    private static let size = PixelSize(width: 160, height: 90)
    static let styles = Transition.Style.all + [.map("inputs/map.png")]

    private func edit(_ style: Transition.Style, easing: Easing = .linear) -> Edit {
        Edit(size: Self.size, frameRate: 30) {
            Track {
                ImageClip("inputs/gradient.png", duration: .seconds(2))
                Transition(style, .seconds(1), easing: easing)
                ImageClip("inputs/odd.png", duration: .seconds(2))
            }
        }
    }

    private func still(_ name: String) throws -> Planes {
        try composed(
            Edit(size: Self.size) { Track { ImageClip("inputs/" + name, duration: .seconds(1)) } }, frame: 0)
    }

    @Test(arguments: styles)
    func `a transition begins with exactly the first picture and ends before exactly the second`(
        _ style: Transition.Style
    ) throws {
        let edit = edit(style)
        let (first, second) = (try still("gradient.png"), try still("odd.png"))
        #expect(try composed(edit, frame: 30).planes == first.planes)
        #expect(try composed(edit, frame: 60).planes == second.planes)
        let middle = try composed(edit, frame: 45)
        #expect(middle.planes != first.planes && middle.planes != second.planes)
    }

    @Test(arguments: styles)
    func `two clips of two seconds with a transition of one last three`(_ style: Transition.Style) throws {
        #expect(try edit(style).makePlan(in: Fixtures.folder).frameCount == 90)
    }

    @Test func `a fade comes nearer to the second picture with every frame`() throws {
        let edit = edit(.fade)
        let second = try still("odd.png")
        let distances = try stride(from: 30, through: 60, by: 3).map {
            try composed(edit, frame: $0).psnr(second, plane: 0)
        }
        #expect(zip(distances, distances.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `easing changes when, not where`() throws {
        let slow = try composed(edit(.wipe(.right), easing: .named(.quint, .easeIn)), frame: 45)
        let even = try composed(edit(.wipe(.right)), frame: 45)
        let first = try still("gradient.png")
        #expect(slow.psnr(first, plane: 0) > even.psnr(first, plane: 0) + 3)
    }

    @Test func `an easing that overshoots does not break a mask`() throws {
        for frame in 30..<60 { _ = try composed(edit(.fade, easing: .named(.back, .easeInOut)), frame: frame) }
    }

    @Test(
        arguments: [
            (.wipe(.left), 155, 4), (.wipe(.right), 4, 155), (.reveal(.left), 155, 4), (.cover(.right), 4, 155),
            (.push(.left), 155, 4), (.slide(.right), 4, 155),
        ] as [(Transition.Style, Int, Int)])
    func `a direction is the way things travel`(_ style: Transition.Style, changed: Int, unchanged: Int) throws {
        // White changes to black; where it is black halfway, the second picture has arrived.
        let edit = Edit(size: Self.size, frameRate: 30) {
            Track {
                ColorClip(.white, duration: .seconds(2))
                Transition(style, .seconds(1))
                ColorClip(.black, duration: .seconds(2))
            }
        }
        let middle = try composed(edit, frame: 45)
        #expect(middle.luma(changed, 45) == 16)
        #expect(middle.luma(unchanged, 45) == 235)
    }

    @Test(arguments: Transition.Direction.allCases)
    func `a push leaves no seam between the pictures`(_ direction: Transition.Direction) throws {
        let edit = Edit(size: Self.size, frameRate: 30, background: .black) {
            Track {
                ColorClip(.white, duration: .seconds(2))
                Transition(.push(direction), .seconds(1), easing: .easeInOut)
                ColorClip(.white, duration: .seconds(2))
            }
        }
        for frame in stride(from: 31, to: 60, by: 4) {
            #expect((try composed(edit, frame: frame).planes[0].min() ?? 0) >= 234, "frame \(frame)")
        }
    }

    @Test func `a fade through black is black in its middle`() throws {
        let planes = try composed(edit(.fadeBlack), frame: 45)
        #expect((planes.planes[0].max() ?? 0) <= 24)
    }

    @Test func `layers of a track change place by a transition over what lies below`() throws {
        let edit = Edit(size: Self.size, frameRate: 30, background: Color(red: 0, green: 0, blue: 255)) {
            Track { ColorClip(Color(red: 0, green: 255, blue: 0)) }
            Track {
                ImageClip("inputs/alpha.png", duration: .seconds(2), fit: .contain).size(width: 60, height: 60)
                Transition(.fade, .seconds(1))
                ColorClip(.white, duration: .seconds(2)).size(width: 20, height: 20).position(x: 20, y: 20)
            }
        }
        let green = try composed(edit, frame: 45)
        #expect(green.luma(150, 80) == 173)  // unchanged: pure green is 173
        let half = green.luma(20, 20)
        #expect(half > 200 && half < 209, "half of white over green: \(half)")
    }

    @Test(arguments: Transition.Direction.allCases)
    func `pictures that slide at fractions of a pixel keep their edges`(_ direction: Transition.Direction) throws {
        for style in [Transition.Style.push(direction), .cover(direction), .reveal(direction), .slide(direction)] {
            let edit = Edit(size: PixelSize(width: 322, height: 182), frameRate: 30, background: .black) {
                Track {
                    ImageClip("inputs/white.png", duration: .seconds(1))
                    Transition(style, .milliseconds(500), easing: .named(.sine, .easeInOut))
                    ImageClip("inputs/white.png", duration: .seconds(1))
                }
            }
            for frame in [17, 20, 23, 26] {
                let planes = try composed(edit, frame: frame)
                #expect((planes.planes[0].min() ?? 0) >= 234, "\(style.name), frame \(frame)")
                #expect(planes.planes[1].allSatisfy { abs(Int($0) - 128) <= 1 }, "\(style.name), frame \(frame)")
            }
        }
    }

    @Test func `transitions on many tracks at once cost no more than their number`() throws {
        let edit = Edit(size: PixelSize(width: 64, height: 64), frameRate: 30, background: .black) {
            for _ in 0..<30 {
                Track {
                    ColorClip(Color(red: 255, green: 0, blue: 0), duration: .seconds(1)).size(width: 10, height: 10)
                    Transition(.fade, .seconds(1))
                    ColorClip(.white, duration: .seconds(1)).size(width: 10, height: 10)
                }
            }
        }
        let plan = try edit.makePlan(in: Fixtures.folder)
        #expect(plan.description.count < 10_000)
        let planes = Planes(try compose(15, of: plan))
        #expect(planes.luma(0, 0) == 16)
        // Each one blends half red and half white over the one below, which has the same colour.
        #expect(abs(planes.luma(32, 32) - (63 + 235) / 2) <= 3)
    }
}
