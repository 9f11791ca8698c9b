// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// An encoder of one stream.
@safe package final class Encoder {
    /// What taking a packet came to: flow is not an error.
    package enum Output { case packet(Packet), needsInput, finished }

    let pointer: OpaquePointer

    /// What a video encoder is opened with.
    package struct VideoParameters: Sendable, Hashable {
        /// libav's name for the encoder.
        package var name: String
        package var width: Int
        package var height: Int
        /// Frames per second, as a fraction.
        package var rate: (numerator: Int, denominator: Int)
        package var threads: Int
        package var keyframeInterval: Int
        /// Options by libav's names; each must be known to the encoder.
        package var options: [(name: String, value: String)]

        package init(
            name: String, width: Int, height: Int, rate: (numerator: Int, denominator: Int), threads: Int,
            keyframeInterval: Int, options: [(name: String, value: String)]
        ) {
            self.name = name
            self.width = width
            self.height = height
            self.rate = rate
            self.threads = threads
            self.keyframeInterval = keyframeInterval
            self.options = options
        }

        package static func == (a: Self, b: Self) -> Bool {
            a.name == b.name && a.width == b.width && a.height == b.height && a.rate == b.rate
                && a.threads == b.threads && a.keyframeInterval == b.keyframeInterval
                && a.options.elementsEqual(b.options, by: ==)
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            hasher.combine(width)
            hasher.combine(height)
            hasher.combine(threads)
        }
    }

    /// Opens a video encoder for opaque working frames.
    package init(_ parameters: VideoParameters) throws(LibavError) {
        var opened: OpaquePointer?
        let words = parameters.options.flatMap { [$0.name, $0.value] }
        try check("open \(parameters.name)") {
            unsafe withCStrings(words) { options in
                unsafe parameters.name.withCString { name in
                    var values = unsafe cfs_video_options(
                        encoder: name, width: Int32(parameters.width), height: Int32(parameters.height),
                        rate_num: Int32(parameters.rate.numerator), rate_den: Int32(parameters.rate.denominator),
                        threads: Int32(parameters.threads), keyframe_interval: Int32(parameters.keyframeInterval),
                        options: options)
                    return unsafe cfs_encoder_open_video(&values, &opened)
                }
            }
        }
        guard let opened = unsafe opened else { throw .outOfMemory("open encoder") }
        unsafe pointer = opened
    }

    /// Opens an AAC encoder for stereo at 48 kHz.
    package init(aacBitrate bitrate: Int) throws(LibavError) {
        var opened: OpaquePointer?
        try check("open aac") { unsafe cfs_encoder_open_aac(Int32(bitrate), &opened) }
        guard let opened = unsafe opened else { throw .outOfMemory("open encoder") }
        unsafe pointer = opened
    }

    deinit { unsafe cfs_encoder_free(pointer) }

    /// Samples an audio encoder takes at a time.
    package var frameSize: Int { Int(unsafe cfs_encoder_frame_size(pointer)) }

    /// Sends a frame by reference.
    package func send(_ frame: Frame, at index: Int, keyframe: Bool = false) throws(LibavError) {
        try check("encode frame") {
            unsafe cfs_encoder_send_frame(pointer, frame.pointer, Int64(index), keyframe ? 1 : 0)
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
        try check("drain encoder") { unsafe cfs_encoder_send_frame(pointer, nil, 0, 0) }
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

    /// Bytes.
    package var size: Int { Int(unsafe cfs_packet_size(pointer)) }
}

/// Lends strings as C wants a list of them: pointers, the last NULL.
private func withCStrings<Result>(
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
