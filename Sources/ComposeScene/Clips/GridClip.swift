// SPDX-License-Identifier: Apache-2.0

/// Clips in rows and columns of equal cells.
///
/// A value type; safe to share between threads.
public struct GridClip: VisualClip {
    /// The number of rows, 1…50.
    public var rows: Int
    /// The number of columns, 1…50.
    public var columns: Int
    /// The space between cells, in pixels or percent of the box's width; 0…1000 pixels.
    public var gap: Length
    /// The clips, row by row, at most one for each cell; sizes and positions count from the cell.
    public var clips: [Clip]
    /// The colour between and behind the cells.
    public var background: Color
    /// The placement in time and on the canvas; without a duration, it ends with the last clip inside.
    public var visual: Visual
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a grid over the whole canvas.
    public init(
        rows: Int, columns: Int, gap: Length = 0, background: Color = .clear, duration: Duration? = nil,
        @ClipBuilder clips: () -> [Clip]
    ) {
        self.rows = rows
        self.columns = columns
        self.gap = gap
        self.background = background
        self.visual = Visual(duration: duration)
        self.clips = clips()
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .grid(self) }
}

extension GridClip: Arrangement {
    package static let form = ObjectForm.clip(
        "grid", "Clips in rows and columns.", usual: GridClip(rows: 1, columns: 1) {},
        [
            .required("rows", \.rows, .integer(1...50), "The number of rows."),
            .required("columns", \.columns, .integer(1...50), "The number of columns."),
            .optional(
                "gap", \.gap, .distance(0...1000), "The space between cells, in pixels or percent of the box's width."),
            .required(
                "clips", \.clips, .list("an array of clips", of: .inside, least: 1),
                "Row by row, one for each cell. Their sizes and positions count from the cell."),
            .visual(
                .optional(
                    "duration", \.duration, .length, unset: "to the end of the last clip inside",
                    "How long it is shown.")),
            .optional("background", \.background, .color, "The colour between and behind the cells."),
        ],
        rules: { grid, report in
            report.arrangement(grid.clips, at: "clips", hasDuration: grid.visual.duration != nil)
            if (1...50).contains(grid.rows), (1...50).contains(grid.columns),
                grid.clips.count > grid.rows * grid.columns
            {
                report.add(
                    "there are \(grid.clips.count) clips for \(grid.rows * grid.columns) cells; add rows or columns",
                    at: .field("clips"))
            }
        })

    package func tracks(width: Double, height: Double) -> [Track] {
        let space = gap.resolved(of: width)
        let wide = max((width - Double(columns - 1) * space) / Double(max(columns, 1)), 1)
        let high = max((height - Double(rows - 1) * space) / Double(max(rows, 1)), 1)
        return clips.enumerated().map { index, clip in
            let (row, column) = (index / max(columns, 1), index % max(columns, 1))
            return placed(
                clip, left: Double(column) * (wide + space), top: Double(row) * (high + space), width: wide,
                height: high)
        }
    }

    package func path(ofTrack track: Int, clip: Int) -> String { "clips[\(track)]" }
    package var placement: Placement { arrangedPlacement }
    package var noun: String { "a grid" }
}
