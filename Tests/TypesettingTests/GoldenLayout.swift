// SPDX-License-Identifier: Apache-2.0

@testable import Typesetting

/// A layout in words: which text is on which line, and where lines and runs lie.
struct GoldenLayout: CustomStringConvertible {
    let description: String

    init(_ layout: TextLayout, of block: TextBlock) {
        let bytes = Array(block.runs.map(\.text).joined().utf8)
        var lines = ["size \(rounded(layout.width)) \(rounded(layout.height))"]
        for line in layout.lines {
            let text = String(decoding: bytes[line.text], as: UTF8.self).split(separator: "\n").joined()
            let direction = line.isRightToLeft ? "right-to-left" : "left-to-right"
            lines.append(
                "line \(line.text) \(direction) \(box(line.box)) baseline \(rounded(line.baseline)) “\(text)”")
        }
        for (index, parts) in layout.runs.enumerated() {
            lines += parts.map { "run \(index) on line \($0.line) \(box($0.box))" }
        }
        description = lines.joined(separator: "\n") + "\n"
    }

    init(text: String) { description = text }

    /// Returns what differs from a layout that was written down; lengths may do so by a pixel.
    func difference(from golden: GoldenLayout) -> String? {
        let (ours, theirs) = (lines(of: self), lines(of: golden))
        for (line, old) in zip(ours, theirs) where !matches(line, old) {
            return "“\(line)” was “\(old)”"
        }
        return ours.count == theirs.count ? nil : "there are \(ours.count) lines and parts, not \(theirs.count)"
    }

    private func lines(of layout: GoldenLayout) -> [Substring] { layout.description.split(separator: "\n") }

    private func matches(_ line: Substring, _ old: Substring) -> Bool {
        let (words, oldWords) = (line.split(separator: " "), old.split(separator: " "))
        return words.count == oldWords.count
            && zip(words, oldWords).allSatisfy { word, old in
                // What has a decimal point is a length; numbers of bytes have none.
                guard word.contains("."), let number = Double(word), let was = Double(old) else { return word == old }
                return abs(number - was) <= 1
            }
    }
}

private func rounded(_ length: Double) -> Double { (length * 10).rounded() / 10 }

private func box(_ box: TextLayout.Rectangle) -> String {
    "at \(rounded(box.x)) \(rounded(box.y)) size \(rounded(box.width)) \(rounded(box.height))"
}
