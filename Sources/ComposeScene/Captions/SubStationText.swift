// SPDX-License-Identifier: Apache-2.0

/// The markup in the text of an event of ASS.
///
/// `\{` and `\}` are braces, as in libass. U+2060 behind a backslash says that it is one, and is removed:
/// ``SubStationWriter`` writes it, because the format has no other way.
struct SubStationText {
    private let source: CaptionSource
    private let range: Range<Int>
    private let script: SubStationReader.Script
    private let start: Int64
    private(set) var text = CueText()
    private(set) var placement: CaptionPlacement?
    /// Whether the event says where it is.
    private(set) var hasPlacement = false
    private(set) var hasDrawing = false
    private var isDrawing = false
    private var keypad: Int?
    private var point: (x: Double, y: Double)?
    /// When the next syllable begins; `nil` if there was none.
    private var syllable: Int64?

    init(_ source: CaptionSource, _ range: Range<Int>, from start: Int64, _ script: SubStationReader.Script) {
        self.source = source
        self.range = range
        self.start = start
        self.script = script
    }

    mutating func read() {
        var offset = range.lowerBound
        var plain = offset
        // Braces are looked for once: behind the last one, none closes.
        let lastBrace = source.bytes[range].lastIndex(of: UInt8(ascii: "}")) ?? -1
        while offset < range.upperBound {
            let byte = source.bytes[offset]
            if byte == UInt8(ascii: "{"), offset < lastBrace {
                add(plain..<offset)
                let end = source.bytes[offset...].firstIndex(of: UInt8(ascii: "}")) ?? offset
                override((offset + 1)..<end)
                offset = end + 1
                plain = offset
            } else if byte == UInt8(ascii: "\\"), offset + 1 < range.upperBound {
                add(plain..<offset)
                offset = escape(at: offset)
                plain = offset
            } else {
                offset += 1
            }
        }
        add(plain..<range.upperBound)
        if let syllable { text.mark(syllable) }
        if let point {
            placement = CaptionPlacement(
                keypad: keypad ?? 2, x: Self.percent(point.x, of: script.width),
                y: Self.percent(point.y, of: script.height))
        } else if let keypad {
            placement = CaptionPlacement(keypad: keypad)
        }
        hasPlacement = point != nil || keypad != nil
    }

    /// Returns a share in percent, rounded so that 55 is not 55.00000000000001.
    private static func percent(_ value: Double, of whole: Double) -> Double {
        (value / whole * 1_000_000).rounded() / 10_000
    }

    private mutating func add(_ range: Range<Int>) {
        if !isDrawing { text.append(source.bytes[range]) }
    }

    private mutating func add(_ byte: UInt8) {
        if !isDrawing { text.append(byte) }
    }

    /// Reads a backslash and what follows; returns the offset behind.
    private mutating func escape(at offset: Int) -> Int {
        switch source.bytes[offset + 1] {
        case UInt8(ascii: "N"): add(0x0A)
        case UInt8(ascii: "n"): add(script.breaksAtSmallN ? 0x0A : 0x20)
        case UInt8(ascii: "h"): if !isDrawing { text.append("\u{A0}" as Unicode.Scalar) }
        case UInt8(ascii: "{"): add(UInt8(ascii: "{"))
        case UInt8(ascii: "}"): add(UInt8(ascii: "}"))
        default:
            add(UInt8(ascii: "\\"))
            return offset + (source.has("\u{2060}", at: offset + 1) && offset + 3 < range.upperBound ? 4 : 1)
        }
        return offset + 2
    }

    private mutating func override(_ range: Range<Int>) {
        for tag in SubStationTag.all(in: range, source) {
            switch tag {
            case .bold(let isOn): text.look.isBold = isOn
            case .italic(let isOn): text.look.isItalic = isOn
            case .underline(let isOn): text.look.isUnderlined = isOn
            case .color(let color): text.look.color = color
            case .reset: text.look = CaptionRun("")
            // The first one counts.
            case .place(let place): keypad = keypad ?? place
            case .point(let x, let y): point = point ?? (x, y)
            case .drawing(let isOn):
                isDrawing = isOn
                hasDrawing = hasDrawing || isOn
            case .syllable(let length):
                let begin = syllable ?? start
                text.mark(begin)
                syllable = min(begin + length * 10_000, CaptionTime.longest)
            case .syllableTime(let time): syllable = min(start + max(0, time) * 10_000, CaptionTime.longest)
            }
        }
    }
}
