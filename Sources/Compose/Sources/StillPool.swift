// SPDX-License-Identifier: Apache-2.0

internal import Libav
internal import Synchronization

/// Copies of pictures that were made for one segment, for the others that show the same.
///
/// Those not used for longest are forgotten when there are too many. Thread-safe.
final class StillPool: Sendable {
    private struct Entry {
        let copy: Frame
        var used: Int
    }

    private struct Entries {
        var all: [StillSource: Entry] = [:]
        var bytes = 0
        /// Counts up with each use.
        var clock = 0
    }

    private let entries = Mutex(Entries())
    /// Bytes that are kept, whether or not a segment uses them at the moment.
    private static let budget = 64 << 20

    /// The copy of a picture, if it is here.
    func copy(of still: StillSource) -> Frame? {
        entries.withLock { entries in
            entries.clock += 1
            entries.all[still]?.used = entries.clock
            return entries.all[still]?.copy
        }
    }

    /// Keeps a copy that was made.
    func keep(_ copy: Frame, of still: StillSource) {
        entries.withLock { entries in
            entries.clock += 1
            let entry = Entry(copy: copy, used: entries.clock)
            if entries.all.updateValue(entry, forKey: still) == nil { entries.bytes += still.bytes }
            while entries.bytes > Self.budget, let oldest = entries.all.min(by: { $0.value.used < $1.value.used })?.key
            {
                entries.all[oldest] = nil
                entries.bytes -= oldest.bytes
            }
        }
    }
}
