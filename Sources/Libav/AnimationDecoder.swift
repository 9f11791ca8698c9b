// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A decoder of an animated picture, whose pictures come one after the other.
///
/// May be used by one thread at a time.
@safe package final class AnimationDecoder {
    private let pointer: OpaquePointer
    /// What a WebP is decoded from, which must not move.
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    /// Opens a GIF, PNG or WebP; throws for others, for damage, and for more than `maxPixels`.
    ///
    /// Blocks on the disk.
    package init(_ file: OpenFile, codec: Picture.Codec, maxPixels: Int, maxBytes: Int) throws(LibavError) {
        var content: [UInt8] = []
        if codec == .webp {
            try file.expectSize(atMost: maxBytes)
            content = try file.bytes(from: 0, count: Int(file.fingerprint.size))
        }
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: content.count)
        _ = unsafe bytes.initialize(from: content)
        var opened: OpaquePointer?
        do throws(LibavError) {
            try check("open animation") {
                unsafe cfs_animation_open(
                    file.descriptor, bytes.baseAddress, bytes.count, codec.code, Int64(maxPixels), &opened)
            }
        } catch {
            unsafe bytes.deallocate()
            throw error
        }
        guard let opened = unsafe opened else {
            unsafe bytes.deallocate()
            throw .outOfMemory("open animation")
        }
        unsafe pointer = opened
        unsafe self.bytes = bytes
    }

    deinit {
        unsafe cfs_animation_free(pointer)
        unsafe bytes.deallocate()
    }

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
