// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What the planner knows of each style.
extension Transition.Style {
    var slides: Bool {
        switch self {
        case .slide, .push, .cover, .reveal: true
        default: false
        }
    }

    /// Whether there is an edge that travels, and so a softness.
    var hasEdge: Bool {
        switch self {
        case .dissolve, .wipe, .wipeCorner, .circleOpen, .circleClose, .clock, .barnDoors, .map: true
        case .fade, .fadeBlack, .fadeWhite, .slide, .push, .cover, .reveal: false
        }
    }

    /// The width of the edge where the edit does not say.
    var ownSoftness: Double {
        switch self {
        case .dissolve, .map: 0.1
        default: 0.05
        }
    }

    /// The grey map of a style that has one to compute.
    var computedMap: Mask.Map? {
        switch self {
        case .fade: .flat
        case .dissolve: .shape(.dissolve)
        case .wipe(.left): .shape(.left)
        case .wipe(.right): .shape(.right)
        case .wipe(.up): .shape(.up)
        case .wipe(.down): .shape(.down)
        case .wipeCorner(.upLeft): .shape(.upLeft)
        case .wipeCorner(.upRight): .shape(.upRight)
        case .wipeCorner(.downLeft): .shape(.downLeft)
        case .wipeCorner(.downRight): .shape(.downRight)
        case .circleOpen: .shape(.circleOpen)
        case .circleClose: .shape(.circleClose)
        case .clock: .shape(.clock)
        case .barnDoors: .shape(.barnDoors)
        case .map, .fadeBlack, .fadeWhite, .slide, .push, .cover, .reveal: nil
        }
    }
}
