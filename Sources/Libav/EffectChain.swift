// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A chain of libavfilter's filters for sound.
///
/// May be used by one thread at a time.
@safe package final class EffectChain {
    /// A filter with its options, under libav's names.
    package struct Filter: Sendable, Hashable {
        package let name: String
        package let options: [Option]

        package init(_ name: String, _ options: [Option]) {
            self.name = name
            self.options = options
        }
    }

    /// An option of a filter.
    package struct Option: Sendable, Hashable {
        package let name: String
        package let value: Double

        package init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    private let pointer: OpaquePointer

    /// Returns whether this FFmpeg has a filter.
    package static func has(_ filter: String) -> Bool { unsafe cfs_sound_effects_has(filter) != 0 }

    /// Creates a chain of filters, in order.
    package init(_ filters: [Filter]) throws(LibavError) {
        var made: OpaquePointer?
        try check("create effects") { unsafe cfs_sound_effects_create(&made) }
        guard let made = unsafe made else { throw .outOfMemory("create effects") }
        unsafe pointer = made
        for filter in filters {
            let values = filter.options.map(\.value)
            try check("add \(filter.name)") {
                unsafe withCStrings(filter.options.map(\.name)) { names in
                    unsafe cfs_sound_effects_add(made, filter.name, names, values, Int32(values.count))
                }
            }
        }
        try check("create effects") { unsafe cfs_sound_effects_configure(made) }
    }

    deinit { unsafe cfs_sound_effects_free(pointer) }

    /// Takes all of some samples; none end the input.
    package func push(_ samples: [Float]) throws(LibavError) {
        try check("apply effects") {
            unsafe samples.withUnsafeBufferPointer {
                unsafe cfs_sound_effects_push(pointer, $0.baseAddress, Int32(samples.count / Sound.channels))
            }
        }
    }

    /// Reads up to `count` samples into `output` from stereo sample `offset` on and returns their number.
    package func read(_ count: Int, into output: inout [Float], at offset: Int) throws(LibavError) -> Int {
        precondition(offset >= 0 && (offset + count) * Sound.channels <= output.count)
        var got: Int32 = 0
        try check("apply effects") {
            unsafe output.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                return unsafe cfs_sound_effects_read(pointer, base + offset * Sound.channels, Int32(count), &got)
            }
        }
        return Int(got)
    }
}
