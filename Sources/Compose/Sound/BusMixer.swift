// SPDX-License-Identifier: Apache-2.0

/// A mixer of a bus: the sounds of a track, of which only those being heard are open.
///
/// It can be asked for any range; ranges that follow each other are quickest. May be used by one thread at a time.
final class BusMixer {
    private let bus: AudioPlan.Bus
    private let path: (String) -> String
    private let readers: SoundReaders
    private var open: [(index: Int, run: SoundRun)] = []
    private var nextSound = 0
    private var position = 0
    /// What damage has taken so far from the sounds of the last block, with their index in the bus.
    private(set) var losses: [(sound: Int, count: Int, first: Int)] = []

    init(_ bus: AudioPlan.Bus, path: @escaping (String) -> String, readers: SoundReaders) {
        self.bus = bus
        self.readers = readers
        self.path = path
    }

    /// Adds the bus's samples of a range to a mix of that range.
    func add(to mix: inout [Float], block: Range<Int>) throws(ComposeError) {
        if block.lowerBound != position {
            for (_, run) in open { run.close(readers) }
            open = []
            nextSound = 0
        }
        position = block.upperBound
        while nextSound < bus.sounds.count, bus.sounds[nextSound].samples.lowerBound < block.upperBound {
            let sound = bus.sounds[nextSound]
            if sound.samples.upperBound > block.lowerBound {
                let place = max(0, block.lowerBound - sound.samples.lowerBound)
                open.append((nextSound, try SoundRun(sound, path: path(sound.src), readers: readers, at: place)))
            }
            nextSound += 1
        }
        losses = []
        for (index, run) in open {
            try run.add(to: &mix, block: block)
            if let lost = run.lost { losses.append((index, lost.count, lost.first)) }
        }
        open.removeAll { _, run in
            guard run.sound.samples.upperBound <= block.upperBound else { return false }
            run.close(readers)
            return true
        }
    }
}
