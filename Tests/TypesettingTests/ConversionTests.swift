// SPDX-License-Identifier: Apache-2.0

import Libav
import Testing

@testable import Typesetting

/// Drawn pixels in the working format, against the formulas in floating point.
@Suite struct ConversionTests {
    private let width = 64
    private let height = 32

    /// Returns premultiplied pixels of all kinds, the same at each call.
    private func pixels() -> [UInt32] {
        var state: UInt32 = 12345
        func next(_ limit: UInt32) -> UInt32 {
            state = state &* 1_664_525 &+ 1_013_904_223
            return (state >> 8) % limit
        }
        return (0..<width * height).map { index in
            let column = index % width
            let alpha = column < 16 ? 255 : column < 24 ? 0 : next(256)
            return (0..<3).reduce(alpha) { word, _ in word << 8 | next(alpha + 1) }
        }
    }

    private func channel(_ pixel: UInt32, _ shift: UInt32) -> Double { Double(pixel >> shift & 255) / 255 }

    private func converted(_ pixels: [UInt32]) throws -> Drawn {
        let frame = try FramePool(.alpha, width: width, height: height).frame()
        try unsafe pixels.withUnsafeBufferPointer { buffer throws(LibavError) in
            if let base = buffer.baseAddress { try unsafe frame.draw(pixels: base, stride: width * 4) }
        }
        return Drawn(frame)
    }

    @Test func `luma, alpha and chroma are those of BT 709, premultiplied`() throws {
        let source = pixels()
        let found = try converted(source)
        for y in 0..<height {
            for x in 0..<width {
                let pixel = source[y * width + x]
                let luma = 0.2126 * channel(pixel, 16) + 0.7152 * channel(pixel, 8) + 0.0722 * channel(pixel, 0)
                #expect(abs(Double(found.luma(x, y)) - (16 + 219 * luma)) <= 0.51)
                #expect(found.alpha(x, y) == Int(pixel >> 24))
            }
        }
        for y in stride(from: 0, to: height, by: 2) {
            for x in stride(from: 0, to: width, by: 2) {
                // The colour around the left site, with the alpha of the four pixels that share the sample.
                var (red, green, blue, alpha, cover) = (0.0, 0.0, 0.0, 0.0, 0.0)
                for row in y...y + 1 {
                    for (column, weight) in [(x - 1, 0.125), (x, 0.25), (x + 1, 0.125)] {
                        let pixel = source[row * width + min(max(column, 0), width - 1)]
                        red += weight * channel(pixel, 16)
                        green += weight * channel(pixel, 8)
                        blue += weight * channel(pixel, 0)
                        alpha += weight * channel(pixel, 24)
                    }
                    cover += (channel(source[row * width + x], 24) + channel(source[row * width + x + 1], 24)) / 4
                }
                let share = alpha > 0 ? cover / alpha : 0
                let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
                let (u, v) = found.chroma(x, y)
                #expect(abs(Double(u) - (128 + 224 * (blue - luma) / 1.8556 * share)) <= 0.51)
                #expect(abs(Double(v) - (128 + 224 * (red - luma) / 1.5748 * share)) <= 0.51)
            }
        }
    }

    @Test(arguments: [
        TextColor.white, .black, TextColor(red: 255, green: 0, blue: 0), TextColor(red: 20, green: 90, blue: 250),
    ])
    func `text over its own colour is not seen`(color: TextColor) throws {
        var text = block("Rim 8%")
        text.runs[0].paint = .color(color)
        let picture = try Drawn(text, x: 20.3, y: 20.6)
        let own = YUVColor(red: color.red, green: color.green, blue: color.blue)
        var worst = (luma: 0.0, chroma: 0.0)
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let open = 1 - Double(picture.alpha(x, y)) / 255
                let luma = Double(picture.luma(x, y)) - 16 + Double(own.y - 16) * open + 16
                worst.luma = max(worst.luma, abs(luma - Double(own.y)))
            }
        }
        for y in stride(from: 0, to: picture.height, by: 2) {
            for x in stride(from: 0, to: picture.width, by: 2) {
                let sum =
                    picture.alpha(x, y) + picture.alpha(x + 1, y) + picture.alpha(x, y + 1)
                    + picture.alpha(x + 1, y + 1)
                let open = 1 - Double(sum) / 1020
                let (u, v) = picture.chroma(x, y)
                worst.chroma = max(worst.chroma, abs(Double(u - 128) - Double(own.u - 128) * (1 - open)))
                worst.chroma = max(worst.chroma, abs(Double(v - 128) - Double(own.v - 128) * (1 - open)))
            }
        }
        #expect(worst.luma <= 1.5)
        #expect(worst.chroma <= 2)
    }
}
