// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A sound's peaks and loudness over time, for drawing it.
///
/// A value type; safe to share between threads.
public struct Waveform: Sendable, Hashable, Codable {
    /// How finely a sound is cut into bins.
    public enum Resolution: Sendable, Hashable, Codable {
        /// At most so many bins for the whole sound.
        case bins(Int)
        /// So many samples at 48 kHz in each bin.
        case samplesPerBin(Int)
    }

    /// One channel's values in each bin, in order; 1 is full scale.
    public struct Channel: Sendable, Hashable, Codable {
        /// The lowest sample of each bin.
        public var lows: [Float]
        /// The highest sample of each bin.
        public var highs: [Float]
        /// The root of the mean square of each bin.
        public var rms: [Float]
    }

    /// The samples a second: 48,000, whatever the file has.
    public var sampleRate: Int
    /// The samples of a bin; the last bin may have fewer.
    public var samplesPerBin: Int
    /// The samples of the whole sound.
    public var samples: Int
    /// The channels: one, a mix of left and right, or both of them.
    public var channels: [Channel]

    /// The number of bins.
    public var count: Int { channels.first?.lows.count ?? 0 }
    /// The duration in seconds.
    public var duration: Double { Double(samples) / Double(sampleRate) }

    /// The most bins of a waveform.
    public static let mostBins = 10_000_000

    /// Reads the sound of a file, of any kind that a clip can have, and returns its waveform.
    ///
    /// With one channel, left and right are mixed. The file is decoded once, in little memory however long it is; damage in it is
    /// silence. Throws ``ComposeError`` with `unreadableMedia` for a file without sound, with `invalidSettings` for a resolution
    /// that is out of range, and with `cancelled` if the task is cancelled. The work runs on its own thread.
    public static func read(
        _ path: String, _ resolution: Resolution = .bins(1800), channels: Int = 1
    ) async throws(ComposeError) -> Waveform {
        guard (1...2).contains(channels) else {
            throw ComposeError(.invalidSettings, "a waveform has 1 or 2 channels, and not \(channels)")
        }
        return try await cancellable("compose.waveform") { isCancelled throws(ComposeError) in
            var sound = try CheckedSound(path)
            let size = try resolution.samplesPerBin(of: sound.length)
            var collector = WaveformCollector(samplesPerBin: size, channels: channels)
            try sound.read(isCancelled) { collector.add($0, count: $1) }
            return collector.waveform
        }
    }
}

extension Waveform.Resolution {
    /// Returns the samples of a bin for a sound of a length.
    fileprivate func samplesPerBin(of length: Int) throws(ComposeError) -> Int {
        switch self {
        case .bins(let most):
            guard (1...Waveform.mostBins).contains(most) else {
                throw ComposeError(.invalidSettings, "a waveform has 1…\(Waveform.mostBins) bins, and not \(most)")
            }
            return max(1, (length + most - 1) / most)
        case .samplesPerBin(let size):
            guard (1...1 << 30).contains(size) else {
                throw ComposeError(.invalidSettings, "a bin has 1…\(1 << 30) samples, and not \(size)")
            }
            guard length / size < Waveform.mostBins else {
                throw ComposeError(
                    .invalidSettings,
                    "bins of \(size) samples are more than \(Waveform.mostBins) for this sound; use \(length / Waveform.mostBins + 1) samples or more"
                )
            }
            return size
        }
    }
}

/// The bins of a waveform, to which samples are added in order.
struct WaveformCollector {
    private(set) var waveform: Waveform
    private let size: Int
    /// The samples in the bin that is not complete, and what is known of it.
    private var filled = 0
    private var open: [Sound.Extent?]

    init(samplesPerBin: Int, channels: Int) {
        size = samplesPerBin
        waveform = Waveform(
            sampleRate: Sound.sampleRate, samplesPerBin: samplesPerBin, samples: 0,
            channels: Array(repeating: Waveform.Channel(lows: [], highs: [], rms: []), count: channels))
        open = Array(repeating: nil, count: channels)
    }

    /// Adds the first `count` stereo samples.
    mutating func add(_ stereo: [Float], count: Int) {
        var samples = stereo
        if waveform.channels.count == 1 {
            for index in 0..<count { samples[2 * index] = (samples[2 * index] + samples[2 * index + 1]) / 2 }
        }
        var from = 0
        while from < count {
            let some = min(size - filled, count - from)
            for channel in open.indices {
                let part = Sound.extent(of: samples, from: from, count: some, channel: channel)
                if open[channel] == nil { open[channel] = part } else { open[channel]?.add(part) }
            }
            filled += some
            from += some
            if filled == size { finishBin() }
        }
        waveform.samples += count
        if count == 0, filled > 0 { finishBin() }
    }

    private mutating func finishBin() {
        for channel in open.indices {
            guard let extent = open[channel] else { continue }
            waveform.channels[channel].lows.append(extent.least)
            waveform.channels[channel].highs.append(extent.greatest)
            waveform.channels[channel].rms.append(Float((extent.squares / Double(filled)).squareRoot()))
        }
        open = Array(repeating: nil, count: open.count)
        filled = 0
    }
}
