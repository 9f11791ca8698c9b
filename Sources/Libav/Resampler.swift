// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A resampler that moves and scales frames at exact sub-pixel positions.
///
/// It holds scratch space, so each thread needs its own.
@safe package final class Resampler {
    /// One axis of the map from output to source pixels: source = scale × output + offset.
    package struct Axis: Sendable, Hashable {
        package var scale: Double
        package var offset: Double

        package init(scale: Double, offset: Double) {
            self.scale = scale
            self.offset = offset
        }
    }

    let pointer: OpaquePointer

    package init() throws(LibavError) {
        guard let created = unsafe cfs_resampler_create() else { throw .outOfMemory("create resampler") }
        unsafe pointer = created
    }

    deinit { unsafe cfs_resampler_free(pointer) }

    /// Resamples `source` into all of `target` with an antialiased Catmull-Rom kernel; edges are extended outwards.
    ///
    /// Draws the planes that both frames have.
    package func draw(_ source: Frame, into target: Frame, x: Axis, y: Axis) throws(LibavError) {
        try check("resample") {
            unsafe cfs_resample(
                pointer, source.pointer, target.pointer, cfs_axis(scale: x.scale, offset: x.offset),
                cfs_axis(scale: y.scale, offset: y.offset))
        }
    }

    /// Limits the kernels' instruction set for the whole process: 0 plain C, 1 AVX2, 2 AVX-512.
    ///
    /// For tests.
    package static func limitInstructions(to level: Int) { cfs_limit_simd(Int32(level)) }
}

/// A grey map of the moments at which a transition's pixels change.
@safe package final class TransitionMap: @unchecked Sendable {  // unchecked: the map is never written after it is made
    /// The computed shapes.
    package enum Shape: String, Sendable, Hashable, Codable, CaseIterable {
        case right, left, down, up, downRight, downLeft, upRight, upLeft
        case circleOpen, circleClose, clock, barnDoors, dissolve
        case barnDoorsClose, barnDoorsHorizontal, barnDoorsHorizontalClose, clockReverse, fan, pinwheel
        case diamondOpen, diamondClose, boxOpen, boxClose, checkerboard, tiles
        case blindsRight, blindsLeft, blindsDown, blindsUp, slicesRight, slicesLeft, slicesDown, slicesUp
        case windRight, windLeft, windDown, windUp
    }

    private let pointer: OpaquePointer

    package init(_ shape: Shape, width: Int, height: Int) throws(LibavError) {
        let code =
            switch shape {
            case .right: CFS_MAP_RIGHT
            case .left: CFS_MAP_LEFT
            case .down: CFS_MAP_DOWN
            case .up: CFS_MAP_UP
            case .downRight: CFS_MAP_DOWN_RIGHT
            case .downLeft: CFS_MAP_DOWN_LEFT
            case .upRight: CFS_MAP_UP_RIGHT
            case .upLeft: CFS_MAP_UP_LEFT
            case .circleOpen: CFS_MAP_CIRCLE_OPEN
            case .circleClose: CFS_MAP_CIRCLE_CLOSE
            case .clock: CFS_MAP_CLOCK
            case .barnDoors: CFS_MAP_BARN_DOORS
            case .dissolve: CFS_MAP_DISSOLVE
            case .barnDoorsClose: CFS_MAP_BARN_DOORS_CLOSE
            case .barnDoorsHorizontal: CFS_MAP_LEVEL_DOORS
            case .barnDoorsHorizontalClose: CFS_MAP_LEVEL_DOORS_CLOSE
            case .clockReverse: CFS_MAP_COUNTER_CLOCK
            case .fan: CFS_MAP_FAN
            case .pinwheel: CFS_MAP_PINWHEEL
            case .diamondOpen: CFS_MAP_DIAMOND_OPEN
            case .diamondClose: CFS_MAP_DIAMOND_CLOSE
            case .boxOpen: CFS_MAP_BOX_OPEN
            case .boxClose: CFS_MAP_BOX_CLOSE
            case .blindsRight: CFS_MAP_BLINDS_RIGHT
            case .blindsLeft: CFS_MAP_BLINDS_LEFT
            case .blindsDown: CFS_MAP_BLINDS_DOWN
            case .blindsUp: CFS_MAP_BLINDS_UP
            case .slicesRight: CFS_MAP_SLICES_RIGHT
            case .slicesLeft: CFS_MAP_SLICES_LEFT
            case .slicesDown: CFS_MAP_SLICES_DOWN
            case .slicesUp: CFS_MAP_SLICES_UP
            case .windRight: CFS_MAP_WIND_RIGHT
            case .windLeft: CFS_MAP_WIND_LEFT
            case .windDown: CFS_MAP_WIND_DOWN
            case .windUp: CFS_MAP_WIND_UP
            case .checkerboard: CFS_MAP_CHECKERBOARD
            case .tiles: CFS_MAP_TILES
            }
        guard let map = unsafe cfs_map_create(code, Int32(width), Int32(height)) else {
            throw .outOfMemory("create transition map")
        }
        unsafe pointer = map
    }

    /// Creates a map from a frame's brightness: black changes first, white last.
    package init(brightnessOf frame: Frame) throws(LibavError) {
        guard let map = unsafe cfs_map_from_frame(frame.pointer) else { throw .outOfMemory("create transition map") }
        unsafe pointer = map
    }

    deinit { unsafe cfs_map_free(pointer) }

    /// Draws the mask at `progress` (0…1): 0 keeps the first picture, 255 shows the second.
    package func draw(progress: Double, softness: Double, into mask: Frame) {
        unsafe cfs_mask_draw(pointer, progress, softness, mask.pointer)
    }
}
