// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A mixer of a bus: the sounds of a track, of which only those being heard are open, and the bus's effects.
///
/// It can be asked for any range; ranges that follow each other are quickest. May be used by one thread at a time.
final class BusMixer {
    private let bus: AudioPlan.Bus
    private let path: (String) -> String
    private let readers: SoundReaders
    /// What is measured of other buses.
    private let keys: KeyBuses
    private var cells: EffectCells?
    private var open: [(index: Int, run: SoundRun)] = []
    private var nextSound = 0
    private var position = 0
    /// What damage has taken so far from the sounds that are open, with their index in the bus.
    private(set) var losses: [(sound: Int, count: Int, first: Int)] = []

    init(_ bus: AudioPlan.Bus, path: @escaping (String) -> String, readers: SoundReaders, keys: KeyBuses) {
        self.bus = bus
        self.readers = readers
        self.keys = keys
        self.path = path
    }

    /// Returns the bus's samples of a range before it is ducked.
    func samples(_ range: Range<Int>) throws(ComposeError) -> [Float] {
        if bus.effects.isEmpty {
            var mix = [Float](repeating: 0, count: range.count * Sound.channels)
            try add(to: &mix, range: range)
            return mix
        }
        let cells = try effects()
        return try cells.samples(range) { (part: Range<Int>) throws(ComposeError) in
            var mix = [Float](repeating: 0, count: part.count * Sound.channels)
            try add(to: &mix, range: part)
            return mix
        }
    }

    private func effects() throws(ComposeError) -> EffectCells {
        if let cells { return cells }
        do throws(LibavError) {
            // What rings on after the last sound is heard.
            let end = bus.sounds.map(\.samples.upperBound).max() ?? 0
            let echoes = bus.effects.reduce(Sound.sampleRate) { $0 + $1.warmUp }
            let made = try EffectCells(bus.effects, in: 0..<end + echoes)
            cells = made
            return made
        } catch {
            throw ComposeError(error, .renderFailed)
        }
    }

    /// Adds the sounds of a range to a mix of that range, without the bus's effects.
    func add(to mix: inout [Float], range: Range<Int>) throws(ComposeError) {
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
        let bus = changed((plan.keys.isEmpty ? plan.buses : plan.keys)[duck.bus]) { bus in
            bus.duck = nil
            for index in bus.sounds.indices { bus.sounds[index].duck = nil }
        }
        let none = KeyBuses(AudioPlan(buses: [], sampleCount: 0), path: path)
        let levels = KeyLevels(BusMixer(bus, path: path, readers: SoundReaders(), keys: none))
        known[duck.bus] = levels
        return Ducker(duck, levels)
    }
}
