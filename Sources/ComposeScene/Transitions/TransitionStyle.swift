// SPDX-License-Identifier: Apache-2.0

extension Transition {
    /// What a transition looks like.
    ///
    /// The set may grow: compare with `==`. Each style is declared once, below, by its name in documents and the family that makes
    /// it.
    public struct Style: Sendable, Hashable {
        /// The style's name in an edit document.
        public let name: String
        /// The picture of ``map(_:)``; `nil` for every other style.
        public internal(set) var src: String?
        /// How it is made.
        package let family: Family
        /// One line of meaning.
        package let about: String

        private init(_ name: String, _ family: Family, _ about: String) {
            self.name = name
            self.family = family
            self.about = about
        }

        /// A style whose name is wrong.
        static let unknown = Style("", .fade, "")
    }

    /// The ways in which transitions are made.
    package enum Family: Sendable, Hashable {
        /// All pixels at once.
        case fade
        /// Through a colour, which is all there is to be seen halfway.
        case through(Color)
        /// Pixel by pixel, in the order of a computed grey map, behind an edge of that width.
        case edge(Shape, softness: Double)
        /// Pixel by pixel, in the order of a picture.
        case map(softness: Double)
        /// Pictures move in, out, or both.
        case slide(Movement, Direction)
    }

    /// The computed grey maps.
    package enum Shape: String, Sendable, Hashable, CaseIterable {
        case right, left, down, up, downRight, downLeft, upRight, upLeft
        case circleOpen, circleClose, clock, barnDoors, dissolve
    }

    /// Which pictures move.
    package enum Movement: String, Sendable, Hashable, CaseIterable { case slide, push, cover, reveal }

    /// Which way something travels.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// Towards that edge of the picture.
        case left = "Left", right = "Right", up = "Up", down = "Down"
    }

    /// Which corner something travels into.
    public enum Corner: String, Sendable, Hashable, CaseIterable {
        /// Towards that corner of the picture.
        case upLeft = "UpLeft", upRight = "UpRight", downLeft = "DownLeft", downRight = "DownRight"
    }
}

extension Transition.Style {
    /// A cross-fade.
    public static let fade = Self("fade", .fade, "A cross-fade.")
    /// Through black.
    public static let fadeBlack = Self("fadeBlack", .through(.black), "Through black.")
    /// Through white.
    public static let fadeWhite = Self("fadeWhite", .through(.white), "Through white.")
    /// Pixel by pixel, in a fixed irregular order.
    public static let dissolve = Self(
        "dissolve", .edge(.dissolve, softness: 0.1), "Pixel by pixel, in a fixed irregular order.")
    /// A straight edge that travels in the direction.
    public static func wipe(_ direction: Transition.Direction) -> Self {
        let shape: Transition.Shape =
            switch direction {
            case .left: .left
            case .right: .right
            case .up: .up
            case .down: .down
            }
        return Self(
            "wipe" + direction.rawValue, .edge(shape, softness: 0.05), "A straight edge that travels that way.")
    }
    /// A straight edge that travels into the corner.
    public static func wipeCorner(_ corner: Transition.Corner) -> Self {
        let shape: Transition.Shape =
            switch corner {
            case .upLeft: .upLeft
            case .upRight: .upRight
            case .downLeft: .downLeft
            case .downRight: .downRight
            }
        return Self(
            "wipe" + corner.rawValue, .edge(shape, softness: 0.05), "A straight edge that travels into that corner.")
    }
    /// A growing circle shows the second picture.
    public static let circleOpen = Self(
        "circleOpen", .edge(.circleOpen, softness: 0.05), "A growing circle shows the second picture.")
    /// A shrinking circle hides the first picture.
    public static let circleClose = Self(
        "circleClose", .edge(.circleClose, softness: 0.05), "A shrinking circle hides the first picture.")
    /// A hand that turns clockwise from twelve.
    public static let clock = Self(
        "clock", .edge(.clock, softness: 0.05), "A hand that turns clockwise from twelve.")
    /// Two edges that part from the upright middle line.
    public static let barnDoors = Self(
        "barnDoors", .edge(.barnDoors, softness: 0.05), "Two edges that part from the upright middle line.")
    /// The order in which pixels change is that of a greyscale picture: black first, white last.
    ///
    /// The path is relative to the edit.
    public static func map(_ src: String) -> Self {
        changed(Self("map", .map(softness: 0.1), "In the order of a greyscale picture: black first, white last.")) {
            $0.src = src
        }
    }
    /// The second picture slides in over the first, which drifts the same way at a third of the speed.
    public static func slide(_ direction: Transition.Direction) -> Self {
        moving(.slide, direction)
    }
    /// The second picture pushes the first out, edge to edge.
    public static func push(_ direction: Transition.Direction) -> Self {
        moving(.push, direction)
    }
    /// The second picture moves in over the first, which stays.
    public static func cover(_ direction: Transition.Direction) -> Self {
        moving(.cover, direction)
    }
    /// The first picture moves out and uncovers the second, which stays.
    public static func reveal(_ direction: Transition.Direction) -> Self {
        moving(.reveal, direction)
    }

    private static func moving(_ movement: Transition.Movement, _ direction: Transition.Direction) -> Self {
        let about =
            switch movement {
            case .slide: "The second picture slides in over the first, which drifts along at a third of the speed."
            case .push: "The second picture pushes the first out, edge to edge."
            case .cover: "The second picture moves in over the first, which stays."
            case .reveal: "The first picture moves out and uncovers the second, which stays."
            }
        return Self(movement.rawValue + direction.rawValue, .slide(movement, direction), about)
    }

    /// Every style that needs nothing but its name.
    public static let all: [Self] =
        [.fade, .fadeBlack, .fadeWhite, .dissolve] + Transition.Direction.allCases.map(wipe)
        + Transition.Corner.allCases.map(wipeCorner) + [.circleOpen, .circleClose, .clock, .barnDoors]
        + Transition.Movement.allCases.flatMap { movement in
            Transition.Direction.allCases.map { moving(movement, $0) }
        }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Returns the style with the given name in an edit document; `nil` for an unknown one and for `map`, which needs a file.
    public init?(name: String) {
        guard let style = Self.byName[name] else { return nil }
        self = style
    }
}

extension Transition.Style {
    /// Whether it is ordered by a picture.
    var needsFile: Bool { if case .map = family { true } else { false } }

    /// The width of the edge that travels, where the edit does not say; `nil` where there is no edge.
    package var ownSoftness: Double? {
        switch family {
        case .edge(_, let softness), .map(let softness): softness
        case .fade, .through, .slide: nil
        }
    }

    /// Whether an edge travels, which can be soft.
    var hasEdge: Bool { ownSoftness != nil }
}
