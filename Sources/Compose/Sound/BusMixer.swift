// SPDX-License-Identifier: Apache-2.0

/// A mixer of a bus: the sounds of a track, of which only those being heard are open.
///
/// May be used by one thread at a time.
final class BusMixer {
    private let bus: AudioPlan.Bus
    private let path: (String) -> String
    private var open: [SoundRun] = []
    private var nextSound = 0

    init(_ bus: AudioPlan.Bus, path: @escaping (String) -> String) {
        self.bus = bus
        self.path = path
    }

    /// Adds the bus's samples of a block, which follows the one before.
    func add(to mix: inout [Float], block: Range<Int>) throws(ComposeError) {
        while nextSound < bus.sounds.count, bus.sounds[nextSound].samples.lowerBound < block.upperBound {
            let sound = bus.sounds[nextSound]
            open.append(try SoundRun(sound, path: path(sound.src)))
            nextSound += 1
        }
        for sound in open { try sound.add(to: &mix, block: block) }
        open.removeAll { $0.sound.samples.upperBound <= block.upperBound }
    }
}
