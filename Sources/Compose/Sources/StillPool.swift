// SPDX-License-Identifier: Apache-2.0

internal import Libav
internal import Synchronization

/// A pool of picture copies made for one segment, for others that show the same picture.
///
/// The least recently used ones are released when there are too many. Thread-safe.
final class StillPool: Sendable {
    private struct Entry {
        let copy: Frame
        var used: Int
    }

    private struct Entries {
        var all: [PlannedSource: Entry] = [:]
        var bytes = 0
        /// A counter that increases with each use.
        var clock = 0
    }

    private let entries = Mutex(Entries())
    /// The maximum bytes to keep, whether or not a segment is using them.
    private static let budget = 64 << 20

    /// Returns the copy of a picture, if it is available.
    func copy(of source: PlannedSource) -> Frame? {
        entries.withLock { entries in
            entries.clock += 1
            entries.all[source]?.used = entries.clock
            return entries.all[source]?.copy
        }
    }

    /// Adds a copy.
    func keep(_ copy: Frame, of source: PlannedSource) {
        entries.withLock { entries in
            entries.clock += 1
            let entry = Entry(copy: copy, used: entries.clock)
            if entries.all.updateValue(entry, forKey: source) == nil { entries.bytes += source.bytes }
            while entries.bytes > Self.budget, let oldest = entries.all.min(by: { $0.value.used < $1.value.used })?.key
            {
                entries.all[oldest] = nil
                entries.bytes -= oldest.bytes
            }
        }
    }
}
