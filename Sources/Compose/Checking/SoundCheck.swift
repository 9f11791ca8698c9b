// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A look at all samples of a sound, one after the other.
///
/// Its memory grows by half a megabyte for each hour of sound.
struct SoundCheck {
    /// The shortest silence that is reported, in seconds.
    private static let leastSilence = 2.0

    private(set) var samples = 0
    /// The integrated loudness in LUFS, the loudness range in LU, and the peaks, for which 1 is full scale.
    private(set) var loudness: Double?
    private(set) var range = 0.0
    private(set) var truePeak = 0.0
    private(set) var samplePeak = 0.0
    private(set) var silence = Stretches(least: SoundCheck.leastSilence)
    private(set) var clipping: [MediaReport.Stretch] = []
    private(set) var clippingCount = 0
    private(set) var clippedSamples = 0
    private(set) var steps: [Double] = []
    private(set) var stepCount = 0
    /// The samples that are no numbers, and those that damage took, with the time of the first.
    private(set) var invalid = 0
    private(set) var lost: (count: Int, first: Double)?

    /// Decodes all of a sound, and blocks until it is done.
    ///
    /// `start` is when it begins in the file, in seconds.
    init(
        _ sound: CheckedSound, start: Double, channels: Int, isCancelled: () -> Bool
    ) throws(ComposeError) {
        var sound = sound
        let isMono = channels == 1
        let rate = Sound.sampleRate
        let meter: LoudnessMeter
        let faults: SoundFaults
        do throws(LibavError) {
            meter = try LoudnessMeter()
            faults = try SoundFaults(leastSilence: Int(Self.leastSilence * Double(rate)), isMono: isMono)
        } catch {
            throw ComposeError(error, .unreadableMedia)
        }
        samples = try sound.read(isCancelled) { (samples: [Float], count: Int) throws(ComposeError) in
            let found = faults.add(samples, count: count)
            for fault in found { note(fault, start) }
            samplePeak = max(samplePeak, Double(Sound.peak(of: samples, count: count).value))
            do throws(LibavError) {
                // A sound of one channel is heard from both sides.
                try meter.add(samples, count: count)
            } catch {
                throw ComposeError(error, .unreadableMedia)
            }
        }
        (loudness, range, truePeak) = (meter.integrated, meter.range, meter.truePeak)
        invalid = sound.invalid
        lost = sound.lost.flatMap {
            $0.count == sound.invalid
                ? nil : (count: $0.count - sound.invalid, first: start + Double($0.first) / Double(rate))
        }
    }

    private mutating func note(_ fault: SoundFaults.Fault, _ start: Double) {
        let from = start + Double(fault.start) / Double(Sound.sampleRate)
        let to = start + Double(fault.end) / Double(Sound.sampleRate)
        switch fault.kind {
        case .silence: silence.add(from, to)
        case .clipping(let samples):
            clippingCount += 1
            clippedSamples += samples
            if clipping.count < 100 { clipping.append(MediaReport.Stretch(start: from, end: to)) }
        case .step:
            stepCount += 1
            if steps.count < 100 { steps.append(from) }
        }
    }

    /// Returns a linear value in decibels; `nil` for 0.
    static func decibels(_ value: Double) -> Double? { value > 0 ? 20 * log10(value) : nil }
}
