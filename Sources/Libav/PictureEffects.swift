// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// The effects on whole pictures, with scratch space that is kept from picture to picture.
///
/// Each draws a picture into another frame of the same size and format. Each thread needs its own.
@safe package final class PictureEffects {
    private let pointer: OpaquePointer

    package init() throws(LibavError) {
        guard let created = unsafe cfs_effects_create() else { throw .outOfMemory("create effects") }
        unsafe pointer = created
    }

    deinit { unsafe cfs_effects_free(pointer) }

    /// Draws squares of `size` pixels in the mean colour of what they cover.
    package func pixelate(_ source: Frame, into target: Frame, size: Double) throws(LibavError) {
        try check("pixelate") { unsafe cfs_frame_pixelate(pointer, source.pointer, target.pointer, size) }
    }

    /// Blurs as a movement by `length` pixels does, to the sides, or up and down.
    package func streak(
        _ source: Frame, into target: Frame, isVertical: Bool, length: Double
    ) throws(LibavError) {
        try check("blur along a line") {
            unsafe cfs_frame_streak(pointer, source.pointer, target.pointer, isVertical ? 1 : 0, length)
        }
    }

    /// Blurs as growing from a point does: along the first `amount` (0…0.95) of the way from each pixel to it.
    package func zoomStreak(
        _ source: Frame, into target: Frame, x: Double, y: Double, amount: Double, resampler: Resampler
    ) throws(LibavError) {
        try check("blur towards a point") {
            unsafe cfs_frame_zoom_streak(
                pointer, resampler.pointer, source.pointer, target.pointer, x, y, amount)
        }
    }

    /// Blurs as a turn about the middle by `degrees` does.
    package func spinStreak(_ source: Frame, into target: Frame, degrees: Double) throws(LibavError) {
        try check("blur along arcs") {
            unsafe cfs_frame_spin_streak(pointer, source.pointer, target.pointer, degrees)
        }
    }

    /// Moves bands of rows aside, and the chroma planes apart, by a `strength` of 0…1; `seed` chooses the bands.
    package func glitch(_ source: Frame, into target: Frame, strength: Double, seed: Int) throws(LibavError) {
        try check("move bands of rows") {
            unsafe cfs_frame_glitch(
                source.pointer, target.pointer, strength, UInt32(truncatingIfNeeded: seed))
        }
    }
}
