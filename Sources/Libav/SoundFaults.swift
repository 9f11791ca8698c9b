// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A search of sound for silence, clipping and steps, to which samples are added piece by piece.
///
/// It takes the same memory for any length. May be used by one thread at a time.
@safe package final class SoundFaults {
    /// A fault, in samples at 48 kHz.
    package struct Fault: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            /// All samples are below −60 dB.
            case silence
            /// Three samples in a row or more are at full scale, or above it.
            case clipping(samples: Int)
            /// A jump that the sound before and after it does not explain, with its height; 1 is full scale.
            case step(height: Double)
        }

        package var kind: Kind
        package var start: Int
        package var end: Int
    }

    private let pointer: OpaquePointer
    private var list = [cfs_sound_fault](repeating: cfs_sound_fault(), count: 64)

    /// The most samples that are added at once.
    package static let most = Sound.sampleRate / 10

    /// Creates a search; the channels of a mono sound are the same, and one is looked at.
    package init(leastSilence: Int, isMono: Bool) throws(LibavError) {
        let made = unsafe cfs_sound_faults_create(Int64(leastSilence), isMono ? 1 : 0)
        guard let made = unsafe made else { throw .outOfMemory("check sound") }
        unsafe pointer = made
    }

    deinit { unsafe cfs_sound_faults_free(pointer) }

    /// Adds the first `count` stereo samples, at most ``most``, and returns the faults that have ended; none end the sound.
    package func add(_ samples: [Float], count: Int) -> [Fault] {
        precondition(count * Sound.channels <= samples.count && count <= Self.most)
        var found: Int32 = 0
        unsafe samples.withUnsafeBufferPointer { samples in
            unsafe list.withUnsafeMutableBufferPointer { list in
                unsafe cfs_sound_faults_add(
                    pointer, samples.baseAddress, Int32(count), list.baseAddress, Int32(list.count), &found)
            }
        }
        return list.prefix(Int(found)).map { fault in
            let kind: Fault.Kind =
                switch UInt32(bitPattern: fault.kind) {
                case CFS_SILENT.rawValue: .silence
                case CFS_CLIPPED.rawValue: .clipping(samples: Int(fault.value))
                default: .step(height: fault.value)
                }
            return Fault(kind: kind, start: Int(fault.start), end: Int(fault.end))
        }
    }
}

extension Sound {
    /// The least and the greatest of a channel's samples, and the sum of their squares.
    package struct Extent: Sendable, Hashable {
        package var least: Float
        package var greatest: Float
        package var squares: Double

        /// Includes the samples of another extent.
        package mutating func add(_ other: Extent) {
            least = min(least, other.least)
            greatest = max(greatest, other.greatest)
            squares += other.squares
        }
    }

    /// Returns the extent of one channel of `count` stereo samples from `first` on.
    package static func extent(of samples: [Float], from first: Int, count: Int, channel: Int) -> Extent {
        precondition(first >= 0 && (first + count) * channels <= samples.count && (0..<channels).contains(channel))
        var extent = Extent(least: 0, greatest: 0, squares: 0)
        guard count > 0 else { return extent }
        unsafe samples.withUnsafeBufferPointer { samples in
            guard let base = samples.baseAddress else { return }
            unsafe cfs_sound_extent(
                base + first * channels + channel, Int32(count), Int32(channels), &extent.least, &extent.greatest,
                &extent.squares)
        }
        return extent
    }
}
