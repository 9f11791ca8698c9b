// SPDX-License-Identifier: Apache-2.0

/// How pictures are to be encoded, in words that name no codec library.
public struct VideoSettings: Sendable, Hashable {
    /// The video format; `nil` is what the container usually holds: H.264 in MP4, VP9 in WebM.
    public var codec: Codec?
    /// Which encoder may do it.
    public var encoder: EncoderChoice
    /// The graphics processor, where it matters: NVENC's by number (`0`), VA-API's by its render node
    /// (`/dev/dri/renderD128`).
    ///
    /// `nil` tries all there are, in order.
    public var device: String?
    /// How good it is to look.
    public var quality: Quality
    /// How much time may be spent on making it small.
    public var speed: Speed
    /// How pixels are stored; `nil` is what plays most widely, with transparency where the timeline's background has it.
    public var pixelFormat: PixelFormat?
    /// The longest time from one key frame to the next, 0.1…60 s: players can only jump to key frames.
    public var keyframeInterval: Duration
    /// Whether every frame is a picture in the file.
    public var frameRate: FrameRateMode
    /// Bits per second that may not be exceeded over two seconds, 50,000…200,000,000; `nil` sets no ceiling.
    ///
    /// VP9 on the CPU keeps to it on average only.
    public var maxBitrate: Int?
    /// Threads each encoder on the CPU runs, 1…64; `nil` is one where segments are encoded side by side, and two where the video
    /// is encoded in one piece.
    ///
    /// The result depends on it, so it is never taken from the machine.
    public var threads: Int?
    /// What only some encoders have, for experts.
    public var options: Options

    /// Creates settings: quality 21, `veryfast`, a key frame every five seconds, on whatever works best here, unless said otherwise.
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

    /// Which encoder may do it.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum EncoderChoice: String, Sendable, Hashable, CaseIterable, Codable {
        /// The best that works here: NVENC, then VA-API, then the CPU; the report says which and why.
        case automatic
        /// NVENC or VA-API; where neither works, that is an error.
        case hardware
        /// The one that runs on the CPU.
        case software
        /// That one, or an error.
        case nvenc, vaapi, x264, x265, svtav1, vpx, prores

        /// The one that is asked for by name.
        public var backend: Backend? { Backend(rawValue: rawValue) }
    }

    /// How good the pictures are to look.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Quality: Sendable, Hashable {
        /// A number on x264's CRF scale: 1 (nearly lossless) … 51 (worst); 21 is a good default.
        ///
        /// Other encoders have other scales, to which it is converted.
        case number(Double)
        /// Four words for those who do not want a number: CRF 17, 20, 23 and 28.
        case best, high, medium, small

        /// The number on x264's CRF scale.
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

    /// x264's preset names, from quickest to smallest; other encoders have their like, VA-API and ProRes one speed only.
    public enum Speed: String, Sendable, Hashable, CaseIterable, Codable {
        /// Each is about a third slower than the one before, and makes smaller files.
        case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow

        /// 0 for the quickest … 8.
        package var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// How frames become pictures in the file.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum FrameRateMode: String, Sendable, Hashable, CaseIterable, Codable {
        /// One picture for every frame, as editors, streaming and most tools expect.
        case constant
        /// A picture that is held for ten frames or more is one picture that lasts as long: quicker to make, with every encoder.
        ///
        /// In MP4, QuickTime, WebM and Matroska, with H.264, HEVC, AV1 and VP9.
        case variable
    }

    /// What only some encoders have.
    ///
    /// An encoder that lacks what is asked for is not used.
    public struct Options: Sendable, Hashable {
        /// What the pictures are like (x264, x265).
        public var tune: Tune?
        /// B-frames between two others, 0…16 (x264, x265, NVENC, VA-API, whose drivers may take fewer).
        public var bFrames: Int?
        /// Frames to look ahead, 0…250 (x264, x265, SVT-AV1 up to 120, VP9 up to 25, NVENC up to 32).
        public var lookahead: Int?
        /// Grain to take off the pictures and have the player put back, 0…50 (SVT-AV1).
        public var filmGrain: Int?
        /// Whether to insist on the low-power entry point of Intel's processors (VA-API).
        public var lowPower: Bool?

        /// Whether the repeats of a held picture may be written without the encoder, which is the default (x264, VP9).
        ///
        /// They decode to the very same pixels. `false` is for players that do not do what H.264 or VP9 says.
        public var heldPictures: Bool?

        /// Creates options: nothing special, unless said otherwise.
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

        /// What the pictures are like.
        #if hasAttribute(nonexhaustive)
            @nonexhaustive
        #endif
        public enum Tune: String, Sendable, Hashable, CaseIterable, Codable {
            /// Drawn pictures with large even areas.
            case animation
            /// Keep the grain of film.
            case grain
        }

        /// Those that are set and are numbers.
        package var numbers: [(name: String, value: Int)] {
            [("bFrames", bFrames), ("lookahead", lookahead), ("filmGrain", filmGrain)].compactMap { name, value in
                value.map { (name, $0) }
            }
        }

        /// The names of those that are set.
        package var named: [String] {
            [
                tune.map { _ in "tune" }, bFrames.map { _ in "bFrames" }, lookahead.map { _ in "lookahead" },
                filmGrain.map { _ in "filmGrain" }, lowPower.map { _ in "lowPower" },
                heldPictures == true ? "heldPictures" : nil,  // without it they all are
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
