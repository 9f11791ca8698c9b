// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// Sound samples: stereo, interleaved, 32-bit floats at 48 kHz.
package enum Sound {
    /// The number of samples per second in each channel.
    package static let sampleRate = 48_000
    /// The number of channels: left and right.
    package static let channels = 2

    /// The gains of the two channels.
    package struct Gains: Sendable, Hashable {
        package var left: Double
        package var right: Double

        package init(left: Double, right: Double) {
            self.left = left
            self.right = right
        }

        fileprivate var value: cfs_gains { cfs_gains(left: left, right: right) }
    }

    /// The shape of a fade.
    package enum Fade: Int32, Sendable {
        case linear, equalPower, logarithmic, sCurve
    }

    /// A straight line of gains over a stretch of samples.
    ///
    /// What it gives does not depend on the parts in which it is asked.
    package struct Line: Sendable {
        private let from: Gains
        private let step: Gains

        /// Creates the line over `count` samples from a gain at the first to a gain at the one after the last.
        package init(from: Gains, to: Gains, over count: Int) {
            self.from = from
            step = Gains(
                left: (to.left - from.left) / Double(max(count, 1)),
                right: (to.right - from.right) / Double(max(count, 1)))
        }

        /// Creates a line that does not rise.
        package init(_ gains: Gains) {
            from = gains
            step = Gains(left: 0, right: 0)
        }

        fileprivate var values: (from: cfs_gains, step: cfs_gains) { (from.value, step.value) }
    }

    /// Adds a range of `samples` to `mix` from stereo sample `offset` on, with gains from the `first` one of a line on.
    package static func add(
        _ samples: [Float], _ range: Range<Int>, to mix: inout [Float], at offset: Int, _ line: Line, first: Int = 0
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound * channels <= samples.count)
        precondition(offset >= 0 && (offset + range.count) * channels <= mix.count)
        let (from, step) = line.values
        unsafe mix.withUnsafeMutableBufferPointer { target in
            unsafe samples.withUnsafeBufferPointer { source in
                guard let base = target.baseAddress, let start = source.baseAddress else { return }
                unsafe cfs_audio_mix(
                    base + offset * channels, start + range.lowerBound * channels, Int32(range.count), from, step,
                    Int32(first))
            }
        }
    }

    /// Adds `samples` to as many of `mix`.
    package static func add(_ samples: [Float], to mix: inout [Float]) {
        precondition(samples.count == mix.count)
        unsafe mix.withUnsafeMutableBufferPointer { target in
            unsafe samples.withUnsafeBufferPointer { source in
                guard let base = target.baseAddress, let first = source.baseAddress else { return }
                unsafe cfs_audio_sum(base, first, Int32(samples.count / channels))
            }
        }
    }

    /// Multiplies a range of `samples` by the line from one gain to another over `count`, from its `first` one on.
    package static func scale(
        _ samples: inout [Float], _ range: Range<Int>, from: Double, to: Double, over count: Int, first: Int
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound * channels <= samples.count && count > 0)
        unsafe samples.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe cfs_audio_scale(
                base + range.lowerBound * channels, Int32(range.count), from, (to - from) / Double(count), Int32(first))
        }
    }

    /// Multiplies a range of `samples` by a fade, whose first sample there is `position` of `length`.
    ///
    /// The following ones are further into the fade, or less far if it `ends`.
    package static func fade(
        _ samples: inout [Float], _ range: Range<Int>, _ curve: Fade, position: Int, of length: Int, ends: Bool
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound * channels <= samples.count && length > 0)
        unsafe samples.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe cfs_audio_fade(
                base + range.lowerBound * channels, Int32(range.count), curve.rawValue, Int64(position), ends ? -1 : 1,
                Int64(length))
        }
    }

    /// Returns the largest absolute value, and how many values are above 1.
    package static func peak(of samples: [Float]) -> (value: Float, over: Int) {
        let (value, over) = peak(of: samples, count: samples.count / channels)
        guard samples.count % channels > 0, let last = samples.last.map(abs) else { return (value, over) }
        return (max(value, last), over + (last > 1 ? 1 : 0))
    }

    /// Returns the largest absolute value of the first `count` stereo samples, and how many values are above 1.
    package static func peak(of samples: [Float], count: Int) -> (value: Float, over: Int) {
        precondition(count * channels <= samples.count)
        var over: Int32 = 0
        let value = unsafe samples.withUnsafeBufferPointer {
            unsafe cfs_audio_peak($0.baseAddress, Int32(count), &over)
        }
        return (value, Int(over))
    }
}
