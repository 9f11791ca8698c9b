// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// What is known of a mixed sound so far, for the report.
struct SoundSummary: Sendable, Hashable {
    /// What damage took from a sound, in samples at 48 kHz.
    struct Loss: Sendable, Hashable {
        /// The sound's place in the plan.
        let bus: Int
        let sound: Int
        var count: Int
        /// The place of the first, in the file.
        var first: Int
    }

    /// The largest absolute sample value.
    var peak: Float = 0
    /// The number of values above full scale, 1, in both channels.
    var over = 0
    /// The largest part that the limiter took from a sample, 0…1.
    var reduction = 0.0
    var losses: [Loss] = []

    /// Notes what a sound has lost so far.
    mutating func note(_ loss: Loss) {
        if let index = losses.firstIndex(where: { $0.bus == loss.bus && $0.sound == loss.sound }) {
            losses[index] = loss
        } else {
            losses.append(loss)
        }
    }

    /// Adds what a sound has lost in another part of it.
    mutating func add(_ loss: Loss) {
        if let index = losses.firstIndex(where: { $0.bus == loss.bus && $0.sound == loss.sound }) {
            losses[index].count += loss.count
            losses[index].first = min(losses[index].first, loss.first)
        } else {
            losses.append(loss)
        }
    }

    /// Adds what is known of another part of the sound.
    mutating func add(_ part: SoundSummary) {
        peak = max(peak, part.peak)
        over += part.over
        reduction = max(reduction, part.reduction)
        for loss in part.losses { add(loss) }
    }

    /// Returns the summary with each sound's place counted among those that a part hears, whatever else the plan has.
    func counted(among heard: [AudioPlan.Place]) -> SoundSummary {
        changed(self) { summary in
            summary.losses = losses.compactMap { loss in
                let place = heard.firstIndex { $0.bus == loss.bus && $0.sound == loss.sound }
                return place.map { Loss(bus: 0, sound: $0, count: loss.count, first: loss.first) }
            }
        }
    }

    /// Returns the summary with the sounds' places in the plan, after ``counted(among:)``.
    func placed(among heard: [AudioPlan.Place]) -> SoundSummary {
        changed(self) { summary in
            summary.losses = losses.compactMap { loss in
                guard heard.indices.contains(loss.sound) else { return nil }
                let place = heard[loss.sound]
                return Loss(bus: place.bus, sound: place.sound, count: loss.count, first: loss.first)
            }
        }
    }

    func add(to bytes: inout CanonicalBytes) {
        bytes.add(Int(peak.bitPattern))
        bytes.add(over)
        bytes.add(reduction)
        bytes.add(losses.count)
        for loss in losses {
            for number in [loss.bus, loss.sound, loss.count, loss.first] { bytes.add(number) }
        }
    }

    init() {}

    /// Reads what ``add(to:)`` has written of a part that hears so many sounds; `nil` if it is damaged.
    init?(_ reader: inout ByteReader, sounds: Int) {
        guard let bits = reader.number(), let over = reader.number(), let taken = reader.double(),
            let count = reader.number(),
            (0...1 << 20).contains(count)
        else { return nil }
        peak = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
        self.over = over
        reduction = taken
        for _ in 0..<count {
            guard let bus = reader.number(), let sound = reader.number(), let count = reader.number(),
                let first = reader.number(), bus == 0, (0..<sounds).contains(sound)
            else { return nil }
            losses.append(Loss(bus: bus, sound: sound, count: count, first: first))
        }
    }
}
