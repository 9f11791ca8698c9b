// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import Libav

/// The picture of a waveform.
extension Waveform {
    /// How a waveform is drawn.
    public struct Look: Sendable, Hashable {
        /// The width in pixels, 1…32767; all of the sound is on it.
        public var width: Int
        /// The height in pixels, 1…32767; two channels share it.
        public var height: Int
        /// The colour of the peaks.
        public var peaks: Color
        /// The colour of the loudness, which is drawn over the peaks.
        public var loudness: Color
        /// What lies behind them; it may be clear.
        public var background: Color

        /// Creates a look.
        public init(
            width: Int = 1800, height: Int = 280, peaks: Color = Color(red: 0x8A, green: 0xB4, blue: 0xD8),
            loudness: Color = Color(red: 0x2F, green: 0x6D, blue: 0xA3),
            background: Color = Color(red: 0, green: 0, blue: 0, alpha: 0)
        ) {
            self.width = width
            self.height = height
            self.peaks = peaks
            self.loudness = loudness
            self.background = background
        }
    }

    /// Draws the waveform and returns the bytes of a PNG file.
    ///
    /// Column *x* shows the sound from *x* / width to (*x* + 1) / width of its duration, as far as its bins are fine enough. Throws
    /// ``ComposeError`` with `invalidSettings` for sides out of range.
    public func png(_ look: Look = Look()) throws(ComposeError) -> Data {
        guard (1...32767).contains(look.width), (1...32767).contains(look.height),
            look.width * look.height <= MediaLimits.pixels
        else {
            throw ComposeError(
                .invalidSettings,
                "a picture of \(look.width) × \(look.height) pixels is out of range; a side has 1…32767 of them, and all together \(MediaLimits.pixels / 1_000_000) million"
            )
        }
        var canvas = WaveformCanvas(look)
        for (index, channel) in channels.enumerated() { draw(channel, at: index, look, &canvas) }
        do throws(LibavError) {
            return Data(try Picture.png(canvas.pixels, width: look.width, height: look.height))
        } catch {
            throw ComposeError(error, .outputFailed)
        }
    }

    private func draw(_ channel: Channel, at index: Int, _ look: Look, _ canvas: inout WaveformCanvas) {
        let half = Double(look.height) / Double(channels.count) / 2
        let middle = half * Double(2 * index + 1)
        let binsPerColumn = Double(samples) / Double(samplesPerBin) / Double(look.width)
        for x in 0..<look.width where count > 0 {
            let first = min(count - 1, Int(Double(x) * binsPerColumn))
            let last = min(count, max(first + 1, Int((Double(x + 1) * binsPerColumn).rounded(.up))))
            let bins = first..<last
            let low = channel.lows[bins].min() ?? 0
            let high = channel.highs[bins].max() ?? 0
            let squares = channel.rms[bins].reduce(0.0) { $0 + Double($1 * $1) }
            let rms = Float((squares / Double(bins.count)).squareRoot())
            func y(_ value: Float) -> Double { middle - Double(max(-1, min(1, value))) * half }
            // Silence is a line of one pixel.
            let (top, bottom) = (min(y(high), middle - 0.5), max(y(low), middle + 0.5))
            canvas.fill(x, from: top, to: bottom, look.peaks)
            canvas.fill(x, from: max(top, y(rms)), to: min(bottom, y(-rms)), look.loudness)
        }
    }
}

/// Pixels of four bytes, with straight alpha, on which columns are drawn.
struct WaveformCanvas {
    private(set) var pixels: [UInt8]
    private let width: Int
    private let height: Int

    init(_ look: Waveform.Look) {
        (width, height) = (look.width, look.height)
        let color = look.background
        let pixel = [color.red, color.green, color.blue, color.alpha]
        pixels = []
        pixels.reserveCapacity(width * height * 4)
        for _ in 0..<width * height { pixels += pixel }
    }

    /// Draws over a part of a column; a pixel that is covered in part is coloured in part.
    mutating func fill(_ x: Int, from top: Double, to bottom: Double, _ color: Color) {
        let (top, bottom) = (max(0, top), min(Double(height), bottom))
        guard top < bottom else { return }
        for y in Int(top)..<min(height, Int(bottom.rounded(.up))) {
            let covered = min(bottom, Double(y + 1)) - max(top, Double(y))
            blend((y * width + x) * 4, color, covered * Double(color.alpha) / 255)
        }
    }

    /// Puts a colour over a pixel (Porter and Duff's “over”).
    private mutating func blend(_ index: Int, _ color: Color, _ amount: Double) {
        let below = Double(pixels[index + 3]) / 255 * (1 - amount)
        let alpha = amount + below
        guard alpha > 0 else { return }
        for (offset, value) in [color.red, color.green, color.blue].enumerated() {
            let mixed = (Double(value) * amount + Double(pixels[index + offset]) * below) / alpha
            pixels[index + offset] = UInt8(min(255, mixed.rounded()))
        }
        pixels[index + 3] = UInt8(min(255, (alpha * 255).rounded()))
    }
}
