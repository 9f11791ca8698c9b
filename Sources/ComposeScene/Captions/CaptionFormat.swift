// SPDX-License-Identifier: Apache-2.0

extension Captions {
    /// The format of a caption file.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// SubRip, `.srt`.
        case srt
        /// WebVTT, `.vtt`.
        case webVTT = "vtt"
        /// SubStation Alpha, `.ass` and `.ssa`; the newer of the two is written.
        case ass
        /// Segments with words as JSON, as Whisper writes it; the results of other recognisers are read too.
        case json
        /// A flat list of words as JSON: `{"words": [{"text", "start", "end", "speaker"}]}`.
        case words
        /// The text alone, a cue a line; it cannot be read.
        case text = "txt"

        /// The file extensions of the format, the usual one first; ``words`` has none of its own.
        public var fileExtensions: [String] {
            switch self {
            case .srt: ["srt"]
            case .webVTT: ["vtt", "webvtt"]
            case .ass: ["ass", "ssa"]
            case .json: ["json"]
            case .words: []
            case .text: ["txt"]
            }
        }

        /// Creates the format that a path's file extension identifies; `nil` if the extension is unknown or missing.
        public init?(path: String) {
            guard let ending = Output.Format.fileExtension(of: path),
                let format = Self.allCases.first(where: { $0.fileExtensions.contains(ending) })
            else { return nil }
            self = format
        }
    }
}
