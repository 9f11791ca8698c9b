// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A decoder of an animated picture, whose pictures come one after the other.
///
/// May be used by one thread at a time.
@safe package final class AnimationDecoder {
    private let pointer: OpaquePointer

    /// Opens a GIF, PNG or WebP of at most `maxBytes`; throws for others, for damage, and for more than `maxPixels`.
    ///
    /// Blocks on the disk.
    package init(_ file: OpenFile, codec: Picture.Codec, maxPixels: Int, maxBytes: Int) throws(LibavError) {
        try file.expectSize(atMost: maxBytes)
        var opened: OpaquePointer?
        try check("open animation") {
            unsafe cfs_animation_open(file.descriptor, file.fingerprint.size, codec.code, Int64(maxPixels), &opened)
        }
        guard let opened = unsafe opened else { throw .outOfMemory("open animation") }
        unsafe pointer = opened
    }

    deinit { unsafe cfs_animation_free(pointer) }

    /// Decodes the next picture and returns the whole canvas; `nil` after the last one.
    package func next() throws(LibavError) -> Picture? {
        var picture: OpaquePointer?
        let status = try check("decode picture") { unsafe cfs_animation_next(pointer, &picture) }
        guard status == Int32(CFS_OK), let picture = unsafe picture else { return nil }
        return unsafe Picture(picture)
    }

    /// Decodes the next picture without returning it; returns `false` after the last one.
    package func skip() throws(LibavError) -> Bool {
        try check("decode picture") { unsafe cfs_animation_next(pointer, nil) } == Int32(CFS_OK)
    }

    /// Returns whether animations of a format can be decoded here.
    package static func canDecode(_ codec: Picture.Codec) -> Bool { cfs_animation_has_decoder(codec.code) != 0 }
}
