// SPDX-License-Identifier: Apache-2.0

/// The settings of the video encoder, independent of any codec library.
///
/// A value type; safe to share between threads.
public struct VideoSettings: Sendable, Hashable {
    /// The video format; `nil` means the container's usual one, such as H.264 in MP4 or VP9 in WebM.
    public var codec: Codec?
    /// The encoders that may be used.
    public var encoder: EncoderChoice
    /// The GPU to use: NVENC's by number (`0`), VA-API's by its render node (`/dev/dri/renderD128`).
    ///
    /// `nil` tries all of them in order.
    public var device: String?
    /// The visual quality.
    public var quality: Quality
    /// The trade-off between encoding time and file size.
    public var speed: Speed
    /// How pixels are stored.
    ///
    /// `nil` means the most widely supported format, with transparency if the timeline's background has it.
    public var pixelFormat: PixelFormat?
    /// The longest time between two key frames, 0.1…60 s; players can seek only to key frames.
    public var keyframeInterval: Duration
    /// Whether every frame is stored as a picture.
    public var frameRate: FrameRateMode
    /// The bitrate in bits per second not to exceed over any two seconds, 50,000…200,000,000; `nil` means no limit.
    ///
    /// VP9 on the CPU keeps to it only on average.
    public var maxBitrate: Int?
    /// The threads of each CPU encoder, 1…64.
    ///
    /// `nil` means one if segments are encoded in parallel, and two if the video is encoded in one piece. The output
    /// depends on the number of threads, so it never follows from the machine.
    public var threads: Int?
    /// Options that only some encoders support.
    public var options: Options

    /// Creates video settings.
    ///
    /// The defaults are quality 21, speed `veryfast`, a key frame every five seconds, and the best encoder that works
    /// on this machine.
    public init(
        codec: Codec? = nil, encoder: EncoderChoice = .automatic, device: String? = nil,
        quality: Quality = .number(21), speed: Speed = .veryfast, pixelFormat: PixelFormat? = nil,
        keyframeInterval: Duration = .seconds(5), frameRate: FrameRateMode = .constant, maxBitrate: Int? = nil,
        threads: Int? = nil, options: Options = Options()
    ) {
        self.codec = codec
        self.encoder = encoder
        self.device = device
        self.quality = quality
        self.speed = speed
        self.pixelFormat = pixelFormat
        self.keyframeInterval = keyframeInterval
        self.frameRate = frameRate
        self.maxBitrate = maxBitrate
        self.threads = threads
        self.options = options
    }

    /// The encoders that may be used.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum EncoderChoice: String, Sendable, Hashable, CaseIterable, Codable {
        /// The best encoder that works on this machine: NVENC, then VA-API, then the CPU.
        ///
        /// The report names the encoder and the reason.
        case automatic
        /// NVENC or VA-API; the render fails if neither works.
        case hardware
        /// The encoder that runs on the CPU.
        case software
        /// The named encoder; the render fails if it does not work.
        case nvenc, vaapi, x264, x265, svtav1, vpx, prores

        /// The encoder that is named; `nil` for `automatic`, `hardware` and `software`.
        public var backend: Backend? { Backend(rawValue: rawValue) }
    }

    /// The visual quality.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Quality: Sendable, Hashable {
        /// A number on x264's CRF scale, 1 (nearly lossless)…51 (worst); 21 is a good default.
        ///
        /// It is converted to the scales of other encoders.
        case number(Double)
        /// A preset: CRF 17, 20, 23 or 28.
        case best, high, medium, small

        /// The quality on x264's CRF scale.
        public var crf: Double {
            switch self {
            case .number(let value): value
            case .best: 17
            case .high: 20
            case .medium: 23
            case .small: 28
            }
        }
    }

    /// An encoding speed, named after x264's presets from fastest to smallest.
    ///
    /// It is mapped to the presets of other encoders; VA-API and ProRes have a single speed. A value type; safe to
    /// share between threads.
    public enum Speed: String, Sendable, Hashable, CaseIterable, Codable {
        /// A preset; each is about a third slower than the previous one and makes smaller files.
        case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow

        /// The preset's position: 0 for the fastest, 8 for the slowest.
        package var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// How frames are stored as pictures.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum FrameRateMode: String, Sendable, Hashable, CaseIterable, Codable {
        /// One picture for each frame, as editors, streaming and most tools expect.
        case constant
        /// One long picture for each picture that is held for ten frames or more; faster with every encoder.
        ///
        /// It is available in MP4, QuickTime, WebM and Matroska with H.264, HEVC, AV1 and VP9.
        case variable
    }

    /// Options that only some encoders support.
    ///
    /// An encoder that lacks a requested option is not used. A value type; safe to share between threads.
    public struct Options: Sendable, Hashable {
        /// The kind of content to tune for (x264, x265).
        public var tune: Tune?
        /// The most consecutive B-frames, 0…16 (x264, x265, NVENC, VA-API; drivers may support fewer).
        public var bFrames: Int?
        /// The number of lookahead frames, 0…250 (x264, x265, SVT-AV1 up to 120, VP9 up to 25, NVENC up to 32).
        public var lookahead: Int?
        /// The strength of film grain synthesis, 0…50: grain is removed and restored by the player (SVT-AV1).
        public var filmGrain: Int?
        /// Whether to require the low-power entry point of Intel's processors (VA-API).
        public var lowPower: Bool?

        /// Whether repeats of a held picture may be written without the encoder; the default (x264, VP9).
        ///
        /// They decode to exactly the same pixels. Set it to `false` for players that do not conform to H.264 or VP9.
        public var heldPictures: Bool?

        /// Creates options; by default none is set.
        public init(
            tune: Tune? = nil, bFrames: Int? = nil, lookahead: Int? = nil, filmGrain: Int? = nil,
            lowPower: Bool? = nil, heldPictures: Bool? = nil
        ) {
            self.tune = tune
            self.bFrames = bFrames
            self.lookahead = lookahead
            self.filmGrain = filmGrain
            self.lowPower = lowPower
            self.heldPictures = heldPictures
        }

        /// A kind of content to tune for.
        ///
        /// A value type; safe to share between threads.
        #if hasAttribute(nonexhaustive)
            @nonexhaustive
        #endif
        public enum Tune: String, Sendable, Hashable, CaseIterable, Codable {
            /// Drawn pictures with large flat areas.
            case animation
            /// Film, whose grain is preserved.
            case grain
        }

        /// The numeric options that are set.
        package var numbers: [(name: String, value: Int)] {
            [("bFrames", bFrames), ("lookahead", lookahead), ("filmGrain", filmGrain)].compactMap { name, value in
                value.map { (name, $0) }
            }
        }

        /// The names of the options that an encoder has to support.
        package var named: [String] {
            [
                tune.map { _ in "tune" }, bFrames.map { _ in "bFrames" }, lookahead.map { _ in "lookahead" },
                filmGrain.map { _ in "filmGrain" }, lowPower.map { _ in "lowPower" },
                heldPictures == true ? "heldPictures" : nil,  // false works with every encoder
            ].compactMap(\.self)
        }
    }
}

extension VideoSettings {
    static let form = ObjectForm(
        "videoSettings", expected: "{\"codec\", \"encoder\", \"quality\", \"speed\", \"pixelFormat\", …}",
        "How pictures are encoded.", usual: VideoSettings(), conditions: OutputRules.videoConditions,
        [
            .optional("codec", \.codec, .word("codec"), unset: "the format's first", "The video format."),
            .optional("encoder", \.encoder, .word("encoder"), "Which encoder may be used."),
            .optional(
                "device", \.device, .device, unset: "every one, in order",
                "NVENC's number, `0`, or VA-API's render node, `/dev/dri/renderD128`."),
            .optional(
                "quality", \.quality, .quality,
                "A number on x264's CRF scale, smaller is better; best is 17, high 20, medium 23, small 28."),
            .optional("speed", \.speed, .word("speed"), "How much time may be spent on making it small."),
            .optional(
                "pixelFormat", \.pixelFormat, .word("pixel format"),
                unset: "the codec's first; with alpha where the background is not solid", "How pixels are stored."),
            .optional(
                "keyframeInterval", \.keyframeInterval, .length(0.1...60), "The longest time between key frames."),
            .optional(
                "frameRate", \.frameRate, .word("kind of frame rate"),
                "A picture for every frame, or one that lasts for each that is held."),
            .optional(
                "maxBitrate", \.maxBitrate, .integer(50_000...200_000_000, "bits per second"), unset: "no limit",
                "Bits per second that may not be exceeded over two seconds."),
            .optional(
                "threads", \.threads, .integer(1...64, "threads"),
                unset: "1 for each segment, 2 for a video of one",
                "Threads of each encoder on the CPU; the result depends on it."),
            .optional("options", \.options, Options.form.form, "What only some encoders have."),
        ])
}

extension VideoSettings.Options {
    static let form = ObjectForm(
        "encoderOptions", "What only some encoders have; one that lacks what is asked for is not used.",
        usual: VideoSettings.Options(),
        [
            .optional("tune", \.tune, .word("tune"), unset: "none", "What the pictures are like (x264, x265)."),
            .optional(
                "bFrames", \.bFrames, .integer(0...16, "frames"), unset: "the encoder's own",
                "B-frames between two others (x264, x265, NVENC, VA-API)."),
            .optional(
                "lookahead", \.lookahead, .integer(0...250, "frames"), unset: "the encoder's own",
                "Frames to look ahead (x264, x265; SVT-AV1 up to 120, VP9 up to 25, NVENC up to 32)."),
            .optional(
                "filmGrain", \.filmGrain, .integer(0...50), unset: "none",
                "Grain to remove and have the player add again (SVT-AV1)."),
            .optional(
                "lowPower", \.lowPower, .flag, unset: "the driver's own",
                "Whether to require the low-power entry point of Intel's processors (VA-API)."),
            .optional(
                "heldPictures", \.heldPictures, .flag, unset: "true",
                "Whether repeats of a held picture may be written without the encoder (x264, VP9)."),
        ])
}

extension Form<String> {
    fileprivate static var device: Form {
        text("a GPU's number or a render node, as text").schema([
            "type": .string("string"), "pattern": .string("^([0-9]{1,3}|/.*)$"),
        ])
    }
}

extension Form<VideoSettings.Quality> {
    fileprivate static var quality: Form {
        let words: KeyValuePairs<String, VideoSettings.Quality> = [
            "best": .best, "high": .high, "medium": .medium, "small": .small,
        ]
        let names = words.map(\.key).joined(separator: ", ")
        let number = Form<Double>.number(1...51, "a number 1…51 or one of \(names)")
        let word = Form.word(
            "quality", words.map(\.key), make: { name in words.first { $0.key == name }?.value },
            name: { quality in words.first { $0.value == quality }?.key ?? "" })
        return Form(
            expected: number.expected, kind: "number 1…51, or \(word.kind)",
            schema: { .any([number.schema(), word.schema()]) },
            read: { node, reader in
                guard case .string = node.value else {
                    return number.read(node, reader).map(VideoSettings.Quality.number)
                }
                return word.read(node, reader)
            },
            write: { quality in
                if case .number(let value) = quality { return number.write(value) }
                return word.write(quality)
            },
            check: { number.check?($0.crf, &$1) })
    }
}
