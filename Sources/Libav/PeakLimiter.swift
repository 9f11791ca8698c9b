// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A limiter of true peaks that looks ahead.
///
/// What comes out at a sample follows from a bounded number of samples around it alone. May be used by one thread at a time.
@safe package final class PeakLimiter {
    private let pointer: OpaquePointer

    package init() throws(LibavError) {
        var made: OpaquePointer?
        try check("limit peaks") { unsafe cfs_limiter_create(&made) }
        guard let made = unsafe made else { throw .outOfMemory("limit peaks") }
        unsafe pointer = made
    }

    deinit { unsafe cfs_limiter_free(pointer) }

    /// The number of samples before a range that its result depends on.
    package static var before: Int { Int(cfs_limiter_before()) }
    /// The number of samples after a range that its result depends on.
    package static var after: Int { Int(cfs_limiter_after()) }

    /// Returns what is left of samples, without those before and after the range, and the largest part that was taken away.
    package func limited(_ samples: [Float], to ceiling: Double) throws(LibavError) -> (samples: [Float], most: Double)
    {
        let count = samples.count / Sound.channels
        var result = [Float](repeating: 0, count: max(0, count - Self.before - Self.after) * Sound.channels)
        var most: Float = 0
        try check("limit peaks") {
            unsafe result.withUnsafeMutableBufferPointer { output in
                unsafe samples.withUnsafeBufferPointer { input in
                    unsafe cfs_limiter_run(
                        pointer, input.baseAddress, Int32(count), Float(ceiling), output.baseAddress, &most)
                }
            }
        }
        return (result, Double(most))
    }

    /// Returns the true peak of samples, but for a few at both ends, or `above`, if that is larger: the larger, the quicker.
    package func truePeak(of samples: [Float], above: Double = 0) -> Double {
        unsafe samples.withUnsafeBufferPointer {
            let count = Int32(samples.count / Sound.channels)
            return Double(unsafe cfs_limiter_peak(pointer, $0.baseAddress, count, Float(above)))
        }
    }
}
