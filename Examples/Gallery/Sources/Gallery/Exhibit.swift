// SPDX-License-Identifier: Apache-2.0

import Compose

/// One thing that the library has, as a clip.
struct Exhibit {
    /// Its name in edit documents.
    let name: String
    /// How long the clip lasts.
    let length: Duration
    /// The times that the contact sheet shows.
    let moments: [Duration]
    /// What the clip shows, in percent of the canvas, so that it looks the same at every size.
    let tracks: [Track]
}

/// The canvas of all exhibits.
struct Stage {
    /// The size of the clips.
    let size: PixelSize

    /// The size of a picture on a contact sheet: about 5400 pixels in the shape of the clips.
    var tile: PixelSize {
        let height = (5400 * Double(size.height) / Double(max(size.width, 1))).squareRoot()
        func even(_ side: Double) -> Int { max(Int(side / 2) * 2, 2) }
        return PixelSize(width: even(5400 / max(height, 1)), height: even(height))
    }

    /// Returns the box of a circle whose diameter is a percentage of the canvas's height.
    func circle(_ percent: Double) -> BoxSize {
        let width = percent * Double(size.height) / Double(max(size.width, 1))
        return BoxSize(width: .percent(width), height: .percent(percent))
    }
}
