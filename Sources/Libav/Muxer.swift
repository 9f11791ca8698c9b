// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A media file, or a folder of them, that is being written.
@safe package final class Muxer {
    private let pointer: OpaquePointer

    /// Creates the file, overwriting an existing one.
    ///
    /// Formats that write several files put them into the folder `path`, where `index` names the file that refers to
    /// the others.
    package init(_ format: String, path: String, index: String? = nil, options: [Encoder.Option] = [])
        throws(LibavError)
    {
        var opened: OpaquePointer?
        let words = options.flatMap { [$0.name, $0.value] } + [format, path] + (index.map { [$0] } ?? [])
        let named = options.count * 2
        try check("create \(path)") {
            unsafe withCStrings(words) { strings in
                guard let strings = unsafe strings else { return -12 }
                // The options end where the other strings begin.
                let pairs = unsafe Array(UnsafeBufferPointer(start: strings, count: named)) + [nil]
                return unsafe pairs.withUnsafeBufferPointer { pairs in
                    var values = unsafe cfs_muxer_options(
                        format: strings[named], path: strings[named + 1],
                        index_name: index == nil ? nil : strings[named + 2], options: pairs.baseAddress)
                    return unsafe cfs_muxer_open(&values, &opened)
                }
            }
        }
        guard let opened = unsafe opened else { throw .outOfMemory("create file") }
        unsafe pointer = opened
    }

    deinit { unsafe cfs_muxer_free(pointer) }

    /// Adds a stream as its encoder currently describes it, and returns its number.
    ///
    /// There is one of pictures and there are at most ``mostSounds`` of sound. The encoder is not kept. Set `hasRate` if all pictures have the same duration.
    package func add(_ encoder: Encoder, hasRate: Bool = false) throws(LibavError) -> Int {
        Int(try check("add stream") { unsafe cfs_muxer_add(pointer, encoder.pointer, hasRate ? 1 : 0) })
    }

    /// Gives a stream a language, which is a code of ISO 639-2/T, and a name.
    ///
    /// Players take the default one unless the viewer chooses otherwise. Call it before ``writeHeader()``.
    package func describe(_ stream: Int, language: String, name: String?, isDefault: Bool) throws(LibavError) {
        try check("describe stream") {
            unsafe cfs_muxer_describe(pointer, Int32(stream), language, name, isDefault ? 1 : 0)
        }
    }

    /// How captions are written.
    package enum TextCodec: Sendable {
        /// 3GPP's timed text, of MP4 and QuickTime.
        case movText
        /// SubRip, of Matroska.
        case subRip
        /// WebVTT, of WebM.
        case webVTT
    }

    /// The most tracks of sound in a file.
    package static let mostSounds = Int(CFS_MOST_SOUNDS)
    /// The most tracks of captions in a file.
    package static let mostTexts = Int(CFS_MOST_TEXTS)

    /// Adds a track of captions, and returns its number; its packets have times in milliseconds.
    ///
    /// `language` is a code of ISO 639-2/T. Call it before ``writeHeader()``.
    package func addText(
        _ codec: TextCodec, language: String, name: String?, isDefault: Bool
    ) throws(LibavError) -> Int {
        let code: cfs_text_codec =
            switch codec {
            case .movText: CFS_MOV_TEXT
            case .subRip: CFS_SUBRIP
            case .webVTT: CFS_WEBVTT
            }
        return Int(
            try check("add captions") {
                unsafe cfs_muxer_add_text(pointer, code, language, name, isDefault ? 1 : 0)
            })
    }

    /// Replaces the header that a stream's encoder gave to decoders.
    ///
    /// Call it before ``writeHeader()``.
    package func setHeader(_ header: [UInt8], stream: Int) throws(LibavError) {
        try check("add parameters") {
            unsafe header.withUnsafeBufferPointer {
                unsafe cfs_muxer_set_header(pointer, Int32(stream), $0.baseAddress, Int32($0.count))
            }
        }
    }

    /// Adds a tag, such as a title or a comment.
    ///
    /// Call it before ``writeHeader()``.
    package func tag(_ name: String, _ value: String) throws(LibavError) {
        try check("add \(name)") { unsafe cfs_muxer_tag(pointer, name, value) }
    }

    /// Adds a chapter, with times in microseconds.
    ///
    /// Call it before ``writeHeader()``.
    package func addChapter(_ title: String, _ range: Range<Int>) throws(LibavError) {
        try check("add chapter") {
            unsafe cfs_muxer_add_chapter(pointer, Int64(range.lowerBound), Int64(range.upperBound), title)
        }
    }

    package func writeHeader() throws(LibavError) {
        try check("write header") { unsafe cfs_muxer_write_header(pointer) }
    }

    /// Writes a packet and takes its contents.
    package func write(_ packet: Packet, stream: Int) throws(LibavError) {
        try check("write packet") { unsafe cfs_muxer_write(pointer, Int32(stream), packet.pointer) }
    }

    /// Writes the index and closes the file.
    package func finish() throws(LibavError) {
        try check("write index") { unsafe cfs_muxer_finish(pointer) }
    }
}
