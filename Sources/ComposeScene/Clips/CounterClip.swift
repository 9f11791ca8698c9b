// SPDX-License-Identifier: Apache-2.0

/// A number that runs from one value to another: a count, a countdown, an amount, a timecode.
///
/// It has reached its last value in the clip's last frame. Digits have the same width, so that it does not tremble. A value type;
/// safe to share between threads.
public struct CounterClip: VisualClip {
    /// The value in the first frame.
    public var from: Double
    /// The value in the last frame; `nil` for numbers that count frames.
    public var to: Double?
    /// How the value gets there.
    public var easing: Easing
    /// How the number is written.
    public var format: NumberFormat
    /// The look of the number.
    public var style: TextStyle
    /// The placement in time and on the canvas; `duration` is required.
    ///
    /// Without a `size` the box is as large as the widest number.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a number that runs from one value to another.
    public init(
        from: Double = 0, to: Double, duration: Duration, format: NumberFormat = NumberFormat(),
        style: TextStyle = TextStyle()
    ) {
        self.init(from: from, optionalTo: to, duration: duration, format: format, style: style)
    }

    /// Creates a number that counts frames: a timecode or the frame's number.
    public static func frames(
        _ format: NumberFormat = NumberFormat(.timecode), from: Double = 0, duration: Duration,
        style: TextStyle = TextStyle()
    ) -> CounterClip {
        CounterClip(from: from, optionalTo: nil, duration: duration, format: format, style: style)
    }

    private init(from: Double, optionalTo to: Double?, duration: Duration?, format: NumberFormat, style: TextStyle) {
        self.from = from
        self.to = to
        self.easing = .linear
        self.format = format
        self.style = style
        self.visual = Visual(duration: duration)
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .counter(self) }

    /// Returns a copy of the clip whose number gets to its last value in another way.
    public func easing(_ easing: Easing) -> CounterClip { changed(self) { $0.easing = easing } }
}

extension CounterClip: ClipKind {
    private static let most = 1e12

    package static let form = ObjectForm.clip(
        "counter", "A number that runs from one value to another.",
        usual: CounterClip(from: 0, optionalTo: nil, duration: nil, format: NumberFormat(), style: TextStyle()),
        [
            .optional("from", \.from, .number(-most...most), "The value in the first frame."),
            .optional(
                "to", \.to, .number(-most...most), unset: "none, where frames are counted",
                "The value in the last frame."),
            .optional("easing", \.easing, .easing, "How the value gets there."),
            .optional("format", \.format, NumberFormat.form.form, "How the number is written."),
            .visual(
                .required("duration", \.duration, .length, "How long it runs.") { visual, report in
                    guard visual.duration == nil else { return }
                    report.add("missing; a number does not say how long it runs, so give it a duration")
                }, size: "as large as the widest number"),
            .optional("style", \.style, TextStyle.form.form, "The look of the number."),
        ],
        rules: { clip, report in
            if clip.format.countsFrames {
                if clip.to != nil {
                    report.add("a \(clip.format.kind.rawValue) counts frames; remove to", at: .field("to"))
                }
                if clip.from < 0 { report.add("\(shortest(clip.from)) is negative; use 0 or more", at: .field("from")) }
            } else if clip.to == nil {
                report.add("missing; say which value the number runs to", at: .field("to"))
            }
            if clip.format.kind == .clock, min(clip.from, clip.to ?? 0) < 0 {
                report.add("a clock shows no negative times; use 0 or more", at: .field("from"))
            }
        })

    package var placement: Placement {
        Placement(content: .picture, start: visual.start, length: visual.duration.map { .known($0) } ?? .ofMedia)
    }

    package var fillsBox: Bool { false }
    package var noun: String { "a counter" }
}
