// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A room as a reverb hears it: the echoes of an impulse, computed.
///
/// Echoes of a large room are so many that they are noise that becomes quieter evenly (M. R. Schroeder, "Natural Sounding
/// Artificial Reverberation", 1962). Low and high frequencies of it end at their own times; both sides are noise of their own, so
/// that the room is around.
struct Room {
    private let reverb: Reverb

    /// The frequency in Hz between what counts as low and what as high.
    private static let crossover = 2500.0

    init(_ reverb: Reverb) { self.reverb = reverb }

    private var delay: Int { Int(reverb.preDelay / .seconds(1) * Double(Sound.sampleRate)) }

    /// The number of samples until the echoes are 60 dB quieter.
    var count: Int { delay + Int(reverb.decay / .seconds(1) * Double(Sound.sampleRate)) }

    /// An impulse and its echoes, interleaved; at a level of 0 dB, each side's echoes have the energy of the impulse.
    var response: [Float] {
        var samples = [Float](repeating: 0, count: count * Sound.channels)
        let rate = Double(Sound.sampleRate)
        // 60 dB are a thousandth.
        func factor(_ seconds: Double) -> Double { pow(0.001, 1 / (max(seconds, 0.01) * rate)) }
        let seconds = reverb.decay / .seconds(1)
        let (low, high) = (factor(seconds), factor(seconds * (1 - 0.9 * reverb.damping)))
        let part = 1 - exp(-2 * .pi * Self.crossover / rate)
        for channel in 0..<Sound.channels {
            var state = UInt64(channel + 1) &* 0x9e37_79b9_7f4a_7c15
            var (smooth, lowLevel, highLevel, energy) = (0.0, 1.0, 1.0, 0.0)
            for index in delay..<count {
                // SplitMix64 (G. Steele et al., 2014).
                state &+= 0x9e37_79b9_7f4a_7c15
                var bits = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
                bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
                let noise = Double(Int32(truncatingIfNeeded: (bits ^ (bits >> 31)) >> 32)) / 0x1p31
                smooth += part * (noise - smooth)
                let value = smooth * lowLevel + (noise - smooth) * highLevel
                lowLevel *= low
                highLevel *= high
                energy += value * value
                samples[index * Sound.channels + channel] = Float(value)
            }
            let scale = Float(energy > 0 ? pow(10, reverb.level / 20) / energy.squareRoot() : 0)
            for index in delay..<count { samples[index * Sound.channels + channel] *= scale }
            samples[channel] += 1
        }
        return samples
    }
}
