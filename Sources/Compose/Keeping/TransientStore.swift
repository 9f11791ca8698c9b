// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A store in memory for what one render makes more than once; it takes entries until it is full.
///
/// What is made first is needed first, so nothing is given up for what comes later. Thread-safe.
final class TransientStore: SegmentStore {
    private let entries = Locked<(bytes: [String: Data], size: Int)>(([:], 0))
    private let room: Int

    /// Creates a store of at most `room` bytes.
    init(room: Int) { self.room = room }

    func get(_ key: String) async throws -> Data? { try getAndWait(key) }
    func put(_ key: String, _ bytes: Data) async throws { try putAndWait(key, bytes) }

    func getAndWait(_ key: String) throws -> Data? { entries.withLock { $0.bytes[key] } }

    func putAndWait(_ key: String, _ bytes: Data) throws {
        entries.withLock { entries in
            guard entries.size + bytes.count <= room, entries.bytes[key] == nil else { return }
            entries.bytes[key] = bytes
            entries.size += bytes.count
        }
    }
}
