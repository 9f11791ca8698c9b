// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// What a decoder makes of an encoder's packets.
///
/// May be used by one thread at a time.
@safe package final class HeardSound {
    private let pointer: OpaquePointer

    /// Creates a decoder of what an encoder gives.
    package init(_ encoder: Encoder) throws(LibavError) {
        var made: OpaquePointer?
        try check("decode what was encoded") { unsafe cfs_heard_create(encoder.pointer, &made) }
        guard let made = unsafe made else { throw .outOfMemory("decode what was encoded") }
        unsafe pointer = made
    }

    deinit { unsafe cfs_heard_free(pointer) }

    /// Decodes a packet; `nil` ends the input.
    ///
    /// What it gives has to be read before the next one.
    package func send(_ packet: Packet?) throws(LibavError) {
        try check("decode what was encoded") { unsafe cfs_heard_send(pointer, packet?.pointer) }
    }

    /// Returns what is decoded, as stereo; it is empty if more packets are needed.
    package func read() throws(LibavError) -> [Float] {
        var samples: [Float] = []
        var part = [Float](repeating: 0, count: 4800 * Sound.channels)
        while true {
            var got: Int32 = 0
            try check("decode what was encoded") {
                unsafe part.withUnsafeMutableBufferPointer {
                    unsafe cfs_heard_read(pointer, $0.baseAddress, 4800, &got)
                }
            }
            if got == 0 { return samples }
            samples += part[0..<Int(got) * Sound.channels]
        }
    }
}
