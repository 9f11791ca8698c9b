// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Plans of small edits, against the recorded text.
///
/// RECORD_GOLDENS=1 writes the plans and fails, so that they are reviewed.
struct PlanGoldenTests {
    static let edits: [(name: String, edit: Edit)] = [
        (
            "held",
            Edit(size: .vertical1080) { Track { ImageClip("inputs/gradient.png", duration: .seconds(4)) } }
        ),
        (
            "kenburns",
            Edit(size: .vertical1080) {
                Track { ImageClip("inputs/gradient.png", duration: .seconds(4)).motion(.zoom(to: 1.2, x: 0.5, y: 0.4)) }
            }
        ),
        (
            "slideshow",
            Edit(size: .hd720) {
                Track {
                    for name in ["gradient", "odd", "white"] { ImageClip("inputs/\(name).png", duration: .seconds(4)) }
                }.joined(by: .fade, .seconds(1))
                Track { AudioClip("inputs/tone.wav").looping().volume(0.8).fadeOut(.seconds(2)) }
            }
        ),
        (
            "occlusion",
            Edit(size: .hd720) {
                Track { ImageClip("inputs/odd.png", duration: .seconds(6)) }
                Track {
                    Gap(.seconds(1))
                    ImageClip("inputs/gradient.png", duration: .seconds(2))
                    Gap(.seconds(1))
                    ColorClip(.white, duration: .seconds(1))
                }
            }
        ),
        (
            "layers",
            Edit(size: .hd720, background: Color(red: 16, green: 16, blue: 20)) {
                Track { ImageClip("inputs/gradient.png", duration: .seconds(3)).motion(.zoom(to: 1.1)) }
                Track {
                    ImageClip("inputs/alpha.png", duration: .seconds(1), fit: .contain).starting(at: .seconds(1))
                        .size(width: .percent(20), height: .percent(20)).position(
                            x: .percent(90), y: .percent(10), anchor: .topRight)
                }
            }
        ),
        (
            "opacity",
            Edit(size: .hd720) {
                Track { ImageClip("inputs/odd.png", duration: .seconds(2)) }
                Track {
                    ImageClip("inputs/gradient.png", duration: .seconds(2)).opacity(
                        .keyframes([Keyframe(.zero, 0), Keyframe(.milliseconds(500), 1, easing: .easeOut)]))
                }
            }
        ),
        (
            "wipes",
            Edit(size: .hd720) {
                Track {
                    ImageClip("inputs/odd.png", duration: .seconds(2))
                    Transition(.wipe(.right), .seconds(1), easing: .easeInOut, softness: 0.2)
                    ImageClip("inputs/gradient.png", duration: .seconds(3))
                    Transition(.map("inputs/map.png"), .seconds(1))
                    ImageClip("inputs/white.png", duration: .seconds(2))
                }
            }
        ),
        (
            "effects",
            Edit(size: .hd720) {
                Track {
                    ImageClip("inputs/odd.png", duration: .seconds(2))
                    Transition(.zoomBlur(.in), .seconds(1))
                    ImageClip("inputs/gradient.png", duration: .seconds(3))
                    Transition(.whip(.up), .seconds(1), easing: .easeInOut)
                    ImageClip("inputs/white.png", duration: .seconds(2))
                }
                Track {
                    ColorClip(.white, duration: .seconds(2)).size(width: 90, height: 90)
                    Transition(.glitch, .seconds(1))
                    ColorClip(.black, duration: .seconds(2)).size(width: 90, height: 90)
                }
            }
        ),
        (
            "slides",
            Edit(size: .hd720) {
                Track {
                    ImageClip("inputs/odd.png", duration: .seconds(2))
                    Transition(.push(.left), .seconds(1))
                    ImageClip("inputs/gradient.png", duration: .seconds(3))
                    Transition(.reveal(.up), .seconds(1))
                    ImageClip("inputs/white.png", duration: .seconds(2))
                }
            }
        ),
        (
            "through-black",
            Edit(size: .hd720) {
                Track {
                    ImageClip("inputs/odd.png", duration: .seconds(2))
                    Transition(.fadeBlack, .seconds(1))
                    ImageClip("inputs/gradient.png", duration: .seconds(2))
                }
            }
        ),
        (
            "backdrop",
            Edit(size: .vertical720) {
                Track { ImageClip("inputs/gradient.png", duration: .seconds(2), fit: .containBlur) }
            }
        ),
        (
            "sounds",
            Edit(size: .hd720, frameRate: .ntsc) {
                Track { ColorClip(.white) }
                Track {
                    AudioClip("inputs/tone.wav", duration: .milliseconds(1500)).fadeIn(.milliseconds(100))
                    Transition(.fade, .milliseconds(500))
                    AudioClip("inputs/tone.wav").trimmed(from: .milliseconds(500), duration: .seconds(1))
                }
                Track { AudioClip("inputs/click.wav").starting(at: .milliseconds(250)) }
            }
        ),
        (
            "orientation",
            Edit(size: .hd720) { Track { ImageClip("inputs/orient6.jpg", duration: .seconds(1), fit: .contain) } }
        ),
    ]

    @Test(arguments: edits.map(\.name))
    func `a plan reads as it was written down`(_ name: String) throws {
        let entry = try #require(Self.edits.first { $0.name == name })
        let text = try entry.edit.makePlan(in: Fixtures.folder).description + "\n"
        let path = Fixtures.folder + "/plans/\(name).txt"
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("recorded \(path): look at it, then run again without RECORD_GOLDENS")
            return
        }
        #expect(text == (try String(contentsOfFile: path, encoding: .utf8)))
    }

    @Test func `ten thousand clips can be planned`() throws {
        let edit = Edit(size: .hd720) {
            Track {
                for index in 0..<10_000 {
                    ImageClip("inputs/\(index % 2 == 0 ? "odd" : "gradient").png", duration: .milliseconds(500))
                }
            }
        }
        let plan = try edit.makePlan(in: Fixtures.folder)
        #expect(plan.spanCount == 10_000 && plan.sources.count == 2 && plan.frameCount == 150_000)
    }

    @Test func `equal edits have equal plans, and JSON and DOT of them`() throws {
        let edit = Self.edits[2].edit
        let (a, b) = (try edit.makePlan(in: Fixtures.folder), try edit.makePlan(in: Fixtures.folder))
        #expect(a == b && a.hashValue == b.hashValue)
        #expect(try a.json() == b.json())
        #expect(a.dot == b.dot && a.dot.hasPrefix("digraph plan {") && a.dot.hasSuffix("}"))
    }

    @Test func `times that no decimal can hold exactly fall on their frames`() throws {
        let clock = FrameClock(rate: 30)
        for frame in 0..<1000 { #expect(clock.frame(atOrAfter: .seconds(frame) / 30) == frame) }
        let ntsc = FrameClock(rate: .ntsc)
        for frame in 0..<1000 { #expect(ntsc.frame(atOrAfter: .seconds(frame * 1001) / 30000) == frame) }
        #expect(clock.frame(atOrAfter: .milliseconds(34)) == 2)
    }
}
