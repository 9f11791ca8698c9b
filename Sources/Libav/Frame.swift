// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A picture in the working format: 8-bit planar 4:2:0, BT.709, limited range, chroma sited left.
///
/// It may have alpha. Its creator draws the pixels once and they are only read afterwards, so sharing a frame is safe.
@safe package final class Frame: @unchecked Sendable {
    // unchecked: pixels are never written after the frame is handed on
    /// The planes of a frame.
    package enum Format: Sendable, Hashable {
        /// Y, U and V.
        case opaque
        /// Y, U, V and straight alpha.
        case alpha
    }

    private var owned: OpaquePointer?

    /// Creates a frame that takes ownership of `pointer`.
    init(adopting pointer: OpaquePointer) { unsafe owned = pointer }

    deinit { if let owned = unsafe owned { unsafe cfs_frame_free(owned) } }

    /// The underlying frame, borrowed for the duration of a call.
    ///
    /// Only a frame that was given away has none, and no other reference to such a frame exists.
    var pointer: OpaquePointer {
        guard let owned = unsafe owned else { preconditionFailure("a frame was used after it was given away") }
        return unsafe owned
    }

    package var width: Int { Int(unsafe cfs_frame_width(pointer)) }
    package var height: Int { Int(unsafe cfs_frame_height(pointer)) }
    package var format: Format { unsafe cfs_frame_format(pointer) == Int32(CFS_ALPHA.rawValue) ? .alpha : .opaque }

    /// Whether its pixels are nobody else's, in C.
    package var isWritable: Bool { unsafe cfs_frame_is_writable(pointer) != 0 }

    /// Returns the underlying frame if this is its only reference, or else a new reference to its pixels.
    ///
    /// The caller owns the result; for calls that take ownership.
    static func surrender(_ frame: consuming Frame, _ operation: String) throws(LibavError) -> OpaquePointer {
        var frame = frame
        if isKnownUniquelyReferenced(&frame) {
            let pointer = unsafe frame.pointer
            unsafe frame.owned = nil
            return unsafe pointer
        }
        guard let shared = unsafe cfs_frame_share(frame.pointer) else { throw .outOfMemory(operation) }
        return unsafe shared
    }

    /// Sets every pixel; `alpha` is ignored for opaque frames.
    package func fill(_ color: YUVColor, alpha: Int = 255) {
        unsafe cfs_frame_fill(pointer, Int32(color.y), Int32(color.u), Int32(color.v), Int32(alpha))
    }

    /// Blends `amount` (0…1) of a colour into every pixel.
    package func tint(_ color: YUVColor, amount: Double) {
        unsafe cfs_frame_tint(pointer, Int32(color.y), Int32(color.u), Int32(color.v), amount)
    }

    /// Turns a resampled frame into a layer: straight colours, edges by coverage of the rectangle, and opacity.
    package func finishLayer(
        premultiplied: Bool, left: Double, top: Double, right: Double, bottom: Double, opacity: Double
    ) {
        unsafe cfs_layer_finish(pointer, premultiplied ? 1 : 0, left, top, right, bottom, opacity)
    }

    /// Draws the matte of `source`, which has the same size and format: white with the same alpha, premultiplied.
    package func drawMatte(of source: Frame) { unsafe cfs_frame_matte(source.pointer, pointer) }

    /// Combines a composition over black and its matte into a picture with alpha, straight or premultiplied.
    package func join(_ colour: Frame, matte: Frame, isPremultiplied: Bool = false) {
        unsafe cfs_frame_join(colour.pointer, matte.pointer, pointer, isPremultiplied ? 1 : 0)
    }

    /// Copies the pixels of a frame of the same size.
    package func copy(from source: Frame) throws(LibavError) {
        try check("copy frame") { unsafe cfs_frame_copy(source.pointer, pointer) }
    }

    /// Converts pixels of the frame's size, premultiplied 0xAARRGGBB in sRGB's encoding, into this alpha frame.
    ///
    /// `stride` is the distance between rows in bytes. The frame becomes premultiplied.
    @unsafe package func draw(pixels: UnsafePointer<UInt32>, stride: Int) throws(LibavError) {
        try check("convert drawn pixels") { unsafe cfs_frame_draw_pixels(pointer, pixels, stride) }
    }

    /// Returns the bytes of plane `index`, without the padding between rows.
    package func plane(_ index: Int) -> [UInt8] {
        var stride = 0
        guard let first = unsafe cfs_frame_plane(pointer, Int32(index), &stride) else { return [] }
        let chroma = index == 1 || index == 2
        let (columns, rows) = chroma ? ((width + 1) / 2, (height + 1) / 2) : (width, height)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(columns * rows)
        for row in 0..<rows { unsafe bytes += UnsafeBufferPointer(start: first + row * stride, count: columns) }
        return bytes
    }
}

/// A colour in the working format.
package struct YUVColor: Sendable, Hashable, Codable {
    package var y: Int
    package var u: Int
    package var v: Int

    package init(y: Int, u: Int, v: Int) {
        self.y = y
        self.u = u
        self.v = v
    }

    package static let black = YUVColor(y: 16, u: 128, v: 128)
    package static let white = YUVColor(y: 235, u: 128, v: 128)

    /// Returns this colour blended with another one of the given alpha, 0…255.
    package func mixed(with other: YUVColor, _ alpha: Int) -> YUVColor {
        func mix(_ a: Int, _ b: Int) -> Int { (a * (255 - alpha) + b * alpha + 127) / 255 }
        return YUVColor(y: mix(y, other.y), u: mix(u, other.u), v: mix(v, other.v))
    }

    /// Creates a colour from sRGB values, converted to BT.709 limited range.
    ///
    /// The conversion follows ITU-R BT.709-6, items 3.2 to 3.4 and 4.6.
    package init(red: UInt8, green: UInt8, blue: UInt8) {
        let (r, g, b) = (Double(red) / 255, Double(green) / 255, Double(blue) / 255)
        let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
        y = Int((16 + 219 * luma).rounded())
        u = Int((128 + 224 * (b - luma) / 1.8556).rounded())
        v = Int((128 + 224 * (r - luma) / 1.5748).rounded())
    }
}

/// A pool of frames of one size and format, whose memory is reused.
@safe package final class FramePool: @unchecked Sendable {  // unchecked: av_buffer_pool_get is thread-safe
    private let pointer: OpaquePointer

    package init(_ format: Frame.Format, width: Int, height: Int) throws(LibavError) {
        let code = format == .alpha ? Int32(CFS_ALPHA.rawValue) : Int32(CFS_OPAQUE.rawValue)
        guard let created = unsafe cfs_pool_create(code, Int32(width), Int32(height)) else {
            throw .outOfMemory("create frame pool")
        }
        unsafe pointer = created
    }

    deinit { unsafe cfs_pool_free(pointer) }

    /// Returns a frame with undefined pixels.
    package func frame() throws(LibavError) -> Frame {
        guard let frame = unsafe cfs_pool_get(pointer) else { throw .outOfMemory("allocate frame") }
        return unsafe Frame(adopting: frame)
    }
}
