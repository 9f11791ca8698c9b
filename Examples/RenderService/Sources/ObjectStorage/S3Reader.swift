// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import Synchronization

/// A reader of an object's bytes, which resumes after a lost connection.
final class S3Reader: Sendable {
    /// A response that is being read.
    private struct Stream: @unchecked Sendable {
        // Sendable because the reading task takes it out of `stream`, so that no other task has it in the meantime.
        var pieces: HTTPClientResponse.Body.AsyncIterator
        /// The offset of the next buffer in the range.
        var offset: Int64
    }

    private struct State {
        /// The response, or `nil` while it is being read and after a failure.
        var stream: Stream?
        var isBusy = false
        /// The number of failures since the last ``S3Reader/progress`` bytes arrived.
        var failures = 0
        var lastFailure: Int64 = 0
    }

    /// The number of bytes that must arrive before earlier failures are forgotten.
    private static let progress: Int64 = 1 << 20

    private let store: S3Store
    private let key: String
    private let info: ObjectInfo
    private let range: Range<Int64>
    private let state: Mutex<State>

    init(store: S3Store, key: String, info: ObjectInfo, range: Range<Int64>, response: HTTPClientResponse) {
        self.store = store
        self.key = key
        self.info = info
        self.range = range
        state = Mutex(State(stream: Stream(pieces: response.body.makeAsyncIterator(), offset: 0)))
    }

    var bytes: ObjectBytes {
        ObjectBytes(count: Int64(range.count)) { [self] offset in try await piece(at: offset) }
    }

    private func piece(at offset: Int64) async throws -> ByteBuffer {
        let taken: Stream? = try state.withLock { state in
            guard !state.isBusy else { throw StorageError.refused("an object's bytes are read by one task at a time") }
            state.isBusy = true
            let stream = state.stream
            state.stream = nil
            return stream?.offset == offset ? stream : nil
        }
        defer { state.withLock { $0.isBusy = false } }
        var stream = taken
        while true {
            do {
                if stream == nil { stream = try await open(at: offset) }
                if let current = stream {
                    let (piece, rest) = try await next(current)
                    state.withLock { $0.stream = rest }
                    return piece
                }
            } catch {
                let error = (error as? S3Failure)?.storageError ?? error
                stream = nil
                try await pauseOrThrow(error, at: offset)
            }
        }
    }

    /// Returns the next buffer of a response and the remaining response.
    private func next(_ stream: Stream) async throws -> (ByteBuffer, Stream) {
        do {
            return try await withTimeout(store.options.idleTimeout, on: store.client.eventLoopGroup) {
                var rest = stream
                guard let piece = try await rest.pieces.next() else {
                    throw StorageError.unavailable("the answer ended after \(rest.offset) of \(self.range.count) bytes")
                }
                rest.offset += Int64(piece.readableBytes)
                // The end must also be read before the connection can be reused.
                if rest.offset >= self.range.count { _ = try? await rest.pieces.next() }
                return (piece, rest)
            }
        } catch {
            throw S3Store.translated(error)
        }
    }

    private func open(at offset: Int64) async throws -> Stream {
        do {
            let rest = range.lowerBound + offset..<range.upperBound
            guard case .found(let response, _, rest) = try await store.get(key, range: rest, etag: info.etag) else {
                throw StorageError.refused("the object was removed or cut while it was read")
            }
            return Stream(pieces: response.body.makeAsyncIterator(), offset: offset)
        } catch let failure as S3Failure where failure.status == 412 {
            throw StorageError.refused("the object was replaced while it was read")
        }
    }

    private func pauseOrThrow(_ error: any Error, at offset: Int64) async throws {
        guard let failure = error as? StorageError, failure.mayHeal else { throw error }
        let failures = state.withLock { state in
            if offset >= state.lastFailure + Self.progress { state.failures = 0 }
            state.failures += 1
            state.lastFailure = offset
            return state.failures
        }
        guard failures < store.options.attempts else { throw error }
        try await store.pause(after: failures)
    }
}
