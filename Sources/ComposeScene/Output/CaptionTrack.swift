// SPDX-License-Identifier: Apache-2.0

/// Captions as a track of the file, which players show or hide.
///
/// A value type; safe to share between threads.
public struct CaptionTrack: Sendable, Hashable {
    /// The file of captions, relative to the edit's folder, with times from the timeline's start; `nil` means what the timeline's
    /// captions clips show.
    public var src: String?
    /// The language by its code of two or three letters (ISO 639), perhaps with a region: `en`, `deu`, `pt-BR`.
    public var language: String
    /// The name that players show.
    public var name: String?
    /// Whether players show the track unless the viewer chooses otherwise.
    public var isDefault: Bool

    /// Creates a track of a file, or of what the timeline's captions clips show.
    public init(_ src: String? = nil, language: String = "und", name: String? = nil, isDefault: Bool = false) {
        self.src = src
        self.language = language
        self.name = name
        self.isDefault = isDefault
    }

    /// The most tracks of a file.
    static let most = 32

    static let form = ObjectForm(
        "captionTrack", "Captions as a track of the file, which players show or hide.", usual: CaptionTrack(),
        [
            .optional(
                "src", \.src, .file(.captions), unset: "what the timeline's captions clips show",
                "The file: SRT, WebVTT, ASS, or JSON of Whisper and its kin; its times are the timeline's."),
            .optional(
                "language", \.language, .language, "The language's code (ISO 639); `und` is none."),
            .optional("name", \.name, .text(limit: 256), unset: "none", "The name that players show."),
            .optional("default", \.isDefault, .flag, "Whether players show it unless the viewer chooses otherwise."),
        ])
}

extension Form<String> {
    /// The form of a language's code.
    static var language: Form {
        .text("a language, as in \"en\" or \"pt-BR\"", limit: 35).checked { language, report in
            let parts = language.split(separator: "-", omittingEmptySubsequences: false)
            let isCode = (2...3).contains(parts[0].utf8.count) && parts[0].allSatisfy { $0.isASCII && $0.isLetter }
            let areSubtags = parts.dropFirst().allSatisfy {
                (2...8).contains($0.utf8.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            }
            if !isCode || !areSubtags {
                report.add("\(quoted(language)) is not a language; write its code, as in \"en\" or \"pt-BR\"")
            }
        }
    }
}
