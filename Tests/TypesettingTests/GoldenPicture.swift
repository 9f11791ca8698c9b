// SPDX-License-Identifier: Apache-2.0

import Libav

@testable import Typesetting

/// A text drawn over an even background, as PNG files keep it.
struct GoldenPicture {
    static let background = YUVColor(red: 76, green: 76, blue: 76)

    private let frame: Frame
    var planes: GoldenPlanes { GoldenPlanes(frame) }

    /// Draws a text with its box's top left at the margin, into a picture with room for it or of another one's size.
    init(_ block: TextBlock, margin: Double, like other: GoldenPlanes? = nil) throws {
        let fonts = try GoldenFonts.set.get()
        let bounds = try fonts.layout(block).bounds
        func even(_ length: Double) -> Int { Int((length + margin) / 2) * 2 + 2 }
        let width = other?.width ?? even(margin + bounds.x + bounds.width)
        let height = other?.height ?? even(margin + bounds.y + bounds.height)
        let text = try fonts.draw(block, x: margin, y: margin, width: width, height: height)
        try self.init(overBackground: text)
    }

    init(overBackground text: Frame) throws {
        let (width, height) = (text.width, text.height)
        text.finishLayer(
            premultiplied: true, left: 0, top: 0, right: Double(width), bottom: Double(height), opacity: 1)
        let base = try FramePool(.opaque, width: width, height: height).frame()
        base.fill(Self.background)
        let graph = try FilterGraph()
        let below = try graph.input(.opaque, width: width, height: height)
        let above = try graph.input(.alpha, width: width, height: height)
        let both = try graph.overlay(above, over: below, x: 0, y: 0)
        try graph.configure(output: both, width: width, height: height)
        try graph.push(base, to: below, at: 0)
        try graph.push(text, to: above, at: 0)
        frame = try graph.pull()
    }

    /// Reads a PNG file.
    init(path: String) throws {
        var bytes = try OpenFile(path).bytes(limit: 1 << 20)
        let picture = try Picture(&bytes, codec: .png, maxPixels: 1 << 20)
        let (width, height) = (picture.width, picture.height)
        let whole = Picture.Region(left: 0, top: 0, width: Double(width), height: Double(height))
        frame = try PictureConverter().frame(of: picture, whole, width: width, height: height)
    }

    /// Returns the picture as the bytes of a PNG file.
    func png() throws -> [UInt8] {
        let encoder = try Encoder(
            Encoder.VideoParameters(
                name: "png", pixelFormat: "rgb24", width: frame.width, height: frame.height, rate: .init(1, 1),
                options: [.init("compression_level", "9"), .init("pred", "none")]))
        try encoder.send(frame, at: 0)
        try encoder.drain()
        var bytes: [UInt8] = []
        while case .packet(let packet) = try encoder.receive() { bytes += packet.bytes }
        return bytes
    }
}
