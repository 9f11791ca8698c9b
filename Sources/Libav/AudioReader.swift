// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

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
    /// How many of the lost samples were no numbers, or more than 120 dB above full scale.
    package var invalid: Int { Int(unsafe cfs_audio_invalid(pointer)) }
    /// The place of the file's time 0, by the clock that its streams share, in samples from the first one.
    package var origin: Int { Int(unsafe cfs_audio_origin(pointer)) }
    /// The container's name; ``codec`` is the codec's.
    package var format: String { unsafe String(cString: cfs_audio_format(pointer)) }
    package var codec: String { unsafe String(cString: cfs_audio_codec(pointer)) }

    /// Reads up to `count` stereo samples into `samples`, from stereo sample `offset` on, and returns their number.
    ///
    /// The number is less than `count` only at the end. Sound that begins after its file does, or that is damaged, is
    /// silence, so that all else keeps its place.
    package func read(
        _ count: Int, into samples: inout [Float], at offset: Int = 0
    ) throws(LibavError) -> Int {
        precondition(offset >= 0 && (offset + count) * Sound.channels <= samples.count)
        var got: Int32 = 0
        try check("decode sound") {
            unsafe samples.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                return unsafe cfs_audio_read(pointer, base + offset * Sound.channels, Int32(count), &got)
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
