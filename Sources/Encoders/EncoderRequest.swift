// SPDX-License-Identifier: Apache-2.0

package import ComposeScene
package import Libav

/// A request to an encoder: complete settings, and the size and rate of the pictures.
package struct EncoderRequest: Sendable, Hashable {
    package var settings: VideoSettings
    package var codec: VideoSettings.Codec
    package var pixelFormat: VideoSettings.PixelFormat
    package var width: Int
    package var height: Int
    package var rate: Encoder.Rate
    /// The number of threads of a CPU encoder.
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

    /// The number of frames between key frames.
    package var keyframeInterval: Int {
        max(1, Int(settings.keyframeInterval / .seconds(1) * Double(rate.numerator) / Double(rate.denominator)))
    }

    /// The maximum bitrate as libav's options, with a buffer of two seconds.
    var ceiling: [Encoder.Option] {
        settings.maxBitrate.map { [Encoder.Option("maxrate", String($0)), Encoder.Option("bufsize", String(2 * $0))] }
            ?? []
    }

    /// The memory that an encoder on the CPU hardly exceeds, in bytes: measured with x264, which takes 34 pictures at
    /// its usual settings with two threads, and as much again for those that ask for more.
    package var likelyMemory: Int { width * height * 3 / 2 * 68 + (16 << 20) }

    /// The bitrate that roughly matches the requested quality, for drivers without a quality setting.
    ///
    /// A tenth of a bit per pixel at CRF 23, doubling for every 6 less: what x264 takes for ordinary footage.
    var likelyBitrate: Int {
        let pixels = Double(width * height) * Double(rate.numerator) / Double(rate.denominator)
        var scale = 0.1
        var left = 23 - crf
        // Doubles for each whole 6 and interpolates linearly in between: close enough for an estimate.
        while left >= 6 { (scale, left) = (scale * 2, left - 6) }
        while left < 0 { (scale, left) = (scale / 2, left + 6) }
        let wanted = Int(pixels * scale * (1 + left / 6))
        return min(max(wanted, 100_000), settings.maxBitrate ?? 200_000_000)
    }
}

/// One way to open a backend, and the features it omits.
struct EncoderVariant {
    var parameters: Encoder.VideoParameters
    /// The omitted features, worded for the report.
    var notes: [String] = []
    /// The number of ways tried before this one.
    var step = 0
    /// Whether the encoder allocates bits per second, for drivers that offer nothing else.
    var hasAverageRate = false
}

/// Returns a number as libav parses it, without a fraction if it is whole.
func text(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String((number * 100).rounded() / 100)
}
