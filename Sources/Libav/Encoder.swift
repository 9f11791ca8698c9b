// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// An encoder of one stream.
@safe package final class Encoder {
    /// What taking a packet came to: flow is not an error.
    package enum Output { case packet(Packet), needsInput, finished }

    /// An option by libav's name for it.
    package struct Option: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What a video encoder is opened with.
    package struct VideoParameters: Sendable, Hashable {
        /// libav's name for the encoder.
        package var name: String
        /// libav's name for what it is fed; frames are converted where that is not the working format.
        package var pixelFormat: String
        package var width: Int
        package var height: Int
        /// Frames per second.
        package var rate: Rate
        package var threads: Int
        /// Frames from one key frame to the next; 0 leaves it to the encoder.
        package var keyframeInterval: Int
        /// Each must be known to the encoder.
        package var options: [Option]

        package init(
            name: String, pixelFormat: String = "yuv420p", width: Int, height: Int, rate: Rate, threads: Int = 1,
            keyframeInterval: Int = 0, options: [Option] = []
        ) {
            self.name = name
            self.pixelFormat = pixelFormat
            self.width = width
            self.height = height
            self.rate = rate
            self.threads = threads
            self.keyframeInterval = keyframeInterval
            self.options = options
        }
    }

    /// Frames per second, as a fraction.
    package struct Rate: Sendable, Hashable {
        package var numerator: Int
        package var denominator: Int

        package init(_ numerator: Int, _ denominator: Int) {
            self.numerator = numerator
            self.denominator = denominator
        }
    }

    let pointer: OpaquePointer
    private let palette: Palette?
    /// What has to be held as long as the encoder is open, such as one of a driver's sessions.
    package var lease: AnyObject?

    /// Opens a video encoder for working frames, on the CPU or on a device.
    package init(_ parameters: VideoParameters, on device: Device? = nil, palette: Palette? = nil) throws(LibavError) {
        var opened: OpaquePointer?
        let words = parameters.options.flatMap { [$0.name, $0.value] }
        try check("open \(parameters.name)") {
            unsafe withCStrings(words) { options in
                unsafe parameters.name.withCString { name in
                    unsafe parameters.pixelFormat.withCString { format in
                        var values = unsafe cfs_video_options(
                            encoder: name, pixel_format: format, width: Int32(parameters.width),
                            height: Int32(parameters.height), rate_num: Int32(parameters.rate.numerator),
                            rate_den: Int32(parameters.rate.denominator), threads: Int32(parameters.threads),
                            keyframe_interval: Int32(parameters.keyframeInterval), device: device?.pointer,
                            options: options)
                        return unsafe cfs_encoder_open_video(&values, &opened)
                    }
                }
            }
        }
        guard let opened = unsafe opened else { throw .outOfMemory("open encoder") }
        unsafe pointer = opened
        self.palette = palette
        if let palette { unsafe cfs_encoder_use_palette(opened, palette.pointer) }
    }

    /// Opens a sound encoder for stereo at 48 kHz, by libav's name for it; those that lose nothing ignore the bitrate.
    package init(audio name: String, bitrate: Int) throws(LibavError) {
        var opened: OpaquePointer?
        try check("open \(name)") { unsafe cfs_encoder_open_audio(name, Int32(bitrate), &opened) }
        guard let opened = unsafe opened else { throw .outOfMemory("open encoder") }
        unsafe pointer = opened
        palette = nil
    }

    deinit { unsafe cfs_encoder_free(pointer) }

    /// Samples a sound encoder takes at a time; 0: any number.
    package var frameSize: Int { Int(unsafe cfs_encoder_frame_size(pointer)) }

    /// How many frames decoding runs ahead of showing, as far as the encoder says so when it is opened.
    package var delay: Int { Int(unsafe cfs_encoder_delay(pointer)) }

    /// What decoders have to know before the first packet.
    ///
    /// Empty where that is nothing, or comes with the first packet.
    package var header: [UInt8] {
        var bytes: UnsafePointer<UInt8>?
        let count = unsafe cfs_encoder_header(pointer, &bytes)
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// Sends a frame, by reference where the encoder takes the working format.
    ///
    /// `finer` asks x264 for so many quantiser steps less than the frame would have.
    package func send(_ frame: Frame, at index: Int, keyframe: Bool = false, finer: Int = 0) throws(LibavError) {
        try check("encode frame") {
            unsafe cfs_encoder_send_frame(pointer, frame.pointer, Int64(index), keyframe ? 1 : 0, Int32(finer))
        }
    }

    /// Sends the first `count` stereo samples.
    package func send(_ samples: [Float], count: Int, at position: Int) throws(LibavError) {
        precondition(count * Sound.channels <= samples.count)
        try check("encode sound") {
            unsafe samples.withUnsafeBufferPointer {
                unsafe cfs_encoder_send_samples(pointer, $0.baseAddress, Int32(count), Int64(position))
            }
        }
    }

    /// Says that nothing follows.
    package func drain() throws(LibavError) {
        try check("drain encoder") { unsafe cfs_encoder_send_frame(pointer, nil, 0, 0, 0) }
    }

    /// Takes a packet if there is one.
    package func receive() throws(LibavError) -> Output {
        let packet = try Packet()
        let status = try check("receive packet") { unsafe cfs_encoder_receive(pointer, packet.pointer) }
        switch status {
        case Int32(CFS_OK): return .packet(packet)
        case Int32(CFS_NEEDS_INPUT): return .needsInput
        default: return .finished
        }
    }
}

/// One encoded piece of a stream.
@safe package final class Packet {
    let pointer: OpaquePointer

    init() throws(LibavError) {
        guard let created = unsafe cfs_packet_create() else { throw .outOfMemory("allocate packet") }
        unsafe pointer = created
    }

    deinit { unsafe cfs_packet_free(pointer) }

    /// One made of bytes that were a packet once; ``place(at:decodedAt:lasting:)`` says when it is shown.
    package convenience init(_ range: Range<Int>, of bytes: SharedBytes, flags: Int) throws(LibavError) {
        try self.init()
        try check("share packet") {
            unsafe cfs_packet_share(
                pointer, bytes.pointer, range.lowerBound, Int32(clamping: range.count), Int32(truncatingIfNeeded: flags)
            )
        }
    }

    /// How long it is shown, in frames, or sounds, in samples.
    package var duration: Int { Int(unsafe cfs_packet_duration(pointer)) }

    /// Says when it sounds and how long, in samples.
    package func place(at time: Int, lasting duration: Int) {
        unsafe cfs_packet_time_sound(pointer, Int64(time), Int64(duration))
    }

    /// What comes with it beside its bytes, such as samples to be skipped, by libav's number for what it is.
    package var sideData: [(type: Int, bytes: [UInt8])] {
        (0..<sideCount).map { index in
            var type: Int32 = 0
            var bytes: UnsafePointer<UInt8>?
            let count = unsafe cfs_packet_side(pointer, index, &type, &bytes)
            return (Int(type), unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
        }
    }

    private var sideCount: Int32 { unsafe cfs_packet_side_count(pointer) }

    package func addSideData(type: Int, bytes: [UInt8]) throws(LibavError) {
        try check("add side data") {
            unsafe bytes.withUnsafeBufferPointer {
                unsafe cfs_packet_add_side(pointer, Int32(truncatingIfNeeded: type), $0.baseAddress, $0.count)
            }
        }
    }

    /// Says when it is shown, for how long, and when it is decoded, in frames.
    package func place(at time: Int, decodedAt decodeTime: Int, lasting duration: Int) {
        unsafe cfs_packet_place(pointer, Int64(time), Int64(decodeTime), Int64(duration))
    }

    /// Bytes.
    package var size: Int { Int(unsafe cfs_packet_size(pointer)) }
    /// Bytes it takes in memory, about: with what describes it.
    package var memory: Int { size + 256 }
    /// When it is shown, in frames or samples, before it is written to a file.
    package var time: Int { Int(unsafe cfs_packet_time(pointer)) }
    /// When it is decoded, in frames or samples, before it is written to a file.
    package var decodeTime: Int { Int(unsafe cfs_packet_decode_time(pointer)) }
    /// libav's flags: whether decoding can begin here, whether others need it.
    package var flags: Int { Int(unsafe cfs_packet_flags(pointer)) }

    /// What is in it.
    package var bytes: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: cfs_packet_bytes(pointer), count: size))
    }
}

/// A copy of bytes that packets can be parts of.
@safe package final class SharedBytes {
    let pointer: OpaquePointer

    /// Places in it are the slice's own, which begins at 0.
    package init(_ bytes: ArraySlice<UInt8>) throws(LibavError) {
        precondition(bytes.startIndex == 0)
        let copy = unsafe bytes.withUnsafeBufferPointer { unsafe cfs_bytes_copy($0.baseAddress, $0.count) }
        guard let copy = unsafe copy else { throw .outOfMemory("copy packets") }
        unsafe pointer = copy
    }

    deinit { unsafe cfs_bytes_free(pointer) }
}

/// 256 colours for a GIF, chosen from all its pictures.
@safe package final class Palette {
    let pointer: OpaquePointer

    /// With `alpha` one of the colours is clear.
    package init(width: Int, height: Int, alpha: Bool) throws(LibavError) {
        var created: OpaquePointer?
        try check("create palette") {
            unsafe cfs_palette_create(Int32(width), Int32(height), alpha ? 1 : 0, &created)
        }
        guard let created = unsafe created else { throw .outOfMemory("create palette") }
        unsafe pointer = created
    }

    deinit { unsafe cfs_palette_free(pointer) }

    /// Shows it a picture, which it does not keep.
    package func add(_ frame: Frame) throws(LibavError) {
        try check("look for colours") { unsafe cfs_palette_add(pointer, frame.pointer) }
    }

    /// Chooses; after the last picture, and before an encoder uses it.
    package func choose() throws(LibavError) {
        try check("choose colours") { unsafe cfs_palette_choose(pointer) }
    }
}

/// Lends strings as C wants a list of them: pointers, the last NULL.
func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
    let bytes = strings.map { $0.utf8CString }
    let offsets = bytes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let flat = bytes.flatMap { Array($0) }
    return unsafe flat.withUnsafeBufferPointer { buffer in
        var pointers: [UnsafePointer<CChar>?] = unsafe offsets.dropLast().map { offset in
            unsafe buffer.baseAddress.map { unsafe $0 + offset }
        }
        unsafe pointers.append(nil)
        return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
}
