// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// An interpolator that plays sound at another speed, so that its pitch changes with it.
///
/// Each sample follows from those around its place in the source alone. May be used by one thread at a time.
@safe package final class Varispeed {
    private let pointer: OpaquePointer

    package init() throws(LibavError) {
        var made: OpaquePointer?
        try check("change speed") { unsafe cfs_varispeed_create(&made) }
        guard let made = unsafe made else { throw .outOfMemory("change speed") }
        unsafe pointer = made
    }

    deinit { unsafe cfs_varispeed_free(pointer) }

    /// The places in the source of a stretch of samples, from a whole sample on: a parabola.
    package struct Line: Sendable {
        /// The whole sample that places are counted from.
        package let whole: Int
        private let line: (fraction: Double, step: Double, growth: Double, fastest: Double)

        /// Creates the places of `count` samples: the first is at a fraction, each following one is further on, by `step`
        /// at first and by `growth` more each time.
        package init(whole: Int, fraction: Double, step: Double, growth: Double = 0, count: Int) {
            self.whole = whole
            line = (fraction, step, growth, max(step, step + growth * Double(count)))
        }

        /// Returns the samples of the source that some of the stretch depend on.
        package func input(of samples: Range<Int>) -> Range<Int> {
            func place(_ index: Int) -> Double {
                line.fraction + line.step * Double(index) + line.growth / 2 * Double(index) * Double(index)
            }
            let reach = Int(cfs_varispeed_reach(line.fastest))
            let low = whole + Int(place(samples.lowerBound).rounded(.down)) - reach
            return low..<max(low, whole + Int(place(samples.upperBound - 1).rounded(.up)) + reach) + 1
        }

        fileprivate var value: cfs_line {
            cfs_line(fraction: line.fraction, step: line.step, growth: line.growth, fastest: line.fastest)
        }
    }

    /// Returns how many samples around a place have an influence at a speed.
    package static func reach(at speed: Double) -> Int { Int(cfs_varispeed_reach(speed)) }

    /// Writes samples of a line to `output` from stereo sample `offset` on; `input` begins with sample `start`.
    package func read(
        _ samples: Range<Int>, of line: Line, _ input: [Float], from start: Int, into output: inout [Float],
        at offset: Int
    ) {
        precondition(offset >= 0 && (offset + samples.count) * Sound.channels <= output.count)
        var value = line.value
        unsafe output.withUnsafeMutableBufferPointer { target in
            unsafe input.withUnsafeBufferPointer { source in
                guard let base = target.baseAddress else { return }
                unsafe cfs_varispeed_read(
                    pointer, source.baseAddress, Int32(input.count / Sound.channels), Int32(line.whole - start), &value,
                    Int32(samples.lowerBound), base + offset * Sound.channels, Int32(samples.count))
            }
        }
    }
}
