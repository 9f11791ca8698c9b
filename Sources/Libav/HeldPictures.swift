// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// Writes the repeats of held pictures into an H.264 or VP9 stream without its encoder, which is fed each of them once, as a
/// key frame.
///
/// A repeat takes twelve bytes or so, in VP9 one, and decodes to the held picture's very pixels. For one thread at a time.
@safe package final class HeldPictures {
    private let pointer: OpaquePointer

    /// For what an encoder makes; `nil` if repeats are not known to work in such a stream.
    package init?(of encoder: Encoder) throws(LibavError) {
        var created: OpaquePointer?
        let status = unsafe cfs_holds_create(encoder.pointer, &created)
        guard cfs_error_is_unsupported(status) == 0 else { return nil }
        try check("read parameter sets") { status }
        guard let created = unsafe created else { return nil }
        unsafe pointer = created
    }

    deinit { unsafe cfs_holds_free(pointer) }

    /// The parameter sets of the stream with repeats: the encoder's, and in H.264 one more.
    package var header: [UInt8] {
        var bytes: UnsafePointer<UInt8>?
        var count: Int32 = 0
        _ = unsafe cfs_holds_extradata(pointer, &bytes, &count)
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// Takes each packet of the encoder, in its order, and changes what later repeats have moved.
    package func pass(_ packet: Packet) throws(LibavError) {
        try check("place picture") { unsafe cfs_holds_pass(pointer, packet.pointer) }
    }

    /// Another repeat of the picture passed last, a key frame.
    package func repeated() throws(LibavError) -> Packet {
        let packet = try Packet()
        try check("repeat picture") { unsafe cfs_holds_repeat(pointer, packet.pointer) }
        return packet
    }
}
