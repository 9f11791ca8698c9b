// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOFoundationEssentialsCompat
import ObjectStorage

/// A segment store in the object store, so that all workers share encoded segments.
struct StoredSegments: SegmentStore {
    let store: any ObjectStore

    /// Returns the key of a segment's object.
    static func key(_ name: String) -> String { "compose/segments/\(name.prefix(2))/\(name)" }

    func get(_ key: String) async throws -> Data? {
        guard let body = try await store.read(Self.key(key), range: nil) else { return nil }
        var data = Data(capacity: Int(body.info.size))
        for try await var buffer in body.bytes { data.append(buffer.readData(length: buffer.readableBytes) ?? Data()) }
        return data
    }

    func put(_ key: String, _ bytes: Data) async throws {
        let body = AsyncStream { continuation in
            continuation.yield(ByteBuffer(data: bytes))
            continuation.finish()
        }
        try await store.write(
            body, size: Int64(bytes.count), to: Self.key(key), contentType: "application/octet-stream",
            limit: Int64(bytes.count))
    }

    func has(_ key: String) async throws -> Bool { try await store.info(Self.key(key)) != nil }
}
