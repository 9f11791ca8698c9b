// SPDX-License-Identifier: Apache-2.0

/// Colours in caption files.
enum CaptionColor {
    /// Returns the colour of an attribute of HTML: `#fc0`, `#ffcc00`, the same without the sign, or a name.
    static func named(_ text: String) -> Color? {
        if let color = names[text.lowercased()] { return color }
        return Color(hex: text.hasPrefix("#") ? text : "#" + text)
    }

    /// The eight colours that WebVTT has classes for.
    static let classes: KeyValuePairs<String, Color> = [
        "white": .white, "lime": Color(red: 0, green: 255, blue: 0), "cyan": Color(red: 0, green: 255, blue: 255),
        "red": Color(red: 255, green: 0, blue: 0), "yellow": Color(red: 255, green: 255, blue: 0),
        "magenta": Color(red: 255, green: 0, blue: 255), "blue": Color(red: 0, green: 0, blue: 255), "black": .black,
    ]

    /// The names of HTML 4, and those of CSS that subtitles use.
    private static let names: [String: Color] = Dictionary(
        uniqueKeysWithValues: classes.map { ($0.key, $0.value) } + [
            ("aqua", Color(red: 0, green: 255, blue: 255)), ("fuchsia", Color(red: 255, green: 0, blue: 255)),
            ("gray", Color(red: 128, green: 128, blue: 128)), ("grey", Color(red: 128, green: 128, blue: 128)),
            ("green", Color(red: 0, green: 128, blue: 0)), ("maroon", Color(red: 128, green: 0, blue: 0)),
            ("navy", Color(red: 0, green: 0, blue: 128)), ("olive", Color(red: 128, green: 128, blue: 0)),
            ("purple", Color(red: 128, green: 0, blue: 128)), ("silver", Color(red: 192, green: 192, blue: 192)),
            ("teal", Color(red: 0, green: 128, blue: 128)), ("orange", Color(red: 255, green: 165, blue: 0)),
            ("pink", Color(red: 255, green: 192, blue: 203)), ("gold", Color(red: 255, green: 215, blue: 0)),
            ("brown", Color(red: 165, green: 42, blue: 42)), ("violet", Color(red: 238, green: 130, blue: 238)),
            ("orchid", Color(red: 218, green: 112, blue: 214)), ("skyblue", Color(red: 135, green: 206, blue: 235)),
        ])
}
