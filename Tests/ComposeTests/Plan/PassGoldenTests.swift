// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// What each pass makes of small trees, against the recorded text.
///
/// RECORD_GOLDENS=1 writes the texts and fails, so that they are reviewed.
struct PassGoldenTests {
    private static let frames = 10..<20
    private static let screen = Rectangle(left: 0, top: 0, right: 64, bottom: 36)

    /// The sources: two still ones, and one that changes with every frame.
    private static let sources = [
        PlannedSource(ColorSource(color: .white, alpha: 255)), PlannedSource(ColorSource(color: .black, alpha: 255)),
        PlannedSource(ChangingSource(width: 64, height: 36)),
    ]

    /// A draw of a source in a corner of the canvas.
    private static func layer(_ source: Int, opacity: Curve = .constant(1)) -> Draw {
        Draw(
            source: source, view: .aligned(x: 0, y: 0), clip: Rectangle(left: 0, top: 0, right: 8, bottom: 8),
            covers: false, opacity: opacity)
    }

    /// A draw of a source over the whole canvas.
    private static func cover(_ source: Int, opacity: Curve = .constant(1)) -> Draw {
        Draw(source: source, view: .aligned(x: 0, y: 0), clip: screen, covers: true, opacity: opacity)
    }

    private static let rising = Curve.ramp(from: 0, to: 1, Ramp(frames: frames, easing: .linear))

    private static func mask(_ amount: Curve) -> Mask { Mask(map: .flat, softness: 0, amount: amount) }

    private static let canvas = Composition.canvas(.black)

    private static let cases: [(pass: String, name: String, tree: Composition)] = [
        ("identity", "a layer with opacity 0 goes", .over(canvas, [layer(0, opacity: .constant(0)), layer(1)])),
        ("identity", "if it was the only one, so does the operation", .over(canvas, [layer(0, opacity: .constant(0))])),
        (
            "identity", "a ramp that has no slope is a constant",
            .over(canvas, [layer(0, opacity: .ramp(from: 0.5, to: 0.5, Ramp(frames: frames, easing: .linear)))])
        ),
        (
            "identity", "a merge at 0 is its first picture",
            .merge(from: canvas, to: .full(cover(0)), mask(.constant(0)))
        ),
        ("identity", "a merge at 1 is its second", .merge(from: canvas, to: .full(cover(0)), mask(.constant(1)))),
        (
            "identity", "a blur by 0 goes",
            .effect(
                .over(canvas, [layer(0)]), .blur(.bent(from: 0, to: 0, .pulse, Ramp(frames: frames, easing: .linear))))
        ),
        ("identity", "a blur that changes stays", .effect(.full(cover(0)), .blur(rising))),
        (
            "identity", "a scale of 1 goes, and what it was of becomes one list",
            .over(.effect(.over(canvas, [layer(0)]), .turn(CanvasTurn())), [layer(1)])
        ),
        ("identity", "nothing laid over a picture goes", .lifted(.over(.clear, []), over: .full(cover(0)))),
        ("identity", "a merge in between stays", .merge(from: canvas, to: .full(cover(0)), mask(rising))),
        (
            "identity", "a merge of a picture with itself is the picture",
            .shared(.over(canvas, [layer(1)]), in: .merge(from: .below, to: .below, mask(rising)))
        ),
        (
            "identity", "layers over layers are one list",
            .over(.merge(from: .over(canvas, [layer(0)]), to: canvas, mask(.constant(0))), [layer(1)])
        ),
        ("occlusion", "a cover hides what is below it", .over(canvas, [layer(0), cover(1), layer(2)])),
        ("occlusion", "a cover alone needs no graph", .over(.over(canvas, [layer(0)]), [cover(1)])),
        (
            "occlusion", "a cover hides what is below it within an effect",
            .effect(.over(canvas, [layer(0), cover(1)]), .pixelate(rising))
        ),
        (
            "occlusion", "what is laid over a picture hides nothing of it",
            .lifted(.over(.clear, [cover(0)]), over: .over(canvas, [cover(1)]))
        ),
        ("occlusion", "a cover that is not solid hides nothing", .over(canvas, [layer(0), cover(1, opacity: rising)])),
        (
            "occlusion", "what no operand uses any more goes",
            .shared(
                .over(canvas, [layer(0)]),
                in: .merge(from: .over(.below, [cover(0)]), to: .over(.below, [cover(1)]), mask(rising)))
        ),
        (
            "occlusion", "what one operand uses stays",
            .shared(.over(canvas, [layer(0)]), in: .merge(from: .below, to: .over(.below, [cover(1)]), mask(rising)))
        ),
        (
            "sharing", "what is used twice is composed once",
            .shared(
                .over(canvas, [layer(0)]), in: .merge(from: .below, to: .over(.below, [layer(1)]), mask(rising)))
        ),
        (
            "sharing", "what is used once moves to its place",
            .shared(.over(canvas, [layer(0)]), in: .merge(from: .below, to: .full(cover(1)), mask(rising)))
        ),
        (
            "sharing", "the picture of an effect is composed once",
            .shared(
                .effect(.full(cover(0)), .blur(rising)),
                in: .merge(from: .below, to: .over(.below, [layer(1)]), mask(rising)))
        ),
        (
            "sharing", "what is used once moves into an effect",
            .shared(.over(canvas, [layer(0)]), in: .effect(.over(.below, [layer(1)]), .blur(rising)))
        ),
        (
            "sharing", "what is used once moves below what is laid over it",
            .shared(.over(canvas, [layer(0)]), in: .lifted(.over(.clear, [layer(1)]), over: .below))
        ),
        (
            "sharing", "what costs nothing is not shared",
            .shared(canvas, in: .merge(from: .below, to: .over(.below, [layer(1)]), mask(rising)))
        ),
        (
            "sharing", "layers that meet become one list",
            .shared(.over(canvas, [layer(0)]), in: .over(.below, [layer(1)]))
        ),
        (
            "sharing", "an inner below is that of its own enclosing operation",
            .shared(
                .over(canvas, [layer(0)]),
                in: .shared(
                    .over(.below, [layer(1)]),
                    in: .merge(from: .below, to: .over(.below, [layer(2)]), mask(rising))))
        ),
        ("folding", "still layers are composed once", .over(canvas, [layer(0), layer(1)])),
        ("folding", "what moves is composed again over what does not", .over(.over(canvas, [layer(0)]), [layer(2)])),
        (
            "folding", "a steady effect on a steady picture is composed once",
            .over(.effect(.over(canvas, [layer(0)]), .blur(.constant(4))), [layer(2)])
        ),
        (
            "folding", "of an effect that changes, its picture is held",
            .effect(.over(canvas, [layer(0)]), .blur(rising))
        ),
        ("folding", "a steady effect on what changes is not held", .effect(.full(cover(2)), .blur(.constant(4)))),
        (
            "folding", "a glitch is never held", .effect(.full(cover(0)), .glitch(.constant(1), start: 10))
        ),
        (
            "folding", "a steady picture laid over another one is composed once, each by itself",
            .lifted(.over(.clear, [layer(0)]), over: .over(.over(canvas, [layer(1)]), [layer(2)]))
        ),
        ("folding", "an opacity that changes is not held", .over(canvas, [layer(0, opacity: rising)])),
        (
            "folding", "the pictures of a transition are held, itself it is not",
            .merge(from: .over(canvas, [layer(0)]), to: .over(canvas, [layer(2)]), mask(rising))
        ),
        (
            "folding", "a shared picture is held for all who use it",
            .shared(
                .over(canvas, [layer(0)]), in: .merge(from: .below, to: .over(.below, [layer(1)]), mask(rising)))
        ),
        ("folding", "a source that changes is never held", .full(cover(2))),
        (
            "all", "a clip that has faded in is simply there",
            .shared(
                .over(canvas, [layer(0)]),
                in: .merge(from: .below, to: .over(.below, [cover(1)]), mask(.constant(1))))
        ),
        (
            "all", "a clip that has faded out was never there",
            .shared(
                .over(canvas, [layer(0)]),
                in: .merge(from: .below, to: .over(.below, [cover(1)]), mask(.constant(0))))
        ),
    ]

    private static func apply(_ pass: String, to tree: Composition) -> Composition {
        switch pass {
        case "identity": Identity(frames: frames).apply(to: tree)
        case "occlusion": Occlusion().apply(to: tree)
        case "sharing": Sharing().apply(to: tree)
        case "folding": Folding(sources: sources, frames: frames).apply(to: tree)
        default:
            Passes(sources: sources).held(
                Span(frames: frames, composition: Passes(sources: sources).simplified(tree, over: frames))
            ).composition
        }
    }

    @Test(arguments: ["identity", "occlusion", "sharing", "folding", "all"])
    func `a pass makes of trees what was written down`(_ pass: String) throws {
        var text = ""
        for entry in Self.cases where entry.pass == pass {
            let after = Self.apply(pass, to: entry.tree)
            text += "# \(entry.name)\n"
            for line in entry.tree.lines(over: Self.frames) { text += "    \(line)\n" }
            text += "->\(after.isHeld ? "  held" : "")\n"
            for line in after.lines(over: Self.frames) { text += "    \(line)\n" }
            text += "\n"
        }
        let path = Fixtures.folder + "/passes/\(pass).txt"
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("recorded \(path): look at it, then run again without RECORD_GOLDENS")
            return
        }
        #expect(text == (try String(contentsOfFile: path, encoding: .utf8)))
    }

    @Test func `passes take time and memory in proportion to a deep tree`() {
        // A picture that was passed on by value to both operands would be visited 2^400 times.
        var tree = Self.canvas
        for _ in 0..<400 {
            tree = .shared(
                tree, in: .merge(from: .below, to: .over(.below, [Self.cover(0)]), Self.mask(.constant(0.5))))
        }
        let simplified = Passes(sources: Self.sources).simplified(tree, over: Self.frames)
        #expect(simplified.draws.count == 400)
    }
}
