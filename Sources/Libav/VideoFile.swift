// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// An open video file, which finds the picture shown at a time, exactly.
///
/// May be used by one thread at a time.
// unchecked: whoever has taken a decoder uses it alone, and hands it on
@safe package final class VideoFile: @unchecked Sendable {
    /// What a file says of its best video stream.
    package struct Info: Sendable, Hashable, Codable {
        /// The size in pixels of the pictures as stored.
        package var width: Int
        package var height: Int
        /// The shape of a pixel as stored.
        package var pixelWidth: Int
        package var pixelHeight: Int
        /// EXIF's number, 1…8, of the turn that makes the pictures upright.
        package var orientation: Int
        /// The unit of its times, as a fraction of a second.
        package var unitNumerator: Int
        package var unitDenominator: Int
        /// The file's time 0 in that unit, by the clock that its streams share.
        package var origin: Int
        package var hasAlpha: Bool
        /// The bits of a sample.
        package var depth: Int
        package var isInterlaced: Bool
        /// The matrix by ITU-T H.273.
        package var matrix: Int
        /// Whether the file does not say the matrix, so that it is guessed by size.
        package var isMatrixGuessed: Bool
        /// The primaries and transfer function by ITU-T H.273; 2 if the file does not say.
        package var primaries: Int
        package var transfer: Int
        package var isFullRange: Bool
        package var hasSound: Bool
        /// FFmpeg's names of the container and the codec.
        package var format: String
        package var codec: String
    }

    /// When a picture is shown, in the stream's unit from the file's time 0 on.
    package struct Time: Sendable, Hashable {
        package var time: Int
        /// 0 if it is not known.
        package var duration: Int
        /// Whether decoding can begin with the picture.
        package var isKey: Bool
    }

    private let pointer: OpaquePointer
    package let info: Info

    /// Opens a file's best video stream.
    ///
    /// Throws if it has none, or one that may not be opened, or pictures of more than `maxPixels`. An isolated file is read in
    /// a process of its own. Blocks on the disk.
    package init(_ file: OpenFile, maxPixels: Int, isolated: Bool = false) throws(LibavError) {
        let descriptor = file.takeDescriptor()
        var opened: OpaquePointer?
        try check("open video") {
            if isolated { return unsafe cfs_video_open_isolated(descriptor, Int64(maxPixels), &opened) }
            return unsafe cfs_video_open(descriptor, Int64(maxPixels), &opened)
        }
        guard let opened = unsafe opened else { throw .outOfMemory("open video") }
        unsafe pointer = opened
        var found = cfs_video_info()
        unsafe cfs_video_get_info(opened, &found)
        info = Info(
            width: Int(found.width), height: Int(found.height), pixelWidth: Int(found.pixel_width),
            pixelHeight: Int(found.pixel_height), orientation: Int(found.orientation),
            unitNumerator: Int(found.time_num), unitDenominator: Int(found.time_den), origin: Int(found.origin),
            hasAlpha: found.has_alpha != 0, depth: Int(found.depth), isInterlaced: found.is_interlaced != 0,
            matrix: Int(found.matrix), isMatrixGuessed: found.is_matrix_guessed != 0, primaries: Int(found.primaries),
            transfer: Int(found.transfer),
            isFullRange: found.is_full_range != 0, hasSound: found.has_sound != 0,
            format: unsafe String(cString: cfs_video_format(opened)),
            codec: unsafe String(cString: cfs_video_codec(opened)))
    }

    deinit { unsafe cfs_video_free(pointer) }

    /// The process that reads an isolated file; 0 if it has ended, and for others.
    package var process: Int32 { unsafe cfs_video_process(pointer) }

    /// Sets how long a process of an isolated file may take to answer; 60 seconds by default.
    ///
    /// Process-wide, for tests.
    package static func limitIsolated(milliseconds: Int) { cfs_isolated_limit(Int32(milliseconds)) }

    /// Whether files can be read in a process of their own on this system.
    package static var canIsolate: Bool { cfs_can_isolate() != 0 }

    /// Reads the whole file and returns when its pictures are shown, in order, without decoding them.
    ///
    /// Throws for more than `most`. Blocks on the disk.
    package func listTimes(atMost most: Int) throws(LibavError) -> [Time] {
        var list: UnsafeMutablePointer<cfs_video_time>?
        var count = 0
        try check("read video") { unsafe cfs_video_list_times(pointer, most, &list, &count) }
        defer { unsafe cfs_video_times_free(list) }
        return unsafe UnsafeBufferPointer(start: list, count: count).map {
            Time(time: Int($0.time), duration: Int($0.duration), isKey: $0.is_key != 0)
        }
    }

    /// Finds the picture shown at a time in the stream's unit: the last one that begins at or before it, or else the first.
    ///
    /// Returns when it begins, which identifies it; `nil` if no picture can be decoded. `key` is the time of the last
    /// picture at or before it that decoding can begin with, if that is known; the result does not depend on it. Blocks.
    package func find(_ time: Int, key: Int? = nil) throws(LibavError) -> Int? {
        var shownFrom: Int64 = 0
        let status = try check("decode video") {
            unsafe cfs_video_find(pointer, Int64(time), key.map { Int64($0) } ?? Int64.min, &shownFrom)
        }
        return status == Int32(CFS_OK) ? Int(shownFrom) : nil
    }

    /// Returns the picture found last.
    package func picture() throws(LibavError) -> Picture {
        var picture: OpaquePointer?
        try check("decode video") { unsafe cfs_video_take(pointer, &picture) }
        guard let picture = unsafe picture else { throw .outOfMemory("decode video") }
        return unsafe Picture(picture)
    }
}
