// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// Sound samples: stereo, interleaved, 32-bit floats at 48 kHz.
package enum Sound {
    /// The number of samples per second in each channel.
    package static let sampleRate = 48_000
    /// The number of channels: left and right.
    package static let channels = 2

    /// Adds `samples` to `mix` from stereo sample `offset` on, with a linear gain from `from` to `to`.
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

/// A sound file, read from start to end or from an exact sample.
@safe package final class AudioReader {
    private let pointer: OpaquePointer

    /// Creates a reader of a file's best sound stream.
    ///
    /// It gives `length` samples, as ``measure()`` found it; `nil` gives what can be decoded. Throws if the file has no
    /// sound stream, or none that may be opened.
    package init(_ file: OpenFile, length: Int? = nil) throws(LibavError) {
        let descriptor = file.takeDescriptor()
        var opened: OpaquePointer?
        try check("open sound") { unsafe cfs_audio_open(descriptor, Int64(length ?? 0), &opened) }
        guard let opened = unsafe opened else { throw .outOfMemory("open sound") }
        unsafe pointer = opened
    }

    deinit { unsafe cfs_audio_free(pointer) }

    /// Returns the length in samples, without what an encoder added; 0 if there is no sound.
    ///
    /// Where headers are not exact, it reads the whole file, without decoding it. Afterwards only a seek makes the file
    /// readable. Blocks.
    package func measure() throws(LibavError) -> Int {
        var length: Int64 = 0
        try check("measure sound") { unsafe cfs_audio_measure(pointer, &length) }
        return Int(length)
    }

    /// The samples given as silence so far because they are damaged, and the place of the first; `nil` if there are none.
    package var lost: (count: Int, first: Int)? {
        var first: Int64 = 0
        let count = unsafe cfs_audio_lost(pointer, &first)
        return count > 0 ? (Int(count), Int(first)) : nil
    }
    /// The place of the file's time 0, by the clock that its streams share, in samples from the first one.
    package var origin: Int { Int(unsafe cfs_audio_origin(pointer)) }
    /// The container's name; ``codec`` is the codec's.
    package var format: String { unsafe String(cString: cfs_audio_format(pointer)) }
    package var codec: String { unsafe String(cString: cfs_audio_codec(pointer)) }

    /// Reads up to `count` stereo samples into the start of `samples` and returns their number.
    ///
    /// The number is less than `count` only at the end. Sound that begins after its file does, or that is damaged, is
    /// silence, so that all else keeps its place.
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

    /// Reads `count` samples, or as many as there are, without returning them.
    package func skip(_ count: Int) throws(LibavError) {
        try check("seek in sound") { unsafe cfs_audio_skip(pointer, Int64(count)) }
    }

    /// Seeks exactly to a sample.
    package func seek(to sample: Int) throws(LibavError) {
        try check("seek in sound") { unsafe cfs_audio_seek(pointer, Int64(sample)) }
    }
}
