// SPDX-License-Identifier: Apache-2.0

extension Captions {
    /// Reads captions from a file's bytes.
    ///
    /// The format is found by the contents first, and by the extension of `name` where they do not tell; `format` says
    /// otherwise. The text is UTF-8, UTF-16 or Windows-1252. Cues are ordered by their start times. What was left out or
    /// corrected is in ``warnings``. Throws ``ComposeError`` with code `invalidCaptions`, whose problem has `name` as its
    /// path and tells line and column.
    public init(reading bytes: [UInt8], name: String, as format: Format? = nil) throws(ComposeError) {
        var source = try CaptionEncoding.read(bytes, name: name)
        let found: Format
        if let format { found = format } else { found = try CaptionSniffing.format(of: source) }
        switch found {
        case .srt: self = try SubRipReader.read(&source)
        case .webVTT: self = try WebVTTReader.read(&source)
        case .ass: self = try SubStationReader.read(&source)
        case .json, .words: self = try TranscriptReader.read(&source)
        case .text:
            throw ComposeError(
                .invalidCaptions, path: name,
                "plain text has no times, so it cannot be read; use SubRip, WebVTT, ASS or JSON")
        }
        warnings = source.warnings
    }

    /// Returns the text of an ASS or SSA file in UTF-8, without control characters; `nil` if the file is of another format.
    package static func script(reading bytes: [UInt8], name: String) throws(ComposeError) -> [UInt8]? {
        let source = try CaptionEncoding.read(bytes, name: name)
        return try CaptionSniffing.format(of: source) == .ass ? source.bytes : nil
    }

    /// Returns the captions as a file's text in UTF-8.
    public func written(as format: Format) -> String {
        switch format {
        case .srt: SubRipWriter.write(self)
        case .webVTT: WebVTTWriter.write(self)
        case .ass: SubStationWriter.write(self)
        case .json: TranscriptWriter.write(self)
        case .words: TranscriptWriter.writeWords(self)
        case .text: Self.plainText(of: self)
        }
    }
}

extension Captions.Cue {
    /// Returns the cue's text with the markup of a format that has cues; plain text for others.
    package func body(as format: Captions.Format) -> String {
        switch format {
        case .srt: SubRipWriter.body(self)
        case .webVTT: WebVTTWriter.body(self)
        default: text
        }
    }
}
