// SPDX-License-Identifier: Apache-2.0

/// A font file that texts of a timeline may use.
///
/// A value type; safe to share between threads.
public struct FontFile: Sendable, Hashable {
    /// The file's path, relative to the edit's folder: TrueType or OpenType, or a collection of them.
    public var src: String
    /// The name by which styles name the font; `nil` means the family's name in the file.
    public var family: String?

    /// Creates a font file.
    public init(_ src: String, family: String? = nil) {
        self.src = src
        self.family = family
    }

    static let form = ObjectForm(
        "fontFile", "A font file that texts may use.", usual: FontFile(""),
        [
            .required("src", \.src, .file(.font), "The file: TrueType or OpenType, or a collection of them."),
            .optional(
                "family", \.family,
                .text("the name of a family", limit: 256).checked { name, report in
                    if name.allSatisfy(\.isWhitespace) { report.add("empty; name the family, or leave it out") }
                }, unset: "the name in the file", "The name by which styles name it."),
        ])
}
