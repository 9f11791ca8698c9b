// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

extension SoundEffect {
    /// The effect as it is made.
    var stage: EffectChain.Stage {
        if case .reverb(let reverb) = self { return .convolution(response: Room(reverb).response) }
        return .filter(filter)
    }

    /// The effect as a filter of libavfilter's: its name, and all that it follows from.
    ///
    /// A reverb's options are its own, from which its response is computed.
    var filter: EffectChain.Filter {
        func linear(_ decibels: Double) -> Double { pow(10, decibels / 20) }
        func milliseconds(_ time: Duration) -> Double { time / .milliseconds(1) }
        switch self {
        case .highPass(let filter): return Self.pass("highpass", filter)
        case .lowPass(let filter): return Self.pass("lowpass", filter)
        case .equalizer(let band):
            let name =
                switch band.shape {
                case .peak: "equalizer"
                case .lowShelf: "bass"
                case .highShelf: "treble"
                }
            return EffectChain.Filter(
                name,
                [
                    .init("frequency", band.frequency), .init("width", band.q), .init("gain", band.gain), Self.double,
                ])
        case .compressor(let value):
            return EffectChain.Filter(
                "acompressor",
                [
                    .init("threshold", linear(value.threshold)), .init("ratio", value.ratio),
                    .init("attack", milliseconds(value.attack)), .init("release", milliseconds(value.release)),
                    .init("knee", linear(value.knee)), .init("makeup", linear(value.makeup)),
                ])
        case .gate(let value):
            return EffectChain.Filter(
                "agate",
                [
                    .init("threshold", linear(value.threshold)), .init("range", linear(value.range)),
                    .init("ratio", 10),
                    .init("attack", milliseconds(value.attack)), .init("release", milliseconds(value.release)),
                ])
        case .noiseReduction(let value):
            return EffectChain.Filter(
                "afftdn", [.init("noise_reduction", value.amount), .init("noise_floor", value.floor)])
        case .reverb(let value):
            return EffectChain.Filter(
                EffectChain.convolution,
                [
                    .init("decay", milliseconds(value.decay)), .init("level", value.level),
                    .init("preDelay", milliseconds(value.preDelay)), .init("damping", value.damping),
                ])
        }
    }

    private static func pass(_ name: String, _ filter: PassFilter) -> EffectChain.Filter {
        EffectChain.Filter(
            name, [.init("frequency", filter.frequency), .init("poles", filter.slope == 6 ? 1 : 2), double])
    }

    /// Double precision, in which low frequencies leave no rounding to be heard.
    private static let double = EffectChain.Option("precision", 3)

    /// The number of samples after which what came before is no longer heard.
    var warmUp: Int {
        func samples(_ seconds: Double) -> Int { Int((seconds * Double(Sound.sampleRate)).rounded(.up)) }
        switch self {
        case .highPass(let filter), .lowPass(let filter): return samples(3 / filter.frequency + 0.01)
        // A band rings for as many periods as it is narrow.
        case .equalizer(let band): return samples(6 * max(1, band.q) / band.frequency + 0.01)
        case .compressor(let value): return samples(8 * ((value.attack + value.release) / .seconds(1)))
        case .gate(let value): return samples(8 * ((value.attack + value.release) / .seconds(1)))
        case .noiseReduction: return samples(2)
        case .reverb(let value): return Room(value).count
        }
    }

    /// Returns a problem for each effect that this FFmpeg does not have; `path` is that of the list.
    static func problems(_ effects: [SoundEffect], at path: String) -> [Problem] {
        effects.enumerated().compactMap { index, effect in
            let name = effect.filter.name
            guard !EffectChain.has(name) else { return nil }
            return Problem(
                path: "\(path)[\(index)].type",
                message: "this FFmpeg was built without \(name), which the effect needs; install one that has it")
        }
    }
}
