// SPDX-License-Identifier: Apache-2.0

/// A track of the file's sound, among which players choose.
///
/// A value type; safe to share between threads.
public struct SoundTrack: Sendable, Hashable {
    /// The `id` of each of the timeline's tracks that is heard in it; none means all.
    public var tracks: [String]
    /// The language by its code of two or three letters (ISO 639), perhaps with a region: `en`, `deu`, `pt-BR`.
    public var language: String
    /// The name that players show.
    public var name: String?
    /// Whether players play it unless the viewer chooses otherwise.
    ///
    /// Without one, the first is.
    public var isDefault: Bool

    /// Creates a track of all that is heard, or of some of the timeline's tracks.
    public init(_ tracks: [String] = [], language: String = "und", name: String? = nil, isDefault: Bool = false) {
        self.tracks = tracks
        self.language = language
        self.name = name
        self.isDefault = isDefault
    }

    /// The most tracks of a file, and as many again as stems.
    package static let most = 16

    static let form = ObjectForm(
        "soundTrack", "A track of the file's sound, among which players choose.", usual: SoundTrack(),
        [
            .optional(
                "tracks", \.tracks, .list("an array of track ids", of: .text),
                "The `id` of each of the timeline's tracks that is heard in it; without them all are."),
            .optional("language", \.language, .language, "The language's code (ISO 639); `und` is none."),
            .optional("name", \.name, .text(limit: 256), unset: "none", "The name that players show."),
            .optional(
                "default", \.isDefault, .flag,
                "Whether players play it unless the viewer chooses otherwise; else the first is."),
        ])
}
