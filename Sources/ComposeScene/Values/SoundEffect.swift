// SPDX-License-Identifier: Apache-2.0

/// A change of a sound's tone or dynamics.
///
/// A value type; safe to share between threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum SoundEffect: Sendable, Hashable {
    /// Less of what is below a frequency.
    case highPass(PassFilter)
    /// Less of what is above a frequency.
    case lowPass(PassFilter)
    /// More or less of some frequencies.
    case equalizer(EqualizerBand)
    /// Less difference between loud and quiet.
    case compressor(Compressor)
    /// Less of what is quiet anyway.
    case gate(Gate)
    /// Less of steady noise.
    case noiseReduction(NoiseReduction)
    /// The echoes of a room.
    case reverb(Reverb)
}

/// A filter that leaves out one side of a frequency.
///
/// A value type; safe to share between threads.
public struct PassFilter: Sendable, Hashable {
    /// The frequency in Hz at which the level is 3 dB lower, 10…20,000.
    public var frequency: Double
    /// How steep it is, in decibels an octave: 6 or 12.
    public var slope: Int

    /// Creates a filter.
    public init(frequency: Double, slope: Int = 12) {
        self.frequency = frequency
        self.slope = slope
    }
}

/// A band of an equalizer.
///
/// A value type; safe to share between threads.
public struct EqualizerBand: Sendable, Hashable {
    /// What a band changes.
    public enum Shape: String, Sendable, Hashable, CaseIterable {
        /// What is around the frequency.
        case peak
        /// What is below the frequency.
        case lowShelf
        /// What is above the frequency.
        case highShelf
    }

    /// The frequency in Hz, 10…20,000.
    public var frequency: Double
    /// The change of the level in decibels, −40…40.
    public var gain: Double
    /// The frequency divided by the width, 0.1…20.
    public var q: Double
    /// What the band changes.
    public var shape: Shape

    /// Creates a band.
    public init(frequency: Double, gain: Double, q: Double = 0.707, shape: Shape = .peak) {
        self.frequency = frequency
        self.gain = gain
        self.q = q
        self.shape = shape
    }
}

/// A compressor, which turns down what is loud.
///
/// A value type; safe to share between threads.
public struct Compressor: Sendable, Hashable {
    /// The level in dBFS from which it turns down, −60…0.
    public var threshold: Double
    /// By how many decibels more the input rises for the output to rise by one, 1…20.
    public var ratio: Double
    /// How long it takes to turn down; 0.1 ms…2 s.
    public var attack: Duration
    /// How long it takes to turn up again; 1 ms…2 s.
    public var release: Duration
    /// The width in decibels of the soft bend at the threshold, 0…18.
    public var knee: Double
    /// What is added afterwards, in decibels, 0…30.
    public var makeup: Double

    /// Creates a compressor.
    public init(threshold: Double = -20, ratio: Double = 3, makeup: Double = 0) {
        self.threshold = threshold
        self.ratio = ratio
        self.attack = .milliseconds(10)
        self.release = .milliseconds(200)
        self.knee = 6
        self.makeup = makeup
    }
}

/// A gate, which turns down what is quiet.
///
/// A value type; safe to share between threads.
public struct Gate: Sendable, Hashable {
    /// The level in dBFS below which it turns down, −80…0.
    public var threshold: Double
    /// The most that it turns down, in decibels, −80…0.
    public var range: Double
    /// How long it takes to open; 0.1 ms…2 s.
    public var attack: Duration
    /// How long it takes to close; 1 ms…2 s.
    public var release: Duration

    /// Creates a gate.
    public init(threshold: Double = -50, range: Double = -24) {
        self.threshold = threshold
        self.range = range
        self.attack = .milliseconds(5)
        self.release = .milliseconds(250)
    }
}

/// The reduction of steady noise.
///
/// A value type; safe to share between threads.
public struct NoiseReduction: Sendable, Hashable {
    /// By how many decibels noise becomes quieter, 1…40.
    public var amount: Double
    /// The level of the noise in dBFS, −80…−20.
    public var floor: Double

    /// Creates a reduction.
    public init(amount: Double = 12, floor: Double = -50) {
        self.amount = amount
        self.floor = floor
    }
}

/// The echoes of a room, which are added to the sound.
///
/// On a clip they end with it; on a track and on the timeline they ring on. A value type; safe to share between threads.
public struct Reverb: Sendable, Hashable {
    /// How long echoes take to become 60 dB quieter; 0.1…10 s.
    public var decay: Duration
    /// The level of the echoes beside the sound, in decibels, −60…6.
    public var level: Double
    /// How long after the sound they begin; 0…0.5 s.
    public var preDelay: Duration
    /// How much sooner high frequencies end, from 0, as low ones, to 1.
    public var damping: Double

    /// Creates the echoes of a room.
    public init(decay: Duration = .milliseconds(1500), level: Double = -12) {
        self.decay = decay
        self.level = level
        self.preDelay = .milliseconds(20)
        self.damping = 0.5
    }
}
