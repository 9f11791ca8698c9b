// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A converter of pictures to the working format, which is quickest for pictures that are alike.
///
/// It keeps what conversions have in common, and the memory of frames that nobody uses any more. May be used by one thread at a
/// time.
@safe package final class PictureConverter {
    private let pointer: OpaquePointer
    private var pool: (frames: FramePool, width: Int, height: Int, format: Frame.Format)?

    package init() throws(LibavError) {
        guard let made = unsafe cfs_converter_create() else { throw .outOfMemory("convert picture") }
        unsafe pointer = made
    }

    deinit { unsafe cfs_converter_free(pointer) }

    /// Returns a region of a picture as a frame of a size.
    ///
    /// `colors` changes its colours to sRGB; it must have been made for grey pictures if this one is grey.
    /// Alpha becomes premultiplied; see ``Frame/finishLayer(premultiplied:left:top:right:bottom:opacity:)``.
    package func frame(
        of picture: Picture, _ region: Picture.Region, colors: ColorTable? = nil, width: Int, height: Int,
        _ format: Frame.Format = .opaque
    ) throws(LibavError) -> Frame {
        let frames: FramePool
        if let pool, pool.width == width, pool.height == height, pool.format == format {
            frames = pool.frames
        } else {
            frames = try FramePool(format, width: width, height: height)
            pool = (frames, width, height, format)
        }
        let frame = try frames.frame()
        let part = cfs_region(left: region.left, top: region.top, width: region.width, height: region.height)
        try check("convert picture") {
            unsafe cfs_convert(pointer, picture.pointer, part, colors?.pointer, frame.pointer)
        }
        return frame
    }
}
