// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Masks show what they cover: white boxes on black, against shares that are counted.
struct MaskTests {
    private static let size = PixelSize(width: 96, height: 64)

    private func luma(_ edit: Edit, frame: Int = 0) throws -> Raster { try composed(edit, frame: frame).raster(0) }

    private func edit(@TrackBuilder _ tracks: () -> [Track]) -> Edit {
        Edit(size: Self.size, frameRate: 10, background: .black, tracks: tracks)
    }

    private func white(_ mask: ClipMask) -> ColorClip { ColorClip(.white, duration: .seconds(1)).mask(mask) }

    /// Returns the luma of a shape on black; `isInside` says of a point of the canvas whether it is shown.
    private func counted(_ isInside: (Double, Double) -> Bool) -> Raster {
        Raster(width: Self.size.width, height: Self.size.height) { x, y in
            var inside = 0
            for point in 0..<64 {
                let (px, py) = (Double(x) + (Double(point % 8) + 0.5) / 8, Double(y) + (Double(point / 8) + 0.5) / 8)
                if isInside(px, py) { inside += 1 }
            }
            return 16 + 219 * Double(inside) / 64
        }
    }

    @Test(arguments: [0.0, 20, 200]) func `a shape in the box turns with it`(degrees: Double) throws {
        let (width, height) = (70.0, 40.0)
        let shapes: [(ClipMask, (Double, Double) -> Bool)] = [
            (.shape(.ellipse), { u, v in u * u + v * v <= 0.25 }),
            (.shape(.rectangle), { _, _ in true }),
            (
                .path([Anchor(x: 0.5, y: 0), Anchor(x: 1, y: 1), Anchor(x: 0, y: 0.75)]),
                { u, v in
                    // On the same side of all three edges.
                    let corners = [(0.0, -0.5), (0.5, 0.5), (-0.5, 0.25)]
                    return (0..<3).allSatisfy { index in
                        let (a, b) = (corners[index], corners[(index + 1) % 3])
                        return (b.0 - a.0) * (v - a.1) - (b.1 - a.1) * (u - a.0) >= 0
                    }
                }
            ),
        ]
        for (index, (mask, isInside)) in shapes.enumerated() {
            for inverted in [false, true] {
                let found = try luma(
                    edit {
                        Track {
                            white(mask.inverted(inverted)).size(width: .pixels(width), height: .pixels(height))
                                .rotation(.constant(degrees))
                        }
                    })
                let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
                let wanted = counted { x, y in
                    let (dx, dy) = (x - 48, y - 32)
                    let (u, v) = ((cosine * dx + sine * dy) / width, (cosine * dy - sine * dx) / height)
                    return abs(u) <= 0.5 && abs(v) <= 0.5 && isInside(u, v) != inverted
                }
                let likeness = found.decibels(to: wanted)
                #expect(likeness >= 40, "shape \(index), inverted \(inverted): \(likeness) dB")
                let edges = found.decibels(to: wanted) { wanted.values[$0] > 17 && wanted.values[$0] < 234 }
                #expect(edges >= 36, "shape \(index), inverted \(inverted): \(edges) dB at edges")
            }
        }
    }

    @Test func `a soft edge is that of a Gaussian`() throws {
        let feather = 12.0
        let half = ClipMask.path([Anchor(x: 0.5, y: 0), Anchor(x: 1, y: 0), Anchor(x: 1, y: 1), Anchor(x: 0.5, y: 1)])
        let found = try luma(edit { Track { white(half.feathered(feather)) } })
        for x in stride(from: 24, to: 72, by: 3) {
            let share = (1 + erf((Double(x) + 0.5 - 48) / (feather / 2) / 2.0.squareRoot())) / 2
            #expect(abs(found[x, 32] - (16 + 219 * share)) <= 3, "\(x): \(found[x, 32])")
        }
    }

    @Test func `white masked by a picture's brightness is the picture's own`() throws {
        let picture = try luma(
            edit { Track { ImageClip("inputs/gradient.png", duration: .seconds(1), fit: .fill) } })
        let masked = try luma(edit { Track { white(.picture("inputs/gradient.png")) } })
        #expect(masked.distance(to: picture) <= 2, "\(masked.distance(to: picture))")
        let rest = try luma(edit { Track { white(ClipMask.picture("inputs/gradient.png").inverted()) } })
        for index in rest.values.indices {
            #expect(abs(masked.values[index] + rest.values[index] - 251) <= 2)
        }
    }

    @Test func `white masked by a picture's alpha covers as much as the picture does`() throws {
        let masked = try luma(edit { Track { white(.picture("inputs/alpha.png", by: .alpha)) } })
        // A picture over black and over white: what of the white is left tells its alpha.
        let picture = ImageClip("inputs/alpha.png", duration: .seconds(1), fit: .fill)
        let dark = try luma(edit { Track { picture } })
        let light = try luma(
            Edit(size: Self.size, frameRate: 10, background: .white) { Track { picture } })
        for index in masked.values.indices {
            let alpha = 1 - (light.values[index] - dark.values[index]) / 219
            #expect(abs(masked.values[index] - (16 + 219 * alpha)) <= 4, "\(index)")
        }
        #expect(Set(masked.values).count > 2)
    }

    @Test func `another clip masks while it is seen, and is not seen itself`() throws {
        let box = ColorClip(.white, duration: .milliseconds(500)).size(width: 40, height: 24).rotation(25)
        let masked = edit {
            Track {
                Gap(.milliseconds(200))
                ColorClip(Color(red: 255, green: 0, blue: 0), duration: .milliseconds(500)).size(width: 40, height: 24)
                    .rotation(25).id("window")
            }
            Track { white(.clip("window")) }
        }
        let alone = edit {
            Track {
                Gap(.milliseconds(200))
                box
            }
        }
        for frame in 0..<7 {
            let (found, wanted) = (try luma(masked, frame: frame), try luma(alone, frame: frame))
            #expect(found.distance(to: wanted) <= 2, "frame \(frame): \(found.distance(to: wanted))")
        }
        let rest = changed(masked) {
            $0.timeline.tracks[1].clips = [.color(white(ClipMask.clip("window").inverted()))]
        }
        #expect(try luma(rest, frame: 0).values.allSatisfy { $0 == 235 })
        #expect(try luma(rest, frame: 3)[48, 32] == 16)
    }

    @Test func `a clip's brightness masks where it is white, and not where it is black`() throws {
        let found = try luma(
            edit {
                Track {
                    GroupClip(duration: .seconds(1)) {
                        Track { ColorClip(.black, duration: .seconds(1)) }
                        Track { ColorClip(.white, duration: .seconds(1)).size(width: 32, height: 64) }
                    }.id("window")
                }
                Track { white(.clip("window", by: .luma)) }
            })
        #expect(found[48, 32] == 235 && found[10, 32] == 16 && found[90, 32] == 16)
    }

    @Test func `a mask's files belong to the edit, and a missing one is reported at its place`() async throws {
        let edit = edit { Track { white(.picture("inputs/none.png")) } }
        #expect(edit.media.map(\.path) == ["tracks[0].clips[0].mask.src"] && edit.media[0].src == "inputs/none.png")
        #expect(edit.mapMedia { _ in "inputs/edge.png" }.media.map(\.src) == ["inputs/edge.png"])
        let problems = await edit.problems(in: Fixtures.folder)
        #expect(problems.map(\.path) == ["tracks[0].clips[0].mask.src"])
    }
}
