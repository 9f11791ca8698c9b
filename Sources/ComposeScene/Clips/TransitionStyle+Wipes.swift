// SPDX-License-Identifier: Apache-2.0

/// The transitions whose pixels change in the order of a computed grey map.
extension Transition.Style {
    /// Returns a wipe whose straight edge travels in a direction.
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
    /// Returns a wipe whose straight edge travels into a corner.
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
    /// A growing circle that reveals the second picture.
    public static let circleOpen = Self(
        "circleOpen", .edge(.circleOpen, softness: 0.05), "A growing circle shows the second picture.")
    /// A shrinking circle that hides the first picture.
    public static let circleClose = Self(
        "circleClose", .edge(.circleClose, softness: 0.05), "A shrinking circle hides the first picture.")
    /// A clock hand that wipes clockwise from twelve.
    public static let clock = Self(
        "clock", .edge(.clock, softness: 0.05), "A hand that turns clockwise from twelve.")
    /// Two edges that part from the vertical middle line.
    public static let barnDoors = Self(
        "barnDoors", .edge(.barnDoors, softness: 0.05), "Two edges that part from the upright middle line.")
    /// Two edges that close in from the left and the right side.
    public static let barnDoorsClose = Self(
        "barnDoorsClose", .edge(.barnDoorsClose, softness: 0.05), "Two edges that meet at the upright middle line.")
    /// Two edges that part from the horizontal middle line.
    public static let barnDoorsHorizontal = Self(
        "barnDoorsHorizontal", .edge(.barnDoorsHorizontal, softness: 0.05),
        "Two edges that part from the level middle line.")
    /// Two edges that close in from the top and the bottom.
    public static let barnDoorsHorizontalClose = Self(
        "barnDoorsHorizontalClose", .edge(.barnDoorsHorizontalClose, softness: 0.05),
        "Two edges that meet at the level middle line.")
    /// A clock hand that wipes anticlockwise from twelve.
    public static let clockReverse = Self(
        "clockReverse", .edge(.clockReverse, softness: 0.05), "A hand that turns anticlockwise from twelve.")
    /// Two clock hands that part at twelve and meet at six.
    public static let fan = Self(
        "fan", .edge(.fan, softness: 0.05), "Two hands that part at twelve and meet at six.")
    /// Four clock hands that each turn by a quarter.
    public static let pinwheel = Self(
        "pinwheel", .edge(.pinwheel, softness: 0.05), "Four hands that each turn clockwise by a quarter.")
    /// A growing diamond that reveals the second picture.
    public static let diamondOpen = Self(
        "diamondOpen", .edge(.diamondOpen, softness: 0.05), "A growing diamond shows the second picture.")
    /// A shrinking diamond that hides the first picture.
    public static let diamondClose = Self(
        "diamondClose", .edge(.diamondClose, softness: 0.05), "A shrinking diamond hides the first picture.")
    /// A growing rectangle that reveals the second picture.
    public static let boxOpen = Self(
        "boxOpen", .edge(.boxOpen, softness: 0.05), "A growing rectangle shows the second picture.")
    /// A shrinking rectangle that hides the first picture.
    public static let boxClose = Self(
        "boxClose", .edge(.boxClose, softness: 0.05), "A shrinking rectangle hides the first picture.")
    /// The squares of a chessboard, first those of one colour and then the others.
    public static let checkerboard = Self(
        "checkerboard", .edge(.checkerboard, softness: 0.1),
        "The squares of a chessboard, first those of one colour, then the others.")
    /// Squares in a fixed irregular order.
    public static let tiles = Self(
        "tiles", .edge(.tiles, softness: 0.2), "Squares, in a fixed irregular order.")
    /// Returns blinds: eight strips that all open in a direction at once.
    public static func blinds(_ direction: Transition.Direction) -> Self {
        let shape: Transition.Shape =
            switch direction {
            case .left: .blindsLeft
            case .right: .blindsRight
            case .up: .blindsUp
            case .down: .blindsDown
            }
        return Self(
            "blinds" + direction.rawValue, .edge(shape, softness: 0.1), "Eight strips that all open that way at once.")
    }
    /// Returns slices: ten strips that open in a direction, one after the other.
    public static func slices(_ direction: Transition.Direction) -> Self {
        let shape: Transition.Shape =
            switch direction {
            case .left: .slicesLeft
            case .right: .slicesRight
            case .up: .slicesUp
            case .down: .slicesDown
            }
        return Self(
            "slices" + direction.rawValue, .edge(shape, softness: 0.05),
            "Ten strips that open that way, one after the other.")
    }
    /// Returns wind: an edge that travels in a direction, torn into thin streaks.
    public static func wind(_ direction: Transition.Direction) -> Self {
        let shape: Transition.Shape =
            switch direction {
            case .left: .windLeft
            case .right: .windRight
            case .up: .windUp
            case .down: .windDown
            }
        return Self(
            "wind" + direction.rawValue, .edge(shape, softness: 0.2), "An edge torn into streaks that travels that way."
        )
    }

    /// All styles of this file.
    static let wipes: [Self] =
        Transition.Direction.allCases.map(wipe) + Transition.Corner.allCases.map(wipeCorner)
        + [
            .circleOpen, .circleClose, .clock, .clockReverse, .fan, .pinwheel, .barnDoors, .barnDoorsClose,
            .barnDoorsHorizontal, .barnDoorsHorizontalClose, .diamondOpen, .diamondClose, .boxOpen, .boxClose,
        ] + Transition.Direction.allCases.map(blinds) + Transition.Direction.allCases.map(slices)
        + Transition.Direction.allCases.map(wind) + [.checkerboard, .tiles]
}
