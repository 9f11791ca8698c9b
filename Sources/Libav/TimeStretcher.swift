// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A converter of sound to another speed that keeps its pitch.
///
/// May be used by one thread at a time.
@safe package final class TimeStretcher {
    private let pointer: OpaquePointer

    /// Whether this build has what it takes.
    package static var isAvailable: Bool { cfs_stretch_is_available() != 0 }

    /// Creates a converter to a speed of 0.05…20.
    package init(speed: Double) throws(LibavError) {
        var made: OpaquePointer?
        try check("keep the pitch") { unsafe cfs_stretch_create(speed, &made) }
        guard let made = unsafe made else { throw .outOfMemory("keep the pitch") }
        unsafe pointer = made
    }

    deinit { unsafe cfs_stretch_free(pointer) }

    /// The number of samples to push next; 0 if some can be read.
    package var wants: Int { Int(unsafe cfs_stretch_wants(pointer)) }

    /// Takes all of some samples, as many as it ``wants``.
    package func push(_ samples: [Float]) throws(LibavError) {
        try check("keep the pitch") {
            unsafe samples.withUnsafeBufferPointer {
                unsafe cfs_stretch_push(pointer, $0.baseAddress, Int32(samples.count / Sound.channels))
            }
        }
    }

    /// Reads up to `count` samples into `output` from stereo sample `offset` on and returns their number.
    package func read(_ count: Int, into output: inout [Float], at offset: Int) throws(LibavError) -> Int {
        precondition(offset >= 0 && (offset + count) * Sound.channels <= output.count)
        var got: Int32 = 0
        try check("keep the pitch") {
            unsafe output.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                return unsafe cfs_stretch_read(pointer, base + offset * Sound.channels, Int32(count), &got)
            }
        }
        return Int(got)
    }
}
