// SPDX-License-Identifier: Apache-2.0

/// The way from one clip to the next, both of which it overlaps by its duration.
///
/// The first frame of a transition is exactly the first picture, the frame after its last exactly the second.
public struct Transition: Sendable, Hashable {
    /// What it looks like.
    public var style: Style
    /// How long the two clips overlap; more than zero, and no longer than either.
    public var duration: Duration
    /// How progress runs.
    public var easing: Easing
    /// Width of the soft edge of a wipe, as a fraction 0…1 of the way it travels; `nil` is the style's own.
    public var softness: Double?
    /// A name of the user's own, kept on round trip.
    public var id: String?
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// A transition.
    public init(_ style: Style, _ duration: Duration, easing: Easing = .linear, softness: Double? = nil) {
        self.style = style
        self.duration = duration
        self.easing = easing
        self.softness = softness
    }

    /// What a transition looks like.
    public enum Style: Sendable, Hashable {
        /// A cross-fade.
        case fade
        /// Through black, or through white.
        case fadeBlack, fadeWhite
        /// Pixel by pixel, in a fixed irregular order.
        case dissolve
        /// A straight edge that travels in the direction.
        case wipe(Direction)
        /// A straight edge that travels into the corner.
        case wipeCorner(Corner)
        /// A growing circle shows the second picture; a shrinking one hides the first.
        case circleOpen, circleClose
        /// A hand that turns clockwise from twelve.
        case clock
        /// Two edges that part from the upright middle line.
        case barnDoors
        /// The order in which pixels change is that of a greyscale picture: black first, white last. The path is relative to the edit.
        case map(String)
        /// The second picture slides in over the first, which drifts the same way at a third of the speed.
        case slide(Direction)
        /// The second picture pushes the first out, edge to edge.
        case push(Direction)
        /// The second picture moves in over the first, which stays.
        case cover(Direction)
        /// The first picture moves out and uncovers the second, which stays.
        case reveal(Direction)
    }

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
    /// The style with the given name in an edit document; `nil` for an unknown one and for `map`, which needs a file.
    public init?(name: String) {
        guard let style = Self.byName[name] else { return nil }
        self = style
    }

    /// The style's name in an edit document.
    public var name: String {
        switch self {
        case .fade: "fade"
        case .fadeBlack: "fadeBlack"
        case .fadeWhite: "fadeWhite"
        case .dissolve: "dissolve"
        case .wipe(let direction): "wipe" + direction.rawValue
        case .wipeCorner(let corner): "wipe" + corner.rawValue
        case .circleOpen: "circleOpen"
        case .circleClose: "circleClose"
        case .clock: "clock"
        case .barnDoors: "barnDoors"
        case .map: "map"
        case .slide(let direction): "slide" + direction.rawValue
        case .push(let direction): "push" + direction.rawValue
        case .cover(let direction): "cover" + direction.rawValue
        case .reveal(let direction): "reveal" + direction.rawValue
        }
    }

    /// Every style that needs nothing but its name.
    public static let all: [Self] =
        [.fade, .fadeBlack, .fadeWhite, .dissolve] + Transition.Direction.allCases.map(Self.wipe)
        + Transition.Corner.allCases.map(Self.wipeCorner) + [.circleOpen, .circleClose, .clock, .barnDoors]
        + Transition.Direction.allCases.map(Self.slide) + Transition.Direction.allCases.map(Self.push)
        + Transition.Direction.allCases.map(Self.cover) + Transition.Direction.allCases.map(Self.reveal)

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
