// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A media file whose packets are read in its order, without being decoded.
///
/// May be used by one thread at a time.
@safe package final class FileScan {
    /// What a stream holds.
    package enum Kind: Sendable, Hashable { case video, sound, subtitle, other }

    /// Colours by ITU-T H.273, 2 if not said, and FFmpeg's number of the range: 0 not said, 1 limited, 2 full.
    package struct Color: Sendable, Hashable {
        package var matrix: Int
        package var primaries: Int
        package var transfer: Int
        package var range: Int
    }

    /// What a file says of a stream.
    package struct Stream: Sendable, Hashable {
        package var kind: Kind
        /// Whether it is a picture beside a sound, and no video.
        package var isCover: Bool
        /// The unit of its times, as a fraction of a second.
        package var unit: (numerator: Int, denominator: Int) { (unitNumerator, unitDenominator) }
        var unitNumerator: Int
        var unitDenominator: Int
        /// How long it lasts, in seconds; `nil` if the file does not say.
        package var duration: Double?
        package var codec: String
        package var profile: String
        package var width: Int
        package var height: Int
        package var pixelWidth: Int
        package var pixelHeight: Int
        package var depth: Int
        /// How many luma samples share a chroma sample; 0 if there is no chroma.
        package var chromaWidth: Int
        package var chromaHeight: Int
        /// FFmpeg's name of the pixel format.
        package var pixels: String
        package var isInterlaced: Bool
        /// The pictures a second that the container states; `nil` if it states none.
        package var rate: Double?
        /// The colours that the container states, and those that are known with the stream's own.
        package var containerColor: Color
        package var color: Color
        /// The nine numbers of the display matrix (ISO 14496-12, 8.3.2); `nil` if there is none.
        package var turn: [Int]?
        package var sampleRate: Int
        package var channels: Int
    }

    /// A packet; times are in the stream's unit.
    package struct Packet: Sendable, Hashable {
        package var stream: Int
        package var time: Int?
        package var decodeTime: Int?
        /// 0 if it is not known.
        package var duration: Int
        /// The samples that a packet of sound holds by its codec; 0 if that is not known.
        package var samples: Int
        /// The samples at its start that are not heard.
        package var skipped: Int
        package var size: Int
        /// Whether it is decoded, but not shown or heard.
        package var isHidden: Bool
        package var isCorrupt: Bool
    }

    private let pointer: OpaquePointer
    package let streams: [Stream]
    /// FFmpeg's name of the container.
    package let format: String
    /// The duration that the container states, in seconds; `nil` if it states none.
    package let duration: Double?
    /// The numbers of the streams that count as the file's video and sound.
    package let video: Int?
    package let sound: Int?

    /// Opens a file; throws if it is of no format that is known.
    ///
    /// Blocks on the disk.
    package init(_ file: OpenFile) throws(LibavError) {
        let descriptor = file.takeDescriptor()
        var opened: OpaquePointer?
        try check("open file") { unsafe cfs_scan_open(descriptor, &opened) }
        guard let opened = unsafe opened else { throw .outOfMemory("open file") }
        unsafe pointer = opened
        let count = unsafe cfs_scan_stream_count(opened)
        streams = (0..<count).map { unsafe Stream(opened, $0) }
        format = unsafe Self.text(opened, 0, CFS_SCAN_FORMAT)
        let length = unsafe cfs_scan_duration(opened)
        duration = length > 0 ? Double(length) / 1e6 : nil
        let (video, sound) = unsafe (cfs_scan_best(opened, CFS_SCAN_VIDEO), cfs_scan_best(opened, CFS_SCAN_AUDIO))
        self.video = video < 0 ? nil : Int(video)
        self.sound = sound < 0 ? nil : Int(sound)
    }

    deinit { unsafe cfs_scan_free(pointer) }

    /// How often damage in the container was passed over so far.
    package var failures: Int { Int(unsafe cfs_scan_failures(pointer)) }

    /// Reads the next packet; `nil` at the end.
    ///
    /// Blocks on the disk.
    package func next() throws(LibavError) -> Packet? {
        var packet = cfs_scan_packet()
        let status = try check("read file") { unsafe cfs_scan_next(pointer, &packet) }
        guard status == Int32(CFS_OK) else { return nil }
        return Packet(
            stream: Int(packet.stream), time: Self.known(packet.time), decodeTime: Self.known(packet.decode_time),
            duration: Self.known(packet.duration) ?? 0, samples: Int(packet.samples), skipped: Int(packet.skipped),
            size: Int(packet.size),
            isHidden: packet.is_hidden != 0, isCorrupt: packet.is_corrupt != 0)
    }

    /// Returns a time within three hundred thousand years; others are as good as unknown, and would overflow.
    private static func known(_ time: Int64) -> Int? {
        time == .min || time.magnitude > 1 << 53 ? nil : Int(time)
    }

    fileprivate static func text(_ scan: OpaquePointer, _ index: Int32, _ which: cfs_scan_text) -> String {
        var text = [CChar](repeating: 0, count: 128)
        unsafe text.withUnsafeMutableBufferPointer {
            unsafe cfs_scan_get_text(scan, index, which, $0.baseAddress, $0.count)
        }
        return string(of: text)
    }
}

extension FileScan.Stream {
    fileprivate init(_ scan: OpaquePointer, _ index: Int32) {
        var found = cfs_scan_stream()
        unsafe cfs_scan_get_stream(scan, index, &found)
        let unit = Double(found.time_num) / Double(found.time_den)
        func seconds(_ time: Int64) -> Double? { time == .min || time.magnitude > 1 << 53 ? nil : Double(time) * unit }
        func text(_ which: cfs_scan_text) -> String { unsafe FileScan.text(scan, index, which) }
        let kind: FileScan.Kind =
            switch UInt32(bitPattern: found.kind) {
            case CFS_SCAN_VIDEO.rawValue: .video
            case CFS_SCAN_AUDIO.rawValue: .sound
            case CFS_SCAN_SUBTITLE.rawValue: .subtitle
            default: .other
            }
        self.init(
            kind: kind, isCover: found.is_cover != 0, unitNumerator: Int(found.time_num),
            unitDenominator: Int(found.time_den),
            duration: seconds(found.duration).flatMap { $0 > 0 ? $0 : nil },
            codec: text(CFS_SCAN_CODEC), profile: text(CFS_SCAN_PROFILE), width: Int(found.width),
            height: Int(found.height), pixelWidth: Int(found.pixel_width), pixelHeight: Int(found.pixel_height),
            depth: Int(found.depth), chromaWidth: Int(found.chroma_width), chromaHeight: Int(found.chroma_height),
            pixels: text(CFS_SCAN_PIXELS), isInterlaced: found.is_interlaced != 0,
            rate: found.rate_den > 0 ? Double(found.rate_num) / Double(found.rate_den) : nil,
            containerColor: FileScan.Color(
                matrix: Int(found.container_matrix), primaries: Int(found.container_primaries),
                transfer: Int(found.container_transfer), range: Int(found.container_range)),
            color: FileScan.Color(
                matrix: Int(found.matrix), primaries: Int(found.primaries), transfer: Int(found.transfer),
                range: Int(found.range)),
            turn: found.has_turn == 0
                ? nil
                : [
                    found.turn.0, found.turn.1, found.turn.2, found.turn.3, found.turn.4, found.turn.5, found.turn.6,
                    found.turn.7, found.turn.8,
                ].map { Int($0) },
            sampleRate: Int(found.sample_rate), channels: Int(found.channels))
    }
}
