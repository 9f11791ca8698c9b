// SPDX-License-Identifier: Apache-2.0

package import Libav

/// What an encoder is to do: settings in which nothing is left open, and the pictures they are for.
package struct EncoderRequest: Sendable, Hashable {
    package var settings: VideoSettings
    package var codec: VideoSettings.Codec
    package var pixelFormat: VideoSettings.PixelFormat
    package var width: Int
    package var height: Int
    package var rate: Encoder.Rate
    /// Threads an encoder on the CPU runs.
    package var threads: Int

    package init(_ settings: VideoSettings, width: Int, height: Int, rate: Encoder.Rate, threads: Int? = nil) {
        self.settings = settings
        codec = settings.codec ?? .h264
        pixelFormat = settings.pixelFormat ?? codec.usualPixelFormat(alpha: false)
        self.width = width
        self.height = height
        self.rate = rate
        self.threads = threads ?? settings.threads ?? 1
    }

    var crf: Double { settings.quality.crf }

    /// Frames between key frames.
    package var keyframeInterval: Int {
        max(1, Int(settings.keyframeInterval / .seconds(1) * Double(rate.numerator) / Double(rate.denominator)))
    }

    /// A ceiling as libav wants it: the rate, and two seconds of it as the buffer.
    var ceiling: [Encoder.Option] {
        settings.maxBitrate.map { [Encoder.Option("maxrate", String($0)), Encoder.Option("bufsize", String(2 * $0))] }
            ?? []
    }

    /// The bitrate that looks about as the quality asks for, for drivers that know no quality.
    ///
    /// A tenth of a bit a pixel at CRF 23, twice that for every 6 less: what x264 takes for ordinary footage.
    var likelyBitrate: Int {
        let pixels = Double(width * height) * Double(rate.numerator) / Double(rate.denominator)
        var scale = 0.1
        var left = 23 - crf
        // Whole sixths in steps, the rest in a straight line: close enough for a guess.
        while left >= 6 { (scale, left) = (scale * 2, left - 6) }
        while left < 0 { (scale, left) = (scale / 2, left + 6) }
        let wanted = Int(pixels * scale * (1 + left / 6))
        return min(max(wanted, 100_000), settings.maxBitrate ?? 200_000_000)
    }
}

/// One way to open a backend, and what it does without.
struct EncoderVariant {
    var parameters: Encoder.VideoParameters
    /// What had to be left out, in words for the report.
    var notes: [String] = []
    /// How many ways came before this one.
    var step = 0
    /// Whether bits are given out by the second, as drivers do that know nothing else.
    var hasAverageRate = false
}

/// A number as libav reads it: without a fraction where there is none.
func text(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String((number * 100).rounded() / 100)
}
