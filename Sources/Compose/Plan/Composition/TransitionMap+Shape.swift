// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension TransitionMap.Shape {
    /// Creates the map that draws a transition's shape.
    init(_ shape: Transition.Shape) {
        switch shape {
        case .right: self = .right
        case .left: self = .left
        case .down: self = .down
        case .up: self = .up
        case .downRight: self = .downRight
        case .downLeft: self = .downLeft
        case .upRight: self = .upRight
        case .upLeft: self = .upLeft
        case .circleOpen: self = .circleOpen
        case .circleClose: self = .circleClose
        case .clock: self = .clock
        case .barnDoors: self = .barnDoors
        case .dissolve: self = .dissolve
        }
    }
}
