// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav
internal import Logging

/// A render's access to a store: failures are logged and otherwise ignored.
struct KeptSegments: Sendable {
    let store: any SegmentStore
    let identity: MediaIdentity
    let logger: Logger

    /// Returns a stored value; `nil` if it is missing or damaged.
    ///
    /// Blocks.
    func read<Value>(_ key: Digest, _ parse: (_ bytes: ArraySlice<UInt8>) throws(LibavError) -> Value?) -> Value? {
        do {
            let name = key.description
            let cache = store as? RenderCache
            let bytes = try cache.map { try $0.read(name) } ?? store.getAndWait(name).get().map { Array($0)[...] }
            guard let bytes else { return nil }
            if let value = try parse(bytes) { return value }
            logger.warning("a cached entry is damaged and will be replaced", metadata: ["key": "\(key)"])
        } catch {
            logger.warning("a cached entry cannot be read and will be replaced", metadata: ["reason": "\(error)"])
        }
        return nil
    }

    /// Stores a value for other renders.
    ///
    /// Blocks.
    func keep(_ key: Digest, _ serialized: () throws(LibavError) -> [UInt8]) {
        do {
            let bytes = try serialized()
            if let cache = store as? RenderCache {
                try cache.write(key.description, bytes)
            } else {
                try store.putAndWait(key.description, Data(bytes)).get()
            }
        } catch {
            logger.warning(
                "the cache cannot be written; rendering continues without it", metadata: ["reason": "\(error)"])
        }
    }
}
