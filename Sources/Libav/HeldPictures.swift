// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A writer of held pictures' repeats in an H.264 or VP9 stream, which needs no encoder for them.
///
/// The encoder receives each held picture once, as a key frame. A repeat takes about twelve bytes (one in VP9) and
/// decodes to exactly the pixels of the held picture. May be used by one thread at a time.
@safe package final class HeldPictures {
    private let pointer: OpaquePointer

    /// Creates a repeater for an encoder's stream; returns `nil` if repeats are not known to work in it.
    package init?(of encoder: Encoder) throws(LibavError) {
        var created: OpaquePointer?
        let status = unsafe cfs_holds_create(encoder.pointer, &created)
        guard cfs_error_is_unsupported(status) == 0 else { return nil }
        try check("read parameter sets") { status }
        guard let created = unsafe created else { return nil }
        unsafe pointer = created
    }

    deinit { unsafe cfs_holds_free(pointer) }

    /// The parameter sets of the stream with repeats: the encoder's and, for H.264, one more.
    package var header: [UInt8] {
        var bytes: UnsafePointer<UInt8>?
        var count: Int32 = 0
        _ = unsafe cfs_holds_extradata(pointer, &bytes, &count)
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// Takes each packet of the encoder, in its order, and adjusts it to the repeats before it.
    package func pass(_ packet: Packet) throws(LibavError) {
        try check("place picture") { unsafe cfs_holds_pass(pointer, packet.pointer) }
    }

    /// Returns another repeat of the last picture passed, which must be a key frame.
    package func repeated() throws(LibavError) -> Packet {
        let packet = try Packet()
        try check("repeat picture") { unsafe cfs_holds_repeat(pointer, packet.pointer) }
        return packet
    }
}
