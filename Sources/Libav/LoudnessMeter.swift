// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A meter of loudness and true peak by EBU R128.
///
/// May be used by one thread at a time.
@safe package final class LoudnessMeter {
    private let pointer: OpaquePointer

    /// Creates a meter of stereo samples, which measures true peaks only if it is to: they take most of the time.
    ///
    /// If both channels are those of a mono sound, they count once.
    package init(rate: Int = Sound.sampleRate, peaks: Bool = true, isMono: Bool = false) throws(LibavError) {
        var made: OpaquePointer?
        try check("measure loudness") { unsafe cfs_loudness_create(Int32(rate), peaks ? 1 : 0, isMono ? 1 : 0, &made) }
        guard let made = unsafe made else { throw .outOfMemory("measure loudness") }
        unsafe pointer = made
    }

    deinit { unsafe cfs_loudness_free(pointer) }

    /// Measures the next `count` stereo samples, which begin at `first` in `samples` and have to be finite.
    package func add(_ samples: [Float], from first: Int = 0, count: Int) throws(LibavError) {
        precondition(first >= 0 && count >= 0 && (first + count) * Sound.channels <= samples.count)
        guard count > 0 else { return }
        try check("measure loudness") {
            unsafe samples.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                return unsafe cfs_loudness_add(pointer, base + first * Sound.channels, Int32(count))
            }
        }
    }

    /// The loudness of everything so far, with gates, in LUFS; `nil` for silence.
    package var integrated: Double? { unsafe finite(cfs_loudness_integrated(pointer)) }
    /// The loudness range in LU.
    package var range: Double { unsafe cfs_loudness_range(pointer) }
    /// The true peak of everything so far; 1 is full scale.
    package var truePeak: Double { unsafe cfs_loudness_peak(pointer) }

    /// Returns the loudness of the last milliseconds, at most 3,000, without gates, in LUFS; `nil` for silence.
    package func loudness(ofLast milliseconds: Int) -> Double? {
        unsafe finite(cfs_loudness_window(pointer, Int32(milliseconds)))
    }

    private func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
}
