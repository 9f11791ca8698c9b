// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A converter of sound to another speed by resampling, so that its pitch changes with it.
///
/// May be used by one thread at a time.
@safe package final class SpeedChanger {
    private let pointer: OpaquePointer
    private var isDraining = false
    /// Whether the input has ended and everything was read.
    package private(set) var hasEnded = false

    /// Creates a converter to a speed in millionths.
    package init(millionths: Int) throws(LibavError) {
        var made: OpaquePointer?
        try check("change speed") { unsafe cfs_speed_create(Int64(millionths), &made) }
        guard let made = unsafe made else { throw .outOfMemory("change speed") }
        unsafe pointer = made
    }

    deinit { unsafe cfs_speed_free(pointer) }

    /// Adds the first `count` stereo samples; none end the input.
    package func push(_ samples: [Float], count: Int) throws(LibavError) {
        precondition(count * Sound.channels <= samples.count)
        guard count > 0 else { return isDraining = true }
        var got: Int32 = 0
        try check("change speed") {
            unsafe samples.withUnsafeBufferPointer {
                unsafe cfs_speed_convert(pointer, $0.baseAddress, Int32(count), nil, 0, &got)
            }
        }
    }

    /// Reads up to `count` samples into the start of `samples` and returns their number; 0 if more input is needed.
    package func read(_ count: Int, into samples: inout [Float]) throws(LibavError) -> Int {
        if samples.count < count * Sound.channels { samples = [Float](repeating: 0, count: count * Sound.channels) }
        var got: Int32 = 0
        // An empty input asks for what is ready; no input at all ends it.
        let isDraining = isDraining
        try check("change speed") {
            unsafe samples.withUnsafeMutableBufferPointer { buffer in
                unsafe cfs_speed_convert(
                    pointer, isDraining ? nil : UnsafePointer(buffer.baseAddress), 0, buffer.baseAddress, Int32(count),
                    &got)
            }
        }
        if isDraining, got == 0 { hasEnded = true }
        return Int(got)
    }
}
