// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// The places where a sound is turned down for a moment because a codec adds to its peaks there.
///
/// What a codec adds is like noise: of thousands of frames a few are far off. A lower ceiling for the whole sound would make
/// all of it duller for them.
struct LevelDips: Sendable, Hashable {
    /// How far each place is turned down in decibels, by its number.
    private(set) var places: [Int: Double] = [:]

    /// The number of samples in a place: a frame of AAC, of which two decide on each sample.
    static let length = 1024
    /// The most that a place is turned down, in decibels: what is still too high then is not due to it.
    static let deepest = 12.0
    /// The places before and after one in which it is turned down too: one wholly, and one more over which the gain changes.
    private static let around = 2

    /// Turns the places of a range of samples down by so many decibels more, but by 12 in all at most.
    mutating func add(_ decibels: Double, in samples: Range<Int>) {
        guard !samples.isEmpty else { return }
        for place in samples.lowerBound / Self.length...(samples.upperBound - 1) / Self.length {
            places[place] = min(places[place, default: 0] + decibels, Self.deepest)
        }
    }

    /// Sets how far a place is turned down.
    mutating func set(_ place: Int, to decibels: Double) { places[place] = decibels }

    /// Returns the places that change samples of a range, in order.
    func near(_ range: Range<Int>) -> [(place: Int, decibels: Double)] {
        if places.isEmpty || range.isEmpty { return [] }
        let first = Int((Double(range.lowerBound) / Double(Self.length)).rounded(.down)) - Self.around
        let last = (range.upperBound - 1) / Self.length + Self.around
        return (first...last).compactMap { place in places[place].map { (place, $0) } }
    }

    /// Turns down the stereo samples of a range, and returns the largest part that it took, 0…1.
    ///
    /// It is the same for a sample however the sound is cut into ranges.
    func apply(to samples: inout [Float], _ range: Range<Int>) -> Double {
        let near = near(range)
        if near.isEmpty { return 0 }
        var taken = [Double](repeating: 0, count: range.count)
        for (place, decibels) in near {
            let whole = 1 - pow(10, -decibels / 20)
            let reach = (place - Self.around) * Self.length..<(place + Self.around + 1) * Self.length
            for sample in reach.clamped(to: range) {
                let index = sample - range.lowerBound
                taken[index] = max(taken[index], whole * Self.share(sample - reach.lowerBound))
            }
        }
        for index in taken.indices {
            let factor = Float(1 - taken[index])
            samples[2 * index] *= factor
            samples[2 * index + 1] *= factor
        }
        return taken.max() ?? 0
    }

    /// Returns which share of a place's decrease takes effect at a sample, counted from where it begins: half a cosine up and down.
    private static func share(_ sample: Int) -> Double {
        let end = (2 * around + 1) * length - 1
        let near = min(sample, end - sample)
        return near >= length ? 1 : (1 - cos(.pi * Double(near) / Double(length))) / 2
    }
}
