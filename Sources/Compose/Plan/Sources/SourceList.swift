// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A list of a plan's sources without duplicates, and the drawing of clips from them.
struct SourceList {
    private(set) var sources: [PlannedSource] = []
    /// The path of the first clip that uses each source.
    private(set) var paths: [String] = []
    /// The path of the clip being added.
    var path = ""
    private var indices: [PlannedSource: Int] = [:]
    let canvas: PixelSize
    let rate: FrameRate
    let media: Media

    init(canvas: PixelSize, rate: FrameRate, media: Media) {
        self.canvas = canvas
        self.rate = rate
        self.media = media
    }

    var canvasRectangle: Rectangle { canvas.rectangle }

    /// Returns the index of a source, which is added if it is new; its frame 0 is the output's frame `start`.
    mutating func index(of source: any PictureSource, start: Int = 0) -> Int {
        let source = PlannedSource(source, start: start)
        if let index = indices[source] { return index }
        sources.append(source)
        paths.append(source.file == nil ? path : path + ".src")
        indices[source] = sources.count - 1
        return sources.count - 1
    }

    /// Returns the box of a clip on the canvas at rest.
    func box(of visual: Visual) -> Rectangle {
        let width = visual.size?.width.resolved(along: canvas.width) ?? Double(canvas.width)
        let height = visual.size?.height.resolved(along: canvas.height) ?? Double(canvas.height)
        let position = visual.position?.first ?? .center
        let left = position.x.resolved(along: canvas.width) - visual.anchor.x * width
        let top = position.y.resolved(along: canvas.height) - visual.anchor.y * height
        return Rectangle(left: left, top: top, right: left + width, bottom: top + height)
    }

    /// Returns whether a rectangle covers the whole canvas.
    func covers(_ rectangle: Rectangle) -> Bool {
        let slack = 1e-6  // a millionth of a pixel: rounding of the fit
        return rectangle.left <= slack && rectangle.top <= slack
            && rectangle.right >= Double(canvas.width) - slack && rectangle.bottom >= Double(canvas.height) - slack
    }
}
