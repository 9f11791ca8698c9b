// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A mixer of a bus: the sounds of a track, of which only those being heard are open, the buses that play into it, and what is
/// done to their sum.
///
/// It can be asked for any range; ranges that follow each other are quickest. May be used by one thread at a time.
final class BusMixer {
    private let index: Int
    private let bus: AudioPlan.Bus
    /// The sample at which it is over.
    private let end: Int
    private let path: (String) -> String
    private let readers: SoundReaders
    /// What is measured of other buses.
    private let keys: KeyBuses
    private let ducker: Ducker?
    /// The buses that play into it.
    private let inside: [BusMixer]
    private var cells: EffectCells?
    private var open: [(index: Int, run: SoundRun)] = []
    private var nextSound = 0
    private var position = 0
    /// What damage has taken so far from the sounds that are open, with their index in the bus.
    private var losses: [(sound: Int, count: Int, first: Int)] = []

    /// Creates the mixer of a plan's bus.
    init(_ plan: AudioPlan, _ index: Int, path: @escaping (String) -> String, readers: SoundReaders, keys: KeyBuses) {
        self.index = index
        self.readers = readers
        self.keys = keys
        self.path = path
        bus = plan.buses[index]
        end = bus.effects.isEmpty ? 0 : plan.end(of: index)
        ducker = bus.duck.map { keys.ducker($0) }
        inside = plan.buses.indices.filter { plan.buses[$0].into == index }
            .map { BusMixer(plan, $0, path: path, readers: readers, keys: keys) }
    }

    /// Adds the bus's samples of a range to a mix of that range.
    func add(to mix: inout [Float], range: Range<Int>) throws(ComposeError) {
        if bus.effects.isEmpty, ducker == nil, bus.crossfade == nil { return try addParts(to: &mix, range: range) }
        let samples = try samples(range)
        Sound.add(samples, 0..<range.count, to: &mix, at: 0, Sound.Line(Sound.Gains(left: 1, right: 1)))
    }

    /// Returns the bus's samples of a range.
    func samples(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        var samples = try bus.effects.isEmpty ? sum(range) : effects().samples(range, input: sum)
        try ducker?.apply(to: &samples, range)
        if let fade = bus.crossfade {
            // Outside of the clip nothing is heard, whatever rings on there.
            let part = range.clamped(to: fade.samples)
            if part.isEmpty { return samples.map { _ in 0 } }
            for silent in [range.lowerBound..<part.lowerBound, part.upperBound..<range.upperBound] where !silent.isEmpty
            {
                let places = silent.moved(by: -range.lowerBound)
                for index in places.lowerBound * Sound.channels..<places.upperBound * Sound.channels {
                    samples[index] = 0
                }
            }
            fade.ramps.apply(to: &samples, part, in: fade.samples, at: part.lowerBound - range.lowerBound)
        }
        return samples
    }

    /// Adds what was lost of the sounds so far.
    func note(in summary: inout SoundSummary) {
        for loss in losses {
            summary.note(.init(bus: index, sound: loss.sound, count: loss.count, first: loss.first))
        }
        for bus in inside { bus.note(in: &summary) }
    }

    private func sum(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        var mix = [Float](repeating: 0, count: range.count * Sound.channels)
        try addParts(to: &mix, range: range)
        return mix
    }

    private func effects() throws(ComposeError) -> EffectCells {
        if let cells { return cells }
        do throws(LibavError) {
            // What rings on after the last sound is heard.
            let made = try EffectCells(bus.effects, in: 0..<end)
            cells = made
            return made
        } catch {
            throw ComposeError(error, .renderFailed)
        }
    }

    /// Adds the sounds of a range, and the buses that play into it, to a mix of that range.
    private func addParts(to mix: inout [Float], range: Range<Int>) throws(ComposeError) {
        try addSounds(to: &mix, range: range)
        for bus in inside { try bus.add(to: &mix, range: range) }
    }

    private func addSounds(to mix: inout [Float], range: Range<Int>) throws(ComposeError) {
        if range.lowerBound < position {
            for (_, run) in open { run.close() }
            open = []
            nextSound = 0
        }
        position = range.upperBound
        while nextSound < bus.sounds.count, bus.sounds[nextSound].samples.lowerBound < range.upperBound {
            let sound = bus.sounds[nextSound]
            if sound.samples.upperBound > range.lowerBound {
                let start = max(range.lowerBound, sound.samples.lowerBound)
                let ducker = sound.duck.map { keys.ducker($0) }
                open.append(
                    (nextSound, try SoundRun(sound, path: path(sound.src), readers: readers, ducker, at: start)))
            }
            nextSound += 1
        }
        losses = []
        for (index, run) in open {
            try run.add(to: &mix, range: range)
            if let lost = run.lost { losses.append((index, lost.count, lost.first)) }
        }
        open.removeAll { _, run in
            guard run.sound.samples.upperBound <= range.upperBound else { return false }
            run.close()
            return true
        }
    }
}

/// The buses that others are ducked under: mixers of their own, which run ahead.
///
/// May be used by one thread at a time.
final class KeyBuses {
    private let plan: AudioPlan
    private let path: (String) -> String
    private var known: [Int: KeyLevels] = [:]

    init(_ plan: AudioPlan, path: @escaping (String) -> String) {
        self.plan = plan
        self.path = path
    }

    /// Returns what turns a sound down.
    func ducker(_ duck: PlannedDuck) -> Ducker {
        if let levels = known[duck.bus] { return Ducker(duck, levels) }
        // What another track is ducked under is measured before it is ducked itself.
        let buses = (plan.keys.isEmpty ? plan.buses : plan.keys).map { bus in
            changed(bus) { bus in
                bus.duck = nil
                for index in bus.sounds.indices { bus.sounds[index].duck = nil }
            }
        }
        let unducked = AudioPlan(buses: buses, sampleCount: plan.sampleCount)
        let none = KeyBuses(AudioPlan(buses: [], sampleCount: 0), path: path)
        let levels = KeyLevels(BusMixer(unducked, duck.bus, path: path, readers: SoundReaders(), keys: none))
        known[duck.bus] = levels
        return Ducker(duck, levels)
    }
}
