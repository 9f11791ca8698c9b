// SPDX-License-Identifier: Apache-2.0

extension TextBlock {
    /// What bounds the time and memory that a block may take.
    package enum Limit {
        /// Bytes of UTF-8 of all runs together.
        package static let bytes = 64 << 10
        package static let runs = 8192
        /// Faces that differ, each of which has to be opened.
        package static let faces = 256
        /// Marks that follow each other, such as accents: Pango needs time by their square.
        package static let marks = 32
        /// Tabs, and ends of lines: Pango goes through the text before each of them again.
        package static let tabs = 512
        package static let lineEnds = 2048
        package static let size = 0.1...4096.0
        package static let length = 0.0...8192.0
        package static let shadows = 16
        package static let stops = 16
        /// Features, axes and families of a face.
        package static let settings = 32
    }

    /// Throws for what Pango must not see.
    func check() throws(TextError) {
        try require(runs.count <= Limit.runs, "a text has \(runs.count) runs; use \(Limit.runs) at most")
        let bytes = runs.reduce(0) { $0 + $1.text.utf8.count }
        try require(
            bytes <= Limit.bytes, "a text has \(bytes) bytes; use \(Limit.bytes) at most, and divide longer ones")
        try checkCharacters()
        let faces = runs.count > Limit.faces ? Set(runs.map(\.face)).count : 0
        try require(faces <= Limit.faces, "a text has \(faces) different faces; use \(Limit.faces) at most")
        for run in runs { try check(run) }
        try check(maxWidth, Limit.length, "the text's width")
        try check(maxHeight, Limit.length, "the text's height")
        try require(maxLines.map { $0 > 0 } ?? true, "\(maxLines ?? 0) is no number of lines; use 1 or more")
        try check(lineHeight, 0.1...100, "the line height")
        try require(shadows.count <= Limit.shadows, "a text has \(shadows.count) shadows; use \(Limit.shadows) at most")
        for shadow in shadows {
            try check(shadow.x, -4096...4096, "a shadow's x")
            try check(shadow.y, -4096...4096, "a shadow's y")
            try check(shadow.blur, 0...1024, "a shadow's blur")
        }
        if let background { try check(background) }
        let language = language ?? ""
        let plain = language.utf8.count <= 64 && language.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D }
        try require(plain, "“\(language)” is no language; use a tag such as en or zh-Hant")
    }

    private func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(TextError) {
        guard condition else { throw TextError(.outOfRange, message()) }
    }

    private func check(_ value: Double?, _ range: ClosedRange<Double>, _ name: String) throws(TextError) {
        guard let value else { return }
        guard range.contains(value) else {
            throw TextError(
                .outOfRange,
                "\(plain(value)) is out of range for \(name); use \(plain(range.lowerBound))…\(plain(range.upperBound))"
            )
        }
    }

    private func checkCharacters() throws(TextError) {
        var (marks, tabs, lineEnds) = (0, 0, 0)
        for run in runs {
            for scalar in run.text.unicodeScalars {
                switch scalar.value {
                case 0: throw TextError(.outOfRange, "a text contains a NUL character; leave it out")
                case 0x09: tabs += 1
                case 0x0A, 0x0D, 0x2028, 0x2029: lineEnds += 1
                case 0x300...:
                    switch scalar.properties.generalCategory {
                    case .nonspacingMark, .enclosingMark, .spacingMark:
                        marks += 1
                        try require(
                            marks <= Limit.marks,
                            "more than \(Limit.marks) marks such as accents follow each other in a text; leave some out"
                        )
                        continue
                    default: break
                    }
                default: break
                }
                marks = 0
            }
        }
        try require(tabs <= Limit.tabs, "a text has \(tabs) tabs; use \(Limit.tabs) at most")
        try require(lineEnds <= Limit.lineEnds, "a text has \(lineEnds) ends of lines; use \(Limit.lineEnds) at most")
    }

    private func check(_ run: TextRun) throws(TextError) {
        let face = run.face
        try check(face.size, Limit.size, "a text's size")
        try check(Double(face.weight), 1...1000, "a weight")
        try check(face.width, 10...1000, "a font's width")
        try check(face.letterSpacing, -4096...4096, "letter spacing")
        try require(!face.families.isEmpty, "a text has no family; name one")
        let settings = max(face.features.count, face.variations.count, face.families.count)
        try require(
            settings <= Limit.settings,
            "a font has \(settings) features, axes or families; use \(Limit.settings) at most of each")
        for feature in face.features {
            try require(isFeature(feature), "“\(feature)” is no feature; use four letters, as in tnum or ss01=0")
        }
        for (axis, value) in face.variations {
            let isAxis = axis.utf8.count == 4 && axis.utf8.allSatisfy(isLetterOrDigit)
            try require(isAxis, "“\(axis)” is no axis of a font; use four letters, as in wght")
            try check(value, -32768...32767, "the axis \(axis)")
        }
        try check(run.scale, 0.01...100, "a run's scale")
        try check(run.paint)
        if let stroke = run.stroke {
            try check(stroke.width, 0...1024, "a stroke's width")
            try check(stroke.paint)
        }
        if let box = run.box { try check(box) }
        if let sweep = run.sweep {
            try check(sweep.fraction, 0...1, "how far a sweep has come")
            try check(sweep.paint)
        }
    }

    private func check(_ box: TextBox) throws(TextError) {
        try check(box.paddingX, -4096...4096, "a box's padding")
        try check(box.paddingY, -4096...4096, "a box's padding")
        try check(box.radius, Limit.length, "a box's radius")
        try check(box.paint)
    }

    private func check(_ paint: TextPaint) throws(TextError) {
        guard case .gradient(let stops, let angle) = paint else { return }
        try require(
            (1...Limit.stops).contains(stops.count), "a gradient has \(stops.count) colours; use 1 to \(Limit.stops)")
        try check(angle, -36000...36000, "a gradient's angle")
        var last = 0.0
        for stop in stops {
            try require(
                (last...1).contains(stop.at), "\(stop.at) is no place in a gradient; use 0…1, in order")
            last = stop.at
        }
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Whether a text is four letters or digits, and perhaps `=` and a number.
    private func isFeature(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 4, bytes[..<4].allSatisfy(isLetterOrDigit) else { return false }
        guard bytes.count > 4 else { return true }
        return bytes[4] == 0x3D && UInt16(String(decoding: bytes[5...], as: UTF8.self)) != nil
    }
}

/// Returns a number without a trailing `.0`.
private func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? value.description }
