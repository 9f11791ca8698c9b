// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// An encoder of one stream.
@safe package final class Encoder {
    /// The result of receiving a packet; none of the cases is an error.
    package enum Output { case packet(Packet), needsInput, finished }

    /// An encoder option under libav's name.
    package struct Option: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The parameters of a video encoder.
    package struct VideoParameters: Sendable, Hashable {
        /// libav's name of the encoder.
        package var name: String
        /// libav's name of the input format; working frames are converted if it differs.
        package var pixelFormat: String
        package var width: Int
        package var height: Int
        /// The frame rate.
        package var rate: Rate
        /// The number of threads; 0 leaves it to the encoder.
        package var threads: Int
        /// The number of frames from one key frame to the next; 0 leaves it to the encoder.
        package var keyframeInterval: Int
        /// The options, each of which the encoder must know.
        package var options: [Option]
        /// What this machine adds to the values of options, after a colon; it does not change what is encoded.
        package var machine: [Option] = []

        /// The options as libav receives them.
        package var allOptions: [Option] {
            options.map { option in
                let added = machine.filter { $0.name == option.name }.map(\.value)
                return Option(option.name, ([option.value] + added).joined(separator: ":"))
            }
        }

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

    /// A frame rate as a fraction, in frames per second.
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
    /// The number of channels of sound.
    private let channels: Int
    /// A resource to hold as long as the encoder is open, such as a driver's session.
    package var lease: AnyObject?

    /// Creates a video encoder for working frames, on the CPU or on a device.
    package init(_ parameters: VideoParameters, on device: Device? = nil, palette: Palette? = nil) throws(LibavError) {
        var opened: OpaquePointer?
        let words = parameters.allOptions.flatMap { [$0.name, $0.value] }
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
        channels = 0
        self.palette = palette
        if let palette { unsafe cfs_encoder_use_palette(opened, palette.pointer) }
    }

    /// Creates an audio encoder by libav's name; lossless ones ignore the bitrate.
    package init(audio name: String, bitrate: Int, rate: Int = Sound.sampleRate, channels: Int = Sound.channels)
        throws(LibavError)
    {
        var opened: OpaquePointer?
        try check("open \(name)") {
            unsafe cfs_encoder_open_audio(name, Int32(bitrate), Int32(rate), Int32(channels), &opened)
        }
        guard let opened = unsafe opened else { throw .outOfMemory("open encoder") }
        unsafe pointer = opened
        self.channels = channels
        palette = nil
    }

    deinit { unsafe cfs_encoder_free(pointer) }

    /// The number of samples an audio encoder takes at a time; 0 means any number.
    package var frameSize: Int { Int(unsafe cfs_encoder_frame_size(pointer)) }

    /// The number of samples by which an audio encoder's output is later than its input.
    package var padding: Int { Int(unsafe cfs_encoder_padding(pointer)) }

    /// The number of frames by which decoding precedes presentation, as far as the encoder reports it when opened.
    package var delay: Int { Int(unsafe cfs_encoder_delay(pointer)) }

    /// The header that decoders need before the first packet.
    ///
    /// It is empty if the codec has none, or if it comes with the first packet.
    package var header: [UInt8] {
        var bytes: UnsafePointer<UInt8>?
        let count = unsafe cfs_encoder_header(pointer, &bytes)
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// Sends a frame, by reference if it is in the encoder's own format.
    ///
    /// `finer` lowers x264's quantiser for this frame by that many steps.
    package func send(_ frame: Frame, at index: Int, keyframe: Bool = false, finer: Int = 0) throws(LibavError) {
        try check("encode frame") {
            unsafe cfs_encoder_send_frame(pointer, frame.pointer, Int64(index), keyframe ? 1 : 0, Int32(finer))
        }
    }

    /// Sends the first `count` samples of each channel.
    package func send(_ samples: [Float], count: Int, at position: Int) throws(LibavError) {
        precondition(count * channels <= samples.count)
        try check("encode sound") {
            unsafe samples.withUnsafeBufferPointer {
                unsafe cfs_encoder_send_samples(pointer, $0.baseAddress, Int32(count), Int64(position))
            }
        }
    }

    /// Signals the end of the input.
    package func drain() throws(LibavError) {
        try check("drain encoder") { unsafe cfs_encoder_send_frame(pointer, nil, 0, 0, 0) }
    }

    /// Receives a packet if one is available.
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

/// The 256 colours of a GIF, chosen from all its pictures.
@safe package final class Palette {
    let pointer: OpaquePointer

    /// Creates an empty palette; with `alpha`, one of the colours is transparent.
    package init(width: Int, height: Int, alpha: Bool) throws(LibavError) {
        var created: OpaquePointer?
        try check("create palette") {
            unsafe cfs_palette_create(Int32(width), Int32(height), alpha ? 1 : 0, &created)
        }
        guard let created = unsafe created else { throw .outOfMemory("create palette") }
        unsafe pointer = created
    }

    deinit { unsafe cfs_palette_free(pointer) }

    /// Adds a picture's colours, without keeping the picture.
    package func add(_ frame: Frame) throws(LibavError) {
        try check("look for colours") { unsafe cfs_palette_add(pointer, frame.pointer) }
    }

    /// Chooses the colours, after the last picture and before an encoder uses the palette.
    package func choose() throws(LibavError) {
        try check("choose colours") { unsafe cfs_palette_choose(pointer) }
    }
}

/// Passes strings to `body` as a C array of pointers that ends with NULL.
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
