// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav
internal import Logging

/// A render's access to a store: failures are logged and otherwise ignored.
struct KeptSegments: Sendable {
    let store: any SegmentStore
    let identity: MediaIdentity
    let logger: Logger

    /// Creates the access to a store; media are recognised as renders do by default.
    init(
        store: any SegmentStore, identity: MediaIdentity = .fingerprint, logger: Logger = Logger(label: "compose")
    ) {
        self.store = store
        self.identity = identity
        self.logger = logger
    }

    /// Returns a stored value; `nil` if it is missing or damaged.
    ///
    /// Blocks.
    func read<Value>(_ key: Digest, _ parse: (_ bytes: ArraySlice<UInt8>) throws(LibavError) -> Value?) -> Value? {
        do {
            guard let bytes = try store.getAndWait(key.description) else { return nil }
            if let value = try parse(Array(bytes)[...]) { return value }
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
            try store.putAndWait(key.description, Data(try serialized()))
        } catch {
            logger.warning(
                "the cache cannot be written; rendering continues without it", metadata: ["reason": "\(error)"])
        }
    }
}
