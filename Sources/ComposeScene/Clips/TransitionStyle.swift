// SPDX-License-Identifier: Apache-2.0

extension Transition {
    /// The style of a transition.
    ///
    /// More styles may be added: compare with `==`. Each is declared once, below, with its name in documents and its
    /// family. A value type; safe to share between threads.
    public struct Style: Sendable, Hashable {
        /// The style's name in an edit document.
        public let name: String
        /// The greyscale picture of ``map(_:)``; `nil` for every other style.
        public internal(set) var src: String?
        /// How the style is rendered.
        package let family: Family
        /// The style's description in the documentation.
        package let about: String

        /// Creates a style; each is declared once, as a static member.
        init(_ name: String, _ family: Family, _ about: String) {
            self.name = name
            self.family = family
            self.about = about
        }

        /// The style of a transition whose name is unknown.
        static let unknown = Style("", .fade, "")
    }

    /// The ways to render a transition.
    package enum Family: Sendable, Hashable {
        /// Mixes all pixels equally.
        case fade
        /// Fades to a colour and then from it; halfway, only the colour is visible.
        case through(Color)
        /// Changes pixels in the order of a computed grey map, behind an edge of the given width.
        case edge(Shape, softness: Double)
        /// Changes pixels in the order of a picture.
        case map(softness: Double)
        /// Moves one picture, or both.
        case slide(Movement, Direction)
        /// Changes the whole pictures: grows, turns or blurs them.
        case effect(Effect)
    }

    /// The changes of whole pictures.
    package enum Effect: Sendable, Hashable {
        case zoom(Zoom)
        case zoomBlur(Zoom)
        case spin(Turn)
        case whip(Direction)
        case blur, pixelate, glitch
    }

    /// The computed grey maps.
    package enum Shape: String, Sendable, Hashable, CaseIterable {
        case right, left, down, up, downRight, downLeft, upRight, upLeft
        case circleOpen, circleClose, clock, barnDoors, dissolve
        case barnDoorsClose, barnDoorsHorizontal, barnDoorsHorizontalClose, clockReverse, fan, pinwheel
        case diamondOpen, diamondClose, boxOpen, boxClose, checkerboard, tiles
        case blindsRight, blindsLeft, blindsDown, blindsUp, slicesRight, slicesLeft, slicesDown, slicesUp
        case windRight, windLeft, windDown, windUp
    }

    /// The pictures that move.
    package enum Movement: String, Sendable, Hashable, CaseIterable { case slide, push, cover, reveal }

    /// A direction of movement.
    ///
    /// A value type; safe to share between threads.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// The edge of the picture that the movement is towards.
        case left = "Left", right = "Right", up = "Up", down = "Down"
    }

    /// A way to zoom.
    ///
    /// A value type; safe to share between threads.
    public enum Zoom: String, Sendable, Hashable, CaseIterable {
        /// Towards the middle, so that pictures grow, or away from it, so that they shrink.
        case `in` = "In", out = "Out"
    }

    /// A way to turn.
    ///
    /// A value type; safe to share between threads.
    public enum Turn: String, Sendable, Hashable, CaseIterable {
        /// Anticlockwise, or clockwise.
        case left = "Left", right = "Right"
    }

    /// A corner of the picture.
    ///
    /// A value type; safe to share between threads.
    public enum Corner: String, Sendable, Hashable, CaseIterable {
        /// The corner that the movement is towards.
        case upLeft = "UpLeft", upRight = "UpRight", downLeft = "DownLeft", downRight = "DownRight"
    }
}

extension Transition.Style {
    /// A cross-fade.
    public static let fade = Self("fade", .fade, "A cross-fade.")
    /// A fade through black.
    public static let fadeBlack = Self("fadeBlack", .through(.black), "Through black.")
    /// A fade through white.
    public static let fadeWhite = Self("fadeWhite", .through(.white), "Through white.")
    /// A dissolve, pixel by pixel in a fixed irregular order.
    public static let dissolve = Self(
        "dissolve", .edge(.dissolve, softness: 0.1), "Pixel by pixel, in a fixed irregular order.")
    /// Returns a transition that changes pixels in the order of a greyscale picture: black first, white last.
    ///
    /// `src` is the picture's path, relative to the edit's folder.
    public static func map(_ src: String) -> Self {
        changed(Self("map", .map(softness: 0.1), "In the order of a greyscale picture: black first, white last.")) {
            $0.src = src
        }
    }
    /// Returns a slide: the second picture moves over the first, which moves the same way at a third of the speed.
    public static func slide(_ direction: Transition.Direction) -> Self {
        moving(.slide, direction)
    }
    /// Returns a push: the second picture pushes the first out, edge to edge.
    public static func push(_ direction: Transition.Direction) -> Self {
        moving(.push, direction)
    }
    /// Returns a cover: the second picture moves in over the first, which stays in place.
    public static func cover(_ direction: Transition.Direction) -> Self {
        moving(.cover, direction)
    }
    /// Returns a reveal: the first picture moves out and uncovers the second, which stays in place.
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

    /// Every style except ``map(_:)``, which needs a picture.
    public static let all: [Self] =
        [.fade, .fadeBlack, .fadeWhite, .dissolve] + wipes
        + Transition.Movement.allCases.flatMap { movement in
            Transition.Direction.allCases.map { moving(movement, $0) }
        } + effects

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Creates the style with a name in edit documents.
    ///
    /// `nil` for an unknown name, and for `map`, which needs a picture.
    public init?(name: String) {
        guard let style = Self.byName[name] else { return nil }
        self = style
    }
}

extension Transition.Style {
    /// Whether the style needs a picture.
    var needsFile: Bool { if case .map = family { true } else { false } }

    /// The default width of the soft edge; `nil` if the style has no edge.
    package var ownSoftness: Double? {
        switch family {
        case .edge(_, let softness), .map(let softness): softness
        case .fade, .through, .slide, .effect: nil
        }
    }

    /// Whether the style has an edge, which can be soft.
    var hasEdge: Bool { ownSoftness != nil }
}
