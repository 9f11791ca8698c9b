// SPDX-License-Identifier: Apache-2.0

/// The way in which a layer comes in, or goes out.
///
/// It changes the layer's own place, size, opacity … over a time at the start, or at the end, of its clip. A value type; safe to
/// share between threads.
public struct Entrance: Sendable, Hashable {
    /// The style of the entrance or exit.
    public var style: Style
    /// How long it takes; `nil` means half a second, or as long as a spring takes by nature.
    public var duration: Duration?
    /// The easing; `nil` means the style's own.
    public var easing: Easing?
    /// How long after the clip's start an entrance begins, or before its end an exit ends; zero or more.
    ///
    /// Before an entrance and after an exit, the layer stays as they have it.
    public var delay: Duration

    /// Creates an entrance or an exit.
    public init(_ style: Style, _ duration: Duration? = nil, easing: Easing? = nil, delay: Duration = .zero) {
        self.style = style
        self.duration = duration
        self.easing = easing
        self.delay = delay
    }

    /// How long it takes.
    package var length: Duration {
        if let duration { return duration }
        if case .spring(let spring)? = easing { return .seconds(spring.naturalLength) }
        return .milliseconds(500)
    }

    /// A style of entrances and exits.
    ///
    /// More styles may be added: compare with `==`. Each is declared once, below. A value type; safe to share between threads.
    public struct Style: Sendable, Hashable {
        /// The style's name in an edit document.
        public let name: String
        /// What changes, from the state outside of the clip to the layer's own.
        package let changes: [Change]
        /// The easings of an entrance and of an exit that give none.
        package let easings: (enter: Easing, exit: Easing)
        /// The style's description in the documentation.
        package let about: String

        private init(
            _ name: String, _ changes: [Change], enter: Easing = .named(.cubic, .easeOut),
            exit: Easing = .named(.cubic, .easeIn), _ about: String
        ) {
            self.name = name
            self.changes = changes
            easings = (enter, exit)
            self.about = about
        }

        /// Returns whether two styles have the same name.
        public static func == (a: Style, b: Style) -> Bool { a.name == b.name }
        /// Adds the style's name.
        public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    }

    /// A change of a layer.
    package enum Change: Sendable, Hashable {
        /// From clear.
        case opacity
        /// From a part of its size.
        case scale(Double)
        /// From an angle, in degrees clockwise.
        case rotation(Double)
        /// From beyond the edge of the canvas, moving in a direction; an exit moves on in the same direction.
        case offCanvas(Transition.Direction)
        /// From behind an edge that travels in a direction.
        case wipe(Transition.Direction)
        /// From a blur, whose standard deviation is a fraction of the canvas's height.
        case blur(Double)
    }
}

extension Entrance.Style {
    /// A fade.
    public static let fade = Self("fade", [.opacity], enter: .linear, exit: .linear, "It fades in, or out.")
    /// Returns a slide in a direction, from beyond the canvas or out of it.
    public static func slide(_ direction: Transition.Direction) -> Self {
        Self("slide" + direction.rawValue, [.offCanvas(direction)], "It slides that way, in or out of the canvas.")
    }
    /// A quick growth with an overshoot.
    public static let pop = Self(
        "pop", [.scale(0), .opacity], enter: .named(.back, .easeOut), exit: .named(.back, .easeIn),
        "It pops up with an overshoot, or shrinks away.")
    /// A growth from half its size, with a fade.
    public static let zoom = Self("zoom", [.scale(0.5), .opacity], "It grows from half its size and fades in.")
    /// Half a turn with a growth.
    public static let spin = Self(
        "spin", [.rotation(-180), .scale(0.2), .opacity], "It turns half around while it grows and fades in.")
    /// Returns a wipe whose edge travels in a direction.
    public static func wipe(_ direction: Transition.Direction) -> Self {
        Self(
            "wipe" + direction.rawValue, [.wipe(direction)], enter: .named(.cubic, .easeInOut),
            exit: .named(.cubic, .easeInOut), "An edge travels that way over it and shows, or hides, it.")
    }
    /// From a blur.
    public static let blur = Self("blur", [.blur(0.03), .opacity], "It comes into focus, or out of it.")
    /// A fall from above the canvas that bounces; an exit falls out of it.
    public static let drop = Self(
        "drop", [.offCanvas(.down)], enter: .named(.bounce, .easeOut), exit: .named(.cubic, .easeIn),
        "It falls from above and bounces, or falls out of the canvas.")

    /// Every style.
    public static let all: [Self] =
        [.fade] + Transition.Direction.allCases.map(slide) + [.pop, .zoom, .spin]
        + Transition.Direction.allCases.map(wipe) + [.blur, .drop]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Creates the style with a name in edit documents; `nil` if there is none.
    public init?(name: String) {
        guard let style = Self.byName[name] else { return nil }
        self = style
    }
}

extension Entrance {
    static let form = ObjectForm(
        "entrance", "The way in or out.", usual: Entrance(.fade),
        [
            .required(
                "name", \.style,
                .word("way in or out", Style.all.map(\.name), make: Style.init(name:), name: \.name),
                "What it looks like."),
            .optional(
                "duration", \.duration, .length, unset: "0.5, or as long as a spring takes by nature",
                "How long it takes."),
            .optional("easing", \.easing, .easing, unset: "the style's own", "How it runs."),
            .optional(
                "delay", \.delay, .time, "How long after the clip's start it begins, or before its end it is over."),
        ])
}
