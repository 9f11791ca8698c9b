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
    var losses: [Loss] = []

    /// Notes what a sound has lost so far.
    mutating func note(_ loss: Loss) {
        if let index = losses.firstIndex(where: { $0.bus == loss.bus && $0.sound == loss.sound }) {
            losses[index] = loss
        } else {
            losses.append(loss)
        }
    }

    func add(to bytes: inout CanonicalBytes) {
        bytes.add(Int(peak.bitPattern))
        bytes.add(over)
        bytes.add(losses.count)
        for loss in losses {
            for number in [loss.bus, loss.sound, loss.count, loss.first] { bytes.add(number) }
        }
    }

    init() {}

    /// Reads what ``add(to:)`` has written for a plan; `nil` if it is damaged.
    init?(_ reader: inout ByteReader, _ plan: AudioPlan) {
        guard let bits = reader.number(), let over = reader.number(), let count = reader.number(),
            (0...1 << 20).contains(count)
        else { return nil }
        peak = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
        self.over = over
        for _ in 0..<count {
            guard let bus = reader.number(), let sound = reader.number(), let count = reader.number(),
                let first = reader.number(), plan.buses.indices.contains(bus),
                plan.buses[bus].sounds.indices.contains(sound)
            else { return nil }
            losses.append(Loss(bus: bus, sound: sound, count: count, first: first))
        }
    }
}
