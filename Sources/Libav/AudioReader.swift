// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// Sound samples: stereo, interleaved, 32-bit floats at 48 kHz.
package enum Sound {
    /// Samples a second of each channel.
    package static let sampleRate = 48_000
    /// Left and right.
    package static let channels = 2

    /// Adds `samples` to `mix` from stereo sample `offset` on, the gain going evenly from `from` to `to`.
    package static func add(
        _ samples: [Float], count: Int, to mix: inout [Float], at offset: Int, from: Double, to: Double
    ) {
        precondition(count * channels <= samples.count && (offset + count) * channels <= mix.count && offset >= 0)
        unsafe mix.withUnsafeMutableBufferPointer { target in
            unsafe samples.withUnsafeBufferPointer { source in
                guard let base = target.baseAddress else { return }
                unsafe cfs_audio_mix(base + offset * channels, source.baseAddress, Int32(count), from, to)
            }
        }
    }

    /// The largest absolute value of the first `count` stereo samples.
    package static func peak(of samples: [Float], count: Int) -> Float {
        precondition(count * channels <= samples.count)
        return unsafe samples.withUnsafeBufferPointer { unsafe cfs_audio_peak($0.baseAddress, Int32(count)) }
    }
}

/// A sound file read from start to end, or from an exact sample.
@safe package final class AudioReader {
    private let pointer: OpaquePointer

    /// Opens the best sound stream of a file.
    ///
    /// Throws if there is none, or none that may be opened.
    package init(_ file: OpenFile) throws(LibavError) {
        let descriptor = file.takeDescriptor()
        var opened: OpaquePointer?
        try check("open sound") { unsafe cfs_audio_open(descriptor, &opened) }
        guard let opened = unsafe opened else { throw .outOfMemory("open sound") }
        unsafe pointer = opened
    }

    deinit { unsafe cfs_audio_free(pointer) }

    /// Length in samples as the container states it; 0 if it does not.
    package var length: Int { Int(unsafe cfs_audio_length(pointer)) }
    /// The container's and the codec's names.
    package var format: String { unsafe String(cString: cfs_audio_format(pointer)) }
    package var codec: String { unsafe String(cString: cfs_audio_codec(pointer)) }

    /// Reads up to `count` stereo samples into the start of `samples` and says how many there were; fewer only at the end.
    package func read(_ count: Int, into samples: inout [Float]) throws(LibavError) -> Int {
        precondition(count * Sound.channels <= samples.count)
        var got: Int32 = 0
        try check("decode sound") {
            unsafe samples.withUnsafeMutableBufferPointer {
                unsafe cfs_audio_read(pointer, $0.baseAddress, Int32(count), &got)
            }
        }
        return Int(got)
    }

    /// Goes to a sample, exactly.
    package func seek(to sample: Int) throws(LibavError) {
        try check("seek in sound") { unsafe cfs_audio_seek(pointer, Int64(sample)) }
    }
}
