// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Typesetting

    /// The text of an ASS event, as far as planning has to understand it.
    ///
    /// It is read as libass reads it, or so that more is expected than can happen: what only may change is taken to change.
    struct ScriptText {
        /// The texts with the families they are set in, and where those are named.
        private(set) var runs: [(family: String, place: String, text: String)] = []
        private(set) var isAnimated = false
        private(set) var isPlaced = false
        private(set) var resizes = false
        private(set) var extent = ScriptExtent()

        private let bytes: [UInt8]
        private let style: Script.Style
        private let styles: [String: Script.Style]
        private let isKnown: Bool
        private var family: (name: String, place: String)
        private var text: [UInt8] = []
        private var drawingScale = 0.0
        /// The size of letters and its factors, at most.
        private var size, scaleX, scaleY, spacing: Double

        init(_ event: Script.Event, _ style: Script.Style, isKnown: Bool, _ styles: [String: Script.Style]) {
            bytes = Array(event.text.utf8)
            self.style = style
            self.styles = styles
            self.isKnown = isKnown
            family = Self.family(of: style, isKnown: isKnown)
            (size, scaleX, scaleY, spacing) = (
                abs(style.size), abs(style.scaleX), abs(style.scaleY), abs(style.spacing)
            )
            extent.reach = Self.reach(of: style)
            if style.angle != 0 { extent.turn = 2 }
            isAnimated = !event.effect.isEmpty
            read()
            extent.bytes = bytes.count
            // Styles may say anything, and signs multiply; the sums of many events have to stay numbers.
            func bounded(_ value: Double) -> Double { value.isFinite ? min(value, 1e9) : 1e9 }
            (size, spacing) = (bounded(size), bounded(spacing))
            (scaleX, scaleY) = (bounded(scaleX), bounded(scaleY))
            (extent.reach, extent.turn) = (bounded(extent.reach), bounded(extent.turn))
            extent.width = size * scaleX
            extent.height = 1.5 * size * scaleY  // lines are higher than letters
            extent.drawingWidth *= max(scaleX, 1)
            extent.drawingHeight *= max(scaleY, 1)
            extent.line = extent.letters * (extent.width + spacing * scaleX)
        }

        private static func family(of style: Script.Style, isKnown: Bool) -> (name: String, place: String) {
            (
                plain(style.font),
                isKnown ? "the style \(quoted(style.name))" : "events whose style is not in the file"
            )
        }

        /// Returns the outline and the blur together; what blurs more than a hundred pixels does not blur more.
        private static func reach(of style: Script.Style) -> Double {
            abs(style.outline) + 3 * min(abs(style.blur), 100)
        }

        /// Returns a family's name without what asks for letters lying on their sides.
        private static func plain(_ name: String) -> String { name.hasPrefix("@") ? String(name.dropFirst()) : name }

        private mutating func read() {
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == UInt8(ascii: "{"), let close = bytes[index...].firstIndex(of: UInt8(ascii: "}")) {
                    endRun()
                    tags(index + 1..<close)
                    index = close + 1
                } else if byte == UInt8(ascii: "\\"), drawingScale == 0, index + 1 < bytes.count,
                    let meaning = Self.escape(bytes[index + 1])
                {
                    text.append(meaning)
                    index += 2
                } else {
                    text.append(byte)
                    index += 1
                }
            }
            endRun()
        }

        private static func escape(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "N"), UInt8(ascii: "n"): 0x0A
            case UInt8(ascii: "h"): 0x20
            case UInt8(ascii: "{"), UInt8(ascii: "}"): byte
            default: nil
            }
        }

        private mutating func endRun() {
            if text.isEmpty { return }
            if drawingScale > 0 {
                draw(text[...])
            } else {
                runs.append((family.name, family.place, String(decoding: text, as: UTF8.self)))
                extent.letters += Double(text.count { $0 & 0xC0 != 0x80 })
            }
            text = []
        }

        /// Adds a drawing, whose numbers are x and y by turns.
        private mutating func draw(_ outline: ArraySlice<UInt8>) {
            var (low, high) = ([0.0, 0.0], [0.0, 0.0])
            var axis = 0
            for word in outline.split(whereSeparator: { $0.isSpace || $0 == UInt8(ascii: ",") }) {
                guard let value = Self.number(word) else {
                    axis = 0
                    continue
                }
                low[axis] = min(low[axis], value)
                high[axis] = max(high[axis], value)
                axis = 1 - axis
            }
            extent.drawings += 1
            let scale = drawingScale > 0 ? drawingScale : 1
            extent.drawingWidth = max(extent.drawingWidth, (high[0] - low[0]) * scale)
            extent.drawingHeight = max(extent.drawingHeight, (high[1] - low[1]) * scale)
        }

        /// Reads the tags between two braces, those inside the parentheses of others like all.
        private mutating func tags(_ range: Range<Int>) {
            for part in bytes[range].split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false).dropFirst()
            {
                var tag = part.drop { $0.isSpace }
                if tag.last == UInt8(ascii: ")"), !tag.contains(UInt8(ascii: "(")) {
                    tag.removeLast(tag.reversed().prefix { $0 == UInt8(ascii: ")") }.count)
                }
                self.tag(tag)
            }
        }

        private mutating func tag(_ tag: ArraySlice<UInt8>) {
            func after(_ name: String) -> ArraySlice<UInt8>? {
                tag.starts(with: name.utf8) ? tag.dropFirst(name.utf8.count) : nil
            }
            func largest(_ value: inout Double, _ text: ArraySlice<UInt8>, _ factor: Double = 1) {
                value = max(value, abs(Self.number(text) ?? 0) * factor)
            }
            if let name = after("fn") {
                let name = String(decoding: name, as: UTF8.self).trimmed
                family =
                    name.isEmpty || name == "0"
                    ? Self.family(of: style, isKnown: isKnown) : (Self.plain(name), "\\fn\(name)")
            } else if after("fad") != nil || after("k") != nil || after("K") != nil {
                isAnimated = true
            } else if after("move") != nil {
                (isAnimated, isPlaced) = (true, true)
            } else if after("pos") != nil {
                isPlaced = true
            } else if after("pbo") != nil {
                return
            } else if let level = after("p") {
                let level = Self.number(level) ?? 0
                drawingScale = level >= 1 ? 1 / Double(1 << min(Int(level) - 1, 20)) : 0
            } else if let scale = after("fscx") {
                largest(&scaleX, scale, 0.01)
            } else if let scale = after("fscy") {
                largest(&scaleY, scale, 0.01)
            } else if let value = after("fsp") {
                largest(&spacing, value)
            } else if let value = after("fs"), after("fsc") == nil {
                // With a sign it is added in tenths, again and again.
                let isRelative = value.first == UInt8(ascii: "+") || value.first == UInt8(ascii: "-")
                if isRelative { size *= 1 + abs(Self.number(value) ?? 0) / 10 } else { largest(&size, value) }
            } else if let value = after("bord") ?? after("xbord") ?? after("ybord") {
                extent.reach = max(extent.reach, abs(Self.number(value) ?? 0) + 300)
            } else if after("blur") != nil || after("be") != nil {
                extent.reach = max(extent.reach, 300)
            } else if after("frx") != nil || after("fry") != nil {
                extent.turn = max(extent.turn, 4)
            } else if after("fr") != nil {
                extent.turn = max(extent.turn, 2)
            } else if let value = after("fax") ?? after("fay") {
                extent.turn = max(extent.turn, 2 + abs(Self.number(value) ?? 0))
            } else if let outline = after("clip") ?? after("iclip") {
                draw(outline.drop { $0 == UInt8(ascii: "(") })
            } else if after("t") != nil {
                (isAnimated, resizes) = (true, true)
            } else if let name = after("r") {
                let found = styles[String(decoding: name, as: UTF8.self).trimmed]
                let style = found ?? self.style
                family = Self.family(of: style, isKnown: found != nil || isKnown)
                size = max(size, abs(style.size))
                scaleX = max(scaleX, abs(style.scaleX))
                scaleY = max(scaleY, abs(style.scaleY))
                spacing = max(spacing, abs(style.spacing))
                extent.reach = max(extent.reach, Self.reach(of: style))
            }
        }

        /// Returns the number that a text begins with; no more than a billion.
        private static func number(_ text: ArraySlice<UInt8>) -> Double? {
            let digits = text.drop { $0.isSpace || $0 == UInt8(ascii: "(") }.prefix(40).prefix {
                $0.isNumeral || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E")
            }
            // libass reads numbers as C does: the longest beginning that is one.
            for count in stride(from: digits.count, to: 0, by: -1) {
                if let value = Double(String(decoding: digits.prefix(count), as: UTF8.self)), value.isFinite {
                    return min(max(value, -1e9), 1e9)
                }
            }
            return nil
        }
    }

    extension UInt8 {
        fileprivate var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
        fileprivate var isNumeral: Bool { self >= 0x30 && self <= 0x39 }
    }

    extension String {
        fileprivate var trimmed: String {
            var text = Substring(self).drop { $0 == " " || $0 == "\t" }
            while let last = text.last, last == " " || last == "\t" { text.removeLast() }
            return String(text)
        }
    }
#endif
