// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension ImageHeader {
    /// Reads an SVG: the size on its root element (SVG 2 §8); returns `nil` if that is not `svg`.
    ///
    /// A drawing without a size has that of its `viewBox`, or CSS's 300 × 150.
    static func svg(_ file: Reader) throws(Failure) -> ImageHeader? {
        guard file.looksLikeText, let root = SVGRoot(file.window(at: 0, length: SVGRoot.most).content) else {
            return nil
        }
        let size = root.size
        guard size.width.isFinite, size.height.isFinite, size.width > 0, size.height > 0, size.width < 1e6,
            size.height < 1e6
        else { throw .truncated("the SVG has no size (\(size.width) × \(size.height))") }
        return try ImageHeader(
            .svg, width: max(1, Int(size.width.rounded())), height: max(1, Int(size.height.rounded())), hasAlpha: true,
            needsTrial: true)
    }
}

/// The first element of an SVG document: its attributes.
private struct SVGRoot {
    /// The bytes that are searched for the root element.
    static let most = 256 << 10

    private var attributes: [String: String] = [:]

    /// Finds the root element; `nil` if it is another one, or none.
    init?(_ bytes: [UInt8]) {
        var text = Substring(String(decoding: bytes, as: UTF8.self))
        // XML 1.0 §2.8: a declaration, comments, instructions and a document type may come first.
        while let start = text.firstIndex(of: "<") {
            text = text[start...]
            if text.hasPrefix("<?") {
                guard text.skip(past: "?>") else { return nil }
            } else if text.hasPrefix("<!--") {
                guard text.skip(past: "-->") else { return nil }
            } else if text.hasPrefix("<!DOCTYPE") {
                let end = text.firstIndex { $0 == "[" || $0 == ">" }
                guard let end, text[end] == "[" ? text.skip(past: "]") && text.skip(past: ">") : text.skip(past: ">")
                else { return nil }
            } else {
                break
            }
        }
        guard text.first == "<" else { return nil }
        text.removeFirst()
        let name = text.prefix { !$0.isWhitespace && $0 != ">" && $0 != "/" }
        guard name == "svg" || name.hasSuffix(":svg") else { return nil }
        text = text[name.endIndex...]
        while true {
            text = text.drop { $0.isWhitespace }
            guard let first = text.first else { return nil }
            if first == ">" || first == "/" { return }
            let key = text.prefix { $0 != "=" && !$0.isWhitespace && $0 != ">" }
            text = text[key.endIndex...].drop { $0.isWhitespace }
            guard !key.isEmpty, text.first == "=" else { return nil }
            text = text.dropFirst().drop { $0.isWhitespace }
            guard let quote = text.first, quote == "\"" || quote == "'" else { return nil }
            text = text.dropFirst()
            guard let end = text.firstIndex(of: quote) else { return nil }
            attributes[String(key)] = String(text[..<end])
            text = text[text.index(after: end)...]
        }
    }

    /// The size in CSS pixels.
    var size: (width: Double, height: Double) {
        let box = attributes["viewBox"]?.split { $0 == " " || $0 == "," || $0.isNewline || $0 == "\t" }
            .compactMap { Double($0) }
        let view = box.flatMap { $0.count == 4 && $0[2] > 0 && $0[3] > 0 ? (width: $0[2], height: $0[3]) : nil }
        switch (length("width"), length("height")) {
        case (let width?, let height?): return (width, height)
        case (let width?, nil): return (width, view.map { width * $0.height / $0.width } ?? 150)
        case (nil, let height?): return (view.map { height * $0.width / $0.height } ?? 300, height)
        case (nil, nil): return view ?? (300, 150)
        }
    }

    /// Returns a length in CSS pixels (CSS Values 4 §6); `nil` if it is missing, or relative to what is not known here.
    private func length(_ name: String) -> Double? {
        guard let text = attributes[name]?.trimmingCharacters(in: .whitespacesAndNewlines) else { return nil }
        let units: [(String, Double)] = [
            ("px", 1), ("pt", 96 / 72), ("pc", 16), ("mm", 96 / 25.4), ("cm", 96 / 2.54), ("in", 96), ("em", 16),
            ("ex", 8), ("", 1),
        ]
        for (unit, pixels) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)) else { continue }
            return number * pixels
        }
        return nil
    }
}

extension Substring {
    /// Drops what comes before the end of `mark`; returns `false` if it is not there.
    fileprivate mutating func skip(past mark: String) -> Bool {
        guard let range = range(of: mark) else { return false }
        self = self[range.upperBound...]
        return true
    }
}
