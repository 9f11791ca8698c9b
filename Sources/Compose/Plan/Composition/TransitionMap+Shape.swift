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
        case .barnDoorsClose: self = .barnDoorsClose
        case .barnDoorsHorizontal: self = .barnDoorsHorizontal
        case .barnDoorsHorizontalClose: self = .barnDoorsHorizontalClose
        case .clockReverse: self = .clockReverse
        case .fan: self = .fan
        case .pinwheel: self = .pinwheel
        case .diamondOpen: self = .diamondOpen
        case .diamondClose: self = .diamondClose
        case .boxOpen: self = .boxOpen
        case .boxClose: self = .boxClose
        case .blindsRight: self = .blindsRight
        case .blindsLeft: self = .blindsLeft
        case .blindsDown: self = .blindsDown
        case .blindsUp: self = .blindsUp
        case .slicesRight: self = .slicesRight
        case .slicesLeft: self = .slicesLeft
        case .slicesDown: self = .slicesDown
        case .slicesUp: self = .slicesUp
        case .windRight: self = .windRight
        case .windLeft: self = .windLeft
        case .windDown: self = .windDown
        case .windUp: self = .windUp
        case .checkerboard: self = .checkerboard
        case .tiles: self = .tiles
        }
    }
}
