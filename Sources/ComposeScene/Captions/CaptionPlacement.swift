// SPDX-License-Identifier: Apache-2.0

/// Where a cue is shown, in the terms of WebVTT.
///
/// A value type; safe to share between threads.
public struct CaptionPlacement: Sendable, Hashable, Codable {
    /// The cue's line.
    ///
    /// A value type; safe to share between threads.
    public enum Line: Sendable, Hashable, Codable {
        /// A row of text, from 0 at the top, or from -1 at the bottom upwards.
        case row(Int)
        /// A height of the picture in percent, from 0 at the top.
        case percent(Double)
    }

    /// A side or the middle.
    ///
    /// A value type; safe to share between threads.
    public enum Edge: String, Sendable, Hashable, CaseIterable, Codable {
        /// The top or the left side, the middle, and the bottom or the right side.
        case start, center, end
    }

    /// How lines of text are aligned with each other.
    ///
    /// A value type; safe to share between threads.
    public enum Alignment: String, Sendable, Hashable, CaseIterable, Codable {
        /// To the side where the text begins or ends, which its direction decides.
        case start, end
        /// To a side whatever the direction is, or to the middle.
        case left, center, right
    }

    /// The direction of vertical text.
    ///
    /// A value type; safe to share between threads.
    public enum Vertical: String, Sendable, Hashable, CaseIterable, Codable {
        /// Lines that follow each other from right to left, or from left to right.
        case rightToLeft = "rl"
        case leftToRight = "lr"
    }

    /// The line; `nil` is the bottom of the picture.
    public var line: Line?
    /// Which edge of the text lies on the line.
    public var lineEdge: Edge
    /// The distance from the left side in percent of the width; `nil` follows from the alignment.
    public var position: Double?
    /// Which edge of the text lies at the position; `nil` follows from the alignment.
    public var positionEdge: Edge?
    /// The width of the text's box in percent; `nil` is as wide as there is room.
    public var size: Double?
    /// How the lines are aligned.
    public var alignment: Alignment
    /// The direction of vertical text; `nil` is horizontal text.
    public var vertical: Vertical?

    /// Creates a placement; by default at the bottom, in the middle.
    public init(
        line: Line? = nil, lineEdge: Edge = .start, position: Double? = nil, positionEdge: Edge? = nil,
        size: Double? = nil, alignment: Alignment = .center, vertical: Vertical? = nil
    ) {
        self.line = line
        self.lineEdge = lineEdge
        self.position = position
        self.positionEdge = positionEdge
        self.size = size
        self.alignment = alignment
        self.vertical = vertical
    }
}

extension CaptionPlacement {
    /// Creates the placement of one of ASS's nine places; `nil` for the usual one, which is 2.
    ///
    /// They are those of the digits on a keypad: 1 is at the bottom on the left.
    init?(keypad: Int) {
        guard (1...9).contains(keypad), keypad != 2 else { return nil }
        let alignment: Alignment = [.left, .center, .right][(keypad - 1) % 3]
        switch (keypad - 1) / 3 {
        case 0: self.init(alignment: alignment)
        case 1: self.init(line: .percent(50), lineEdge: .center, alignment: alignment)
        default: self.init(line: .row(0), alignment: alignment)
        }
    }

    /// The digit of the placement if it is one of ASS's nine places.
    var keypad: Int? { (1...9).first { CaptionPlacement(keypad: $0) == self } ?? (self == Self() ? 2 : nil) }

    /// Creates the placement of text that has one of its nine places on a point, in percent.
    init(keypad: Int, x: Double, y: Double) {
        let (column, row) = ((keypad - 1) % 3, (keypad - 1) / 3)
        self.init(
            line: .percent(y), lineEdge: [.end, .center, .start][row], position: x,
            positionEdge: [.start, .center, .end][column], alignment: [.left, .center, .right][column])
    }

    /// The digit and the point of a placement made from them.
    var point: (keypad: Int, x: Double, y: Double)? {
        guard let position, case .percent(let height) = line else { return nil }
        return (1...9).first { CaptionPlacement(keypad: $0, x: position, y: height) == self }.map {
            ($0, position, height)
        }
    }
}
