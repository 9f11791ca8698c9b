// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import Compose

/// An ASS file for tests.
struct ScriptFile {
    var width = 320
    var height = 240
    /// Styles behind the first one, which is Inter in white with a dark outline and a shadow.
    var styles: [String] = []
    /// Events as `start, end, style, text`, times in seconds.
    var events: [(start: Double, end: Double, style: String, text: String)] = []

    init(_ events: (Double, Double, String)...) { self.events = events.map { ($0.0, $0.1, "Default", $0.2) } }

    static let format =
        "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, "
        + "StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, "
        + "Encoding"

    static func style(_ name: String, font: String = "Inter", size: Int = 24, rest: String = "1,2,2,2,10,10,10,1")
        -> String
    {
        "\(name),\(font),\(size),&H00FFFFFF,&H00808080,&H00101010,&H80000000,0,0,0,0,100,100,0,0,\(rest)"
    }

    var text: String {
        func clock(_ time: Double) -> String {
            let hundredths = Int((time * 100).rounded())
            let digits = [hundredths / 6000 % 60, hundredths / 100 % 60, hundredths % 100].map {
                ($0 < 10 ? "0" : "") + "\($0)"
            }
            return "\(hundredths / 360_000):\(digits[0]):\(digits[1]).\(digits[2])"
        }
        var lines = [
            "[Script Info]", "ScriptType: v4.00+", "PlayResX: \(width)", "PlayResY: \(height)",
            "ScaledBorderAndShadow: yes",
            "YCbCr Matrix: \(codecVersion < 63 ? "TV.601" : "None")", "", "[V4+ Styles]", "Format: \(Self.format)",
            "Style: \(Self.style("Default"))",
        ]
        lines += styles.map { "Style: \($0)" }
        lines += ["", "[Events]", "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"]
        lines += events.map { "Dialogue: 0,\(clock($0.start)),\(clock($0.end)),\($0.style),,0,0,0,,\($0.text)" }
        return lines.joined(separator: "\n") + "\n"
    }

    func write(to path: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    /// What a song might have: karaoke, moves, places, drawings, fades, and lines that make room for each other.
    static var song: ScriptFile {
        var file = ScriptFile(
            (0, 2, "First line"), (0.5, 3, "Second, above it"), (1.5, 3.5, "Third"),
            (0.2, 3.8, "{\\an8\\k40}Ka{\\k60}ra{\\kf80}o{\\ko50}ke"),
            (0, 4, "{\\move(20,120,300,100)\\an5\\c&H606060&}moves"),
            (1, 3, "{\\pos(60,60)\\an7\\bord4\\shad5\\3c&H404040&\\4c&H000000&\\fad(400,600)}placed"),
            (0.3, 3.7, "{\\pos(250,90)\\p1\\bord0\\shad0\\c&HC0C0C0&}m 0 0 l 40 0 40 30 b 30 60 10 60 0 30"),
            (2, 4, "{\\pos(160,160)\\t(\\frz360\\fscx150\\c&H202020&)\\blur2}turns {\\i1}and {\\b1}leans"))
        file.styles = [style("Boxed", size: 18, rest: "3,3,0,4,10,10,10,1")]
        file.events.append((2.5, 4, "Boxed", "in a box\\Nof two lines"))
        return file
    }
}
