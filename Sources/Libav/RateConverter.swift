// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A converter of mixed sound to another sample rate, in which every sample follows from its place alone.
@safe package final class RateConverter {
    private let pointer: OpaquePointer
    private let rate: Int

    /// The number of samples of the input that a sample depends on, on each side of its place.
    private static let reach = Int(CFS_RATE_REACH)

    /// Creates a converter from 48 kHz to a rate.
    package init(rate: Int) throws(LibavError) {
        var created: OpaquePointer?
        try check("convert sound") { unsafe cfs_rate_create(Int32(clamping: rate), &created) }
        guard let created = unsafe created else { throw .outOfMemory("convert sound") }
        unsafe pointer = created
        self.rate = rate
    }

    deinit { unsafe cfs_rate_free(pointer) }

    /// Returns the samples at 48 kHz that a range at a rate depends on; they may begin before 0.
    package static func input(of range: Range<Int>, rate: Int) -> Range<Int> {
        if rate == Sound.sampleRate { return range }
        let (first, last) = (range.lowerBound * Sound.sampleRate / rate, range.upperBound * Sound.sampleRate / rate)
        return first - reach..<last + reach + 2
    }

    /// Returns the samples of a range, from those at 48 kHz that begin with number `first`; what is missing is silence.
    package func samples(_ range: Range<Int>, of input: [Float], first: Int) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: range.count * Sound.channels) { output, count in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe cfs_rate_convert(
                    pointer, input.baseAddress, Int64(first), Int32(input.count / Sound.channels), output.baseAddress,
                    Int64(range.lowerBound), Int32(range.count))
            }
            count = range.count * Sound.channels
        }
    }

    /// Returns the mean of both channels of stereo samples.
    package static func mono(_ samples: [Float]) -> [Float] {
        var mixed = samples
        let count = samples.count / Sound.channels
        unsafe mixed.withUnsafeMutableBufferPointer { unsafe cfs_sound_mono($0.baseAddress, Int32(count)) }
        mixed.removeLast(samples.count - count)
        return mixed
    }

    /// Returns mono samples as both channels of stereo.
    package static func stereo(_ samples: [Float]) -> [Float] { samples.flatMap { [$0, $0] } }
}
