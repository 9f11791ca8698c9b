// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Libav

/// A sound of an audio plan.
///
/// Positions and lengths are in samples at 48 kHz.
package struct PlannedSound: Sendable, Hashable {
    /// The file's path as the edit gives it; ``path`` is the place in the edit.
    package let src: String
    package let path: String
    package let fingerprint: FileFingerprint
    /// The length of the whole file.
    package let fileLength: Int
    /// The sample at which the file's own time begins; what comes before belongs to no picture.
    package let fileStart: Int
    /// The range of the timeline in which it is heard.
    package var samples: Range<Int>
    /// The place in that range of the clip's start, from which the times of its keyframes and its source count.
    ///
    /// It is 0 but where the sound begins earlier or later than its pictures.
    package var anchor: Int
    /// The sample used at the clip's start, in the file's own time; negative if silence comes before the file's sound.
    package let sourceStart: Int
    /// The length of the used part, after which it ends or restarts; `nil` means to the end of the file.
    package let sourceCount: Int?
    /// Whether silence stands for what the file lacks of the used part, as the sound of a video keeps its time.
    package let keepsTime: Bool
    package let loop: Bool
    /// The length of the cross-fade between repeats.
    package let loopCrossfade: Int
    package let speed: PlaybackRate
    /// Whether the pitch stays at another speed.
    package let keepsPitch: Bool
    package let volume: Animated<Double>
    package let pan: Animated<Double>
    package let fadeCurve: FadeCurve
    /// The length of each ramp; cross-fades have equal power.
    package var fadeIn: Int
    package var fadeOut: Int
    package var crossIn: Int
    package var crossOut: Int
    /// The effects, in order, before the ramps.
    package let effects: [SoundEffect]
    /// What it becomes quieter under; `nil` is nothing.
    package var duck: PlannedDuck?
    /// Whether there are ramps at cuts into the file's sound, and the length of each.
    package var declicks = true
    package var cutIn = 0
    package var cutOut = 0

    /// The length of a ramp at a cut: 2 ms.
    static let cut = 96

    /// Whether the samples are the file's own.
    package var isPlain: Bool { speed.millionths == 1_000_000 }

    /// Returns the place in the used part of a sample, counted from the clip's start, as a whole number and a fraction.
    package func place(of position: Int) -> (whole: Int, fraction: Double) {
        if let millionths = speed.millionths {
            let (whole, rest) = (Int128(position) * Int128(millionths)).quotientAndRemainder(dividingBy: 1_000_000)
            let isNegative = rest < 0
            return (Int(whole) - (isNegative ? 1 : 0), Double(isNegative ? rest + 1_000_000 : rest) / 1e6)
        }
        let time = Duration.seconds(position) / Sound.sampleRate
        let played =
            position < 0
            ? Double(position) * speed.speed.value(at: .zero)
            : speed.played(in: time) / .seconds(1) * Double(Sound.sampleRate)
        return (Int(played.rounded(.down)), played - played.rounded(.down))
    }

    /// Returns the gains at a place in its range.
    package func gains(at place: Int) -> Sound.Gains {
        let time = Duration.seconds(place - anchor) / Sound.sampleRate
        // Curves that overshoot neither turn the sound over nor go beyond the sides.
        let level = max(0, volume.value(at: time))
        let side = min(max(pan.value(at: time), -1), 1)
        let far = abs(side) == 1 ? 0 : cos(abs(side) * .pi / 2)
        return Sound.Gains(left: level * (side > 0 ? far : 1), right: level * (side < 0 ? far : 1))
    }
}

extension PlannedSound {
    /// The length of a used part that repeats, without the cross-fade; 0 if there is none.
    package var period: Int { max(0, partLength - loopCrossfade) }

    /// The length of the used part, as far as the file has it or silence stands for it.
    package var partLength: Int {
        let rest = fileLength - sourceStart
        guard let sourceCount else { return max(0, rest) }
        return max(0, keepsTime ? sourceCount : min(sourceCount, rest))
    }

    /// The place in the file of its first sample.
    private var first: Int { sourceStart + place(of: -anchor).whole }
    /// The place in the file of the sample after its last.
    private var end: Int { sourceStart + place(of: samples.count - anchor).whole }

    /// Returns the sound with ramps where it cuts into the file; `others` are those of its track.
    func withCuts(among others: [PlannedSound]) -> PlannedSound {
        // Times are rounded to samples one by one, so that a file that goes on may be a sample off.
        func goesOn(_ before: PlannedSound, _ after: PlannedSound) -> Bool {
            before.fingerprint == after.fingerprint && before.samples.upperBound == after.samples.lowerBound
                && !before.loop && !after.loop && before.speed == after.speed && before.speed.millionths != nil
                && !before.keepsPitch && abs(before.end - after.first) <= 1
        }
        if !declicks { return self }
        let ramp = min(Self.cut, samples.count / 2)
        return changed(self) { sound in
            if fadeIn == 0, crossIn == 0, first > max(0, fileStart), !others.contains(where: { goesOn($0, self) }) {
                sound.cutIn = ramp
            }
            let isCut = loop ? period == 0 || (samples.count % period != 0) || !endsWithFile : end < fileLength
            if fadeOut == 0, crossOut == 0, isCut, !others.contains(where: { goesOn(self, $0) }) { sound.cutOut = ramp }
        }
    }

    private var endsWithFile: Bool { sourceStart + partLength >= fileLength }
}
