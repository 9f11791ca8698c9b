// SPDX-License-Identifier: Apache-2.0

import Compose

/// All exhibits of one kind.
struct Collection {
    /// The name of its folder and its contact sheet.
    let name: String
    /// The heading of its contact sheet.
    let title: String
    /// How many exhibits stand side by side on the contact sheet.
    let columns: Int
    /// By how much the pictures of its contact sheet are larger than usual.
    let enlargement: Double
    /// The exhibits, in the library's order.
    let exhibits: [Exhibit]

    init(_ name: String, _ title: String, columns: Int, enlargement: Double = 1, exhibits: [Exhibit]) {
        self.name = name
        self.title = title
        self.columns = columns
        self.enlargement = enlargement
        self.exhibits = exhibits
    }

    /// Its exhibits on contact sheets of at most nine rows each, which are about equally long.
    var pages: [Collection] {
        let rows = (exhibits.count + columns - 1) / columns
        let sheets = max((rows + 8) / 9, 1)
        let most = (rows + sheets - 1) / sheets * columns
        return (0..<sheets).map { sheet in
            let part = exhibits.dropFirst(sheet * most).prefix(most)
            return Collection(
                sheets > 1 ? "\(name)-\(sheet + 1)" : name, sheets > 1 ? "\(title), \(sheet + 1) of \(sheets)" : title,
                columns: columns, enlargement: enlargement, exhibits: Array(part))
        }
    }

    /// Returns every collection.
    ///
    /// What is in them is what the library itself lists, so that a new style appears by itself.
    static func all(on stage: Stage) -> [Collection] {
        [transitions, easings(on: stage), blendModes, masks(on: stage), arrangements, entrances, exits]
    }

    /// Every transition, between two photos.
    static var transitions: Collection {
        let (still, length) = (Duration.milliseconds(200), Duration.milliseconds(1000))
        return Collection(
            "transitions", "Transitions", columns: 4,
            exhibits: Transition.Style.all.map { style in
                Exhibit(
                    name: style.name, length: still + length + still,
                    moments: [3, 5, 7].map { still + length * $0 / 10 },
                    tracks: [
                        Track {
                            ImageClip("photo1.jpg", duration: still + length)
                            Transition(style, length)
                            ImageClip("photo6.jpg", duration: length + still)
                        }
                    ])
            })
    }

    /// Every blend mode: a photo that slides over another one.
    static var blendModes: Collection {
        let slide = Animated.keyframes([
            Keyframe(at: .percent(0), Position(x: .percent(100), y: 0)),
            Keyframe(at: .percent(70), Position(x: .percent(34), y: 0), easing: .easeOut),
        ])
        return Collection(
            "blend-modes", "Blend modes", columns: 5, enlargement: 2,
            exhibits: BlendMode.allCases.map { mode in
                Exhibit(
                    name: mode.rawValue, length: .seconds(1), moments: [.milliseconds(900)],
                    tracks: [
                        Track { ImageClip("photo4.jpg", duration: .seconds(1)) },
                        Track {
                            ImageClip("photo3.jpg", duration: .seconds(1))
                                .size(width: .percent(66), height: .percent(100))
                                .position(slide, anchor: .topLeft)
                                .blend(mode)
                        },
                    ])
            })
    }

    /// Every way in.
    static var entrances: Collection { cards("entrances", "Entrances") { $0.enter($1, .milliseconds(700)) } }

    /// Every way out.
    static var exits: Collection { cards("exits", "Exits") { $0.exit($1, .milliseconds(700)) } }

    /// Returns a collection of the ways in or out, on a photo that lies as a card on a coloured ground.
    private static func cards(
        _ name: String, _ title: String, _ move: (ImageClip, Entrance.Style) -> ImageClip
    ) -> Collection {
        let card = ImageClip("photo4.jpg", duration: .seconds(1))
            .size(width: .percent(60), height: .percent(66))
            .cornerRadius(Corners(.constant(.percent(10))))
            .border(Border(width: .constant(.percent(4))))
            .shadow(Shadow(blur: .constant(.percent(8)), y: .constant(.percent(3))))
        // An exit begins 0.3 s after the start of its clip.
        let first = name == "exits" ? 300 : 0
        return Collection(
            name, title, columns: 3,
            exhibits: Entrance.Style.all.map { style in
                Exhibit(
                    name: style.name, length: .seconds(1),
                    moments: [100, 200, 333, 500].map { .milliseconds(first + $0) },
                    tracks: [
                        Track { GradientClip([ground.0, ground.1], duration: .seconds(1)) },
                        Track { move(card, style) },
                    ])
            })
    }

    static let ground = (Color(red: 67, green: 97, blue: 180), Color(red: 122, green: 66, blue: 150))
}
