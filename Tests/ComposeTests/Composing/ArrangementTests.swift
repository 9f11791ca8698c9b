// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Compose

/// Grids, split screens and pictures in pictures look like the same clips placed by hand.
struct ArrangementTests {
    private static let size = PixelSize(width: 96, height: 64)
    private static let colors = [
        Color(red: 200, green: 30, blue: 30), Color(red: 30, green: 200, blue: 30),
        Color(red: 30, green: 30, blue: 200),
        Color(red: 200, green: 200, blue: 30),
    ]

    private func edit(@TrackBuilder _ tracks: () -> [Track]) -> Edit {
        Edit(size: Self.size, frameRate: 10, background: .black, tracks: tracks)
    }

    private func color(_ index: Int) -> ColorClip { ColorClip(Self.colors[index], duration: .seconds(1)) }

    private func box(_ clip: some VisualClip, _ left: Double, _ top: Double, _ width: Double, _ height: Double) -> Track
    {
        Track {
            clip.size(width: .pixels(width), height: .pixels(height))
                .position(x: .pixels(left), y: .pixels(top), anchor: .topLeft)
        }
    }

    private func expectSame(_ edit: Edit, _ other: Edit, within most: Double = 1) throws {
        let (a, b) = (try composed(edit, frame: 3), try composed(other, frame: 3))
        for plane in 0..<3 {
            let distance = a.raster(plane).distance(to: b.raster(plane))
            #expect(distance <= most, "plane \(plane): \(distance)")
        }
    }

    @Test func `a grid has equal cells, row by row, with gaps between them`() throws {
        let grid = GridClip(rows: 2, columns: 2, gap: 4, background: .white) {
            color(0)
            color(1)
            color(2)
        }
        try expectSame(
            edit { Track { grid } },
            edit {
                Track { ColorClip(.white, duration: .seconds(1)) }
                box(color(0), 0, 0, 46, 30)
                box(color(1), 50, 0, 46, 30)
                box(color(2), 0, 34, 46, 30)
            })
    }

    @Test func `parts of a split screen have their shares`() throws {
        let row = SplitScreenClip(.row, shares: [1, 2], gap: 6) {
            color(0)
            color(1)
        }
        try expectSame(
            edit { Track { row } },
            edit {
                box(color(0), 0, 0, 30, 64)
                box(color(1), 36, 0, 60, 64)
            })
        let column = SplitScreenClip(.column) {
            color(2)
            color(3)
        }
        try expectSame(
            edit { Track { column } },
            edit {
                box(color(2), 0, 0, 96, 32)
                box(color(3), 0, 32, 96, 32)
            })
    }

    @Test(
        arguments: [
            (Anchor.topLeft, 4.0, 4.0), (.topRight, 44, 4), (.bottomLeft, 4, 28), (.bottomRight, 44, 28),
            (.center, 24, 16),
        ])
    func `a picture in a picture lies in its corner`(corner: Anchor, left: Double, top: Double) throws {
        let clip = PictureInPictureClip(color(0), inset: color(1), corner: corner, insetSize: 50, margin: 4)
        try expectSame(
            edit { Track { clip } },
            edit {
                Track { color(0) }
                box(color(1), left, top, 48, 32)
            })
    }

    @Test func `sizes and positions count from the cell`() throws {
        let grid = GridClip(rows: 1, columns: 2) {
            color(0).size(width: .percent(50), height: .pixels(20))
            color(1).size(width: .percent(50), height: .percent(50)).position(
                x: 0, y: .percent(100), anchor: .bottomLeft)
        }
        try expectSame(
            edit { Track { grid } },
            edit {
                box(color(0), 12, 22, 24, 20)
                box(color(1), 48, 32, 24, 32)
            })
    }

    @Test func `an arrangement is one layer that turns and fades`() throws {
        func turned(_ clip: some VisualClip) -> some VisualClip { clip.rotation(15).scale(0.8).opacity(0.6) }
        let grid = GridClip(rows: 1, columns: 2) {
            color(0)
            color(1)
        }
        let group = GroupClip {
            box(color(0), 0, 0, 48, 64)
            box(color(1), 48, 0, 48, 64)
        }
        try expectSame(edit { Track { turned(grid) } }, edit { Track { turned(group) } })
    }

    @Test func `what is wrong inside is said at its place in the document`() async throws {
        let missing = ImageClip("inputs/none.png", duration: .seconds(1))
        let edit = edit {
            Track {
                GridClip(rows: 1, columns: 2) {
                    color(0)
                    missing
                }
                PictureInPictureClip(color(0), inset: missing)
            }
        }
        let places = ["tracks[0].clips[0].clips[1].src", "tracks[0].clips[1].inset.src"]
        #expect(edit.media.map(\.path) == places)
        #expect(edit.mapMedia { _ in "inputs/edge.png" }.media.map(\.src) == ["inputs/edge.png", "inputs/edge.png"])
        #expect(await edit.problems(in: Fixtures.folder).map(\.path) == places)
    }

    @Test func `sounds of cells are heard from the start of the arrangement`() throws {
        let movie = try NumberedClips.shared().path("b_frames.mp4")
        let plan = try edit {
            Track {
                Gap(.milliseconds(500))
                SplitScreenClip(.row) {
                    VideoClip(movie).trimmed(from: .zero, duration: .seconds(1))
                    color(0)
                }
            }
        }.makePlan(in: Fixtures.folder)
        let heard = plan.audio.sounds.map(\.samples)
        let info = try #require(plan.origin?.media.videos[movie])
        #expect(heard == (info.sound == nil ? [] : [24_000..<72_000]))
    }

    @Test func `clips of a track that start together come in one after the other`() throws {
        func card(_ index: Int) -> ColorClip {
            ColorClip(.white, duration: .seconds(2)).size(width: 20, height: 20).starting(at: .zero)
                .position(x: .pixels(Double(20 + 28 * index)), y: 32)
        }
        let edit = edit {
            Track {
                for index in 0..<3 { card(index) }
            }.enter(.fade, .milliseconds(500), stagger: .milliseconds(500))
        }
        func levels(_ frame: Int) throws -> [Double] {
            let luma = try composed(edit, frame: frame).raster(0)
            return (0..<3).map { (luma[20 + 28 * $0, 32] - 16) / 219 }
        }
        // Half a second is five frames; each begins with nothing.
        #expect(try levels(0) == [0, 0, 0])
        #expect(try levels(5) == [1, 0, 0])
        let middle = try levels(8)
        #expect(middle[0] == 1 && abs(middle[1] - 0.6) < 0.01 && middle[2] == 0, "\(middle)")
        #expect(try levels(15) == [1, 1, 1])
    }

    @Test func `what cannot be arranged is refused with its place`() {
        func lines(_ clip: some ClipValue) -> [String] {
            Edit(timeline: Timeline(size: .hd720, tracks: [Track { clip }])).valueProblems().map(\.path)
        }
        let clip = "tracks[0].clips[0]"
        #expect(lines(GridClip(rows: 1, columns: 1) { for index in 0..<2 { color(index) } }) == ["\(clip).clips"])
        #expect(lines(GridClip(rows: 0, columns: 51) { color(0) }) == ["\(clip).rows", "\(clip).columns"])
        #expect(
            lines(
                SplitScreenClip(shares: [1, 2, 3]) {
                    color(0)
                    color(1)
                }) == ["\(clip).shares"])
        #expect(lines(SplitScreenClip { Gap(.seconds(1)) }) == ["\(clip).clips[0]"])
        #expect(lines(SplitScreenClip { ProgressClip(.white, duration: .seconds(1)) }) == ["\(clip).clips[0]"])
        let bar = ProgressClip(.white, duration: .seconds(1)).size(width: .percent(80), height: 4).position(
            x: 10, y: 10)
        #expect(lines(SplitScreenClip { bar }) == [])
        #expect(lines(GridClip(rows: 1, columns: 1) { ColorClip(.white) }) == ["\(clip).clips"])
        #expect(lines(PictureInPictureClip(color(0), inset: color(1), insetSize: 0)) == ["\(clip).insetSize"])
    }
}
