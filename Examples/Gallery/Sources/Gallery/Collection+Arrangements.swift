// SPDX-License-Identifier: Apache-2.0

import Compose

extension Collection {
    /// The clips that place other clips: grids, split screens, pictures in pictures and groups.
    static var arrangements: Collection {
        let grid = GridClip(rows: 2, columns: 3, gap: .percent(2)) {
            for number in 1...6 { photo(number) }
        }
        let splits = SplitScreenClip.Direction.allCases.map { direction in
            let split = SplitScreenClip(direction, shares: [2, 1, 1], gap: .percent(2)) {
                for number in [1, 3, 6] { photo(number) }
            }
            return arranged("splitScreen-\(direction.rawValue)", split)
        }
        let corners: [Anchor] = [.topLeft, .topRight, .bottomLeft, .bottomRight]
        let insets = Anchor.named.filter { corners.contains($0.anchor) }.map { name, corner in
            let inset = photo(3).cornerRadius(Corners(.constant(.percent(12)))).border(
                Border(width: .constant(.percent(4))))
            return arranged(
                "pictureInPicture-\(name)", PictureInPictureClip(photo(1), inset: inset, corner: corner, insetSize: 36))
        }
        let group = GroupClip {
            Track { photo(5) }
            Track {
                TextClip("A group", duration: .seconds(1), style: TextStyle(size: .percent(18), weight: 800))
            }
        }
        .size(width: .percent(70), height: .percent(70))
        .rotation(-8)
        .cornerRadius(Corners(.constant(.percent(10))))
        return Collection(
            "arrangements", "Arrangements", columns: 4, enlargement: 2,
            exhibits: [arranged("grid", grid)] + splits + [arranged("group", group)] + insets + [staggered])
    }

    /// Photos in a row that come in one after the other, because their track says so.
    private static var staggered: Exhibit {
        let row = Track {
            for number in 1...4 {
                photo(number).starting(at: .zero)
                    .size(width: .percent(20), height: .percent(60))
                    .position(x: .percent(Double(number) * 23 - 7.5), y: .percent(50))
            }
        }
        return Exhibit(
            name: "stagger", length: .seconds(1), moments: [.milliseconds(500)],
            tracks: [
                Track { GradientClip([ground.0, ground.1], duration: .seconds(1)) },
                row.enter(.pop, .milliseconds(400), stagger: .milliseconds(150)),
            ])
    }

    private static func photo(_ number: Int) -> ImageClip { ImageClip("photo\(number).jpg", duration: .seconds(1)) }

    /// Returns an exhibit of a clip that comes in with a growth.
    private static func arranged(_ name: String, _ clip: some VisualClip) -> Exhibit {
        Exhibit(
            name: name, length: .seconds(1), moments: [.milliseconds(800)],
            tracks: [
                Track { GradientClip([ground.0, ground.1], duration: .seconds(1)) },
                Track { clip.enter(.zoom, .milliseconds(500)) },
            ])
    }
}
