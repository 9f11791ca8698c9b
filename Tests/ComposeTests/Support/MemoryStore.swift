// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav

@testable import Compose

/// A store of segments in memory, as a service might provide.
final class MemoryStore: SegmentStore {
    private let state = Locked<(entries: [String: Data], hits: Int)>(([:], 0))

    func get(_ key: String) async throws -> Data? {
        state.withLock { state in
            if state.entries[key] != nil { state.hits += 1 }
            return state.entries[key]
        }
    }

    func put(_ key: String, _ bytes: Data) async throws { state.withLock { $0.entries[key] = bytes } }

    var count: Int { state.withLock { $0.entries.count } }

    /// Changes a byte of every entry.
    func damage() {
        state.withLock { state in
            for key in state.entries.keys { state.entries[key]?[100] ^= 1 }
        }
    }

    func takeHits() -> Int {
        state.withLock { state in
            defer { state.hits = 0 }
            return state.hits
        }
    }
}
