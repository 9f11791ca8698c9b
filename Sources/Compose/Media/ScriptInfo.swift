// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// An ASS file as planning needs it, if it is to be shown in its own looks.
struct ScriptInfo: Sendable, Hashable, Codable {
    /// The events, in the file's order.
    var events: [Event] = []
    /// What identifies everything but the events: the styles and the sizes.
    var head: [UInt8] = []
    /// The families that texts are set in, each with the characters that are.
    var families: [Family] = []
    /// The size of the picture that the file's sizes are meant for.
    var width = 384.0
    var height = 288.0

    /// A line, or a drawing, of a file.
    struct Event: Sendable, Hashable, Codable {
        /// Its time in milliseconds.
        var start, end: Int
        /// Whether it may look different in each frame.
        var isAnimated: Bool
        /// Whether it keeps clear of other lines.
        var collides: Bool
        /// Whether its size may change, so that lines above it move.
        var resizes: Bool
        /// What identifies its contents.
        var digest: Digest128
        /// What is painted of it.
        var extent: ScriptExtent
    }

    /// A family that the file names, and the place where it does so first.
    struct Family: Sendable, Hashable, Codable {
        var name: String
        var place: String
        /// Each of its characters once.
        var characters: String
        /// When the first of the texts in it is shown, in milliseconds.
        var time: Int
    }

    /// Half of a SHA-256 digest: files have many events.
    struct Digest128: Sendable, Hashable, Codable {
        var first, second: UInt64

        init(of bytes: [UInt8]) throws(LibavError) {
            let digest = try Digest(of: bytes).bytes
            func number(_ range: Range<Int>) -> UInt64 { digest[range].reduce(0) { $0 << 8 | UInt64($1) } }
            (first, second) = (number(0..<8), number(8..<16))
        }
    }

    /// The most events of a file.
    static let mostEvents = 50_000
    /// The most bytes of a file.
    static let mostBytes = 32 << 20
    /// The most bytes of an event's text.
    static let mostText = 1 << 18
    /// The most events, and bytes of their texts, that are shown at once.
    static let mostAtOnce = 1000
    static let mostTextAtOnce = 4 << 20
    /// The most pixels that libass may have to keep for what is shown at once; it takes up to three bytes for each.
    static let mostPixels = 256e6

    static func == (a: ScriptInfo, b: ScriptInfo) -> Bool { a.head == b.head && a.events == b.events }

    func hash(into hasher: inout Hasher) {
        hasher.combine(head)
        hasher.combine(events.count)
    }

    /// Returns what is wrong with the file on a canvas; `nil` if it can be drawn.
    func problem(on canvas: PixelSize) -> String? {
        if events.isEmpty { return "there are no events in it" }
        let scale = max(Double(canvas.width) / width, Double(canvas.height) / height)
        let borders =
            events.indices.map { (time: events[$0].start, isEnd: false, event: $0) }
            + events.indices.map { (time: events[$0].end, isEnd: true, event: $0) }
        var (count, bytes, pixels) = (0, 0, 0.0)
        for border in borders.sorted(by: { ($0.time, $0.isEnd ? 0 : 1) < ($1.time, $1.isEnd ? 0 : 1) }) {
            let extent = events[border.event].extent
            count += border.isEnd ? -1 : 1
            bytes += border.isEnd ? -extent.bytes : extent.bytes
            pixels += (border.isEnd ? -1 : 1) * extent.pixels(scale: scale)
            let time = rounded(.milliseconds(border.time))
            if extent.bytes > Self.mostText {
                return "the event at \(rounded(.milliseconds(events[border.event].start))) has more than "
                    + "\(Self.mostText >> 10) KiB of text; split it"
            }
            if count > Self.mostAtOnce {
                return
                    "more than \(Self.mostAtOnce) events are shown at \(time); \(Self.mostAtOnce) at once can be drawn"
            }
            if bytes > Self.mostTextAtOnce {
                return
                    "the events at \(time) have more than \(Self.mostTextAtOnce >> 20) MiB of text; show fewer at once"
            }
            if pixels > Self.mostPixels {
                return "what is shown at \(time) is too large: letters, outlines and drawings would take up to "
                    + "\(Int(min(pixels, 1e15) / 1e6)) megapixels, and \(Int(Self.mostPixels / 1e6)) can be drawn; "
                    + "make them smaller"
            }
        }
        return nil
    }
}

/// How much is painted of an event, in the script's pixels, at most.
struct ScriptExtent: Sendable, Hashable, Codable {
    /// The number of letters, and the size of each.
    var letters = 0.0
    var width = 0.0
    var height = 0.0
    /// The width of all letters in a line.
    var line = 0.0
    /// How far outlines and blur reach.
    var reach = 0.0
    /// The number of drawings, and the size of each.
    var drawings = 0.0
    var drawingWidth = 0.0
    var drawingHeight = 0.0
    /// How many times larger turning makes things.
    var turn = 1.0
    /// The bytes of its text.
    var bytes = 0

    /// Returns the pixels that have to be kept for it.
    func pixels(scale: Double) -> Double {
        // Outlines may be in pixels of the canvas. Blurs end at a hundred of those.
        let reach = 2 * max(reach * scale, reach)
        func area(_ width: Double, _ height: Double) -> Double { (width * scale + reach) * (height * scale + reach) }
        return turn
            * (letters * area(width, height) + (letters > 0 ? area(line, height) : 0)
                + drawings * area(drawingWidth, drawingHeight))
    }
}
