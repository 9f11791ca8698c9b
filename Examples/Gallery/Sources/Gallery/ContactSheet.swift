// SPDX-License-Identifier: Apache-2.0

import Compose

/// One picture of a whole collection: each exhibit at some moments, under its name.
///
/// It is an edit like any other, of which a single frame is drawn. Each picture in it is a group with an exhibit's tracks, which begins so
/// long before that frame that its moment has come.
struct ContactSheet {
    /// The time of the frame to draw.
    let time: Duration
    private let collection: Collection
    private let tile: PixelSize

    private static let (margin, heading, label, gap) = (20, 44, 22, 2)

    /// Lays out a contact sheet with pictures of a size.
    init(_ collection: Collection, tile: PixelSize) {
        self.collection = collection
        func even(_ side: Int) -> Int { max(Int(Double(side) * collection.enlargement / 2) * 2, 2) }
        self.tile = PixelSize(width: even(tile.width), height: even(tile.height))
        time = collection.exhibits.map(\.length).max() ?? .seconds(1)
    }

    /// The distance from an exhibit to the next one, across and down.
    private var step: (x: Int, y: Int) {
        let moments = collection.exhibits.map(\.moments.count).max() ?? 1
        return (moments * (tile.width + Self.gap) + 14, tile.height + Self.label + 10)
    }

    private var size: PixelSize {
        let rows = (collection.exhibits.count + collection.columns - 1) / collection.columns
        return PixelSize(
            width: (2 * Self.margin + collection.columns * step.x - 14) / 2 * 2,
            height: (2 * Self.margin + Self.heading + rows * step.y) / 2 * 2)
    }

    /// The edit; its frame at ``time`` is the contact sheet.
    var edit: Edit {
        let title = TextClip(collection.title, style: TextStyle(size: 26, weight: 700))
            .position(x: .pixels(Double(Self.margin)), y: .pixels(Double(Self.margin)), anchor: .topLeft)
        let ground = ColorClip(Color(red: 20, green: 22, blue: 28), duration: time + .seconds(1))
        var tracks = [Track(clips: [ground.clip]), Track(clips: [title.clip])]
        for (index, exhibit) in collection.exhibits.enumerated() {
            let left = Self.margin + index % collection.columns * step.x
            let top = Self.margin + Self.heading + index / collection.columns * step.y
            let name = TextClip(exhibit.name, style: TextStyle(size: 14, color: Color(red: 200, green: 206, blue: 218)))
                .position(x: .pixels(Double(left)), y: .pixels(Double(top)), anchor: .topLeft)
            tracks.append(Track(clips: [name.clip]))
            for (place, moment) in exhibit.moments.enumerated() {
                let picture = GroupClip(duration: exhibit.length, tracks: exhibit.tracks)
                    .starting(at: time - moment)
                    .size(width: .pixels(Double(tile.width)), height: .pixels(Double(tile.height)))
                    .position(
                        x: .pixels(Double(left + place * (tile.width + Self.gap))),
                        y: .pixels(Double(top + Self.label)), anchor: .topLeft)
                tracks.append(Track(clips: [picture.clip]))
            }
        }
        return Edit(
            timeline: Timeline(size: size, tracks: tracks), output: Output(video: VideoSettings(quality: .number(25))))
    }
}
