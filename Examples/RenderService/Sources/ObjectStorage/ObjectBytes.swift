// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// Bytes of an object, fetched as they are asked for.
///
/// Nothing is fetched ahead of the reader, but for what is under way in sockets. There are exactly `count` bytes or an
/// error is thrown: unlike an `AsyncThrowingStream`, which ends as if it were complete for a task that was cancelled.
/// Read by one task at a time.
public struct ObjectBytes: AsyncSequence, Sendable {
    /// Pieces, none of them empty.
    public typealias Element = ByteBuffer

    /// How many there are.
    public let count: Int64
    private let piece: @Sendable (_ offset: Int64) async throws -> ByteBuffer?

    /// Bytes that a closure gives.
    ///
    /// It is given how many of the bytes the reader has, and returns those that follow: at least one, or `nil` where no
    /// more come although there should.
    public init(count: Int64, piece: @escaping @Sendable (_ offset: Int64) async throws -> ByteBuffer?) {
        self.count = count
        self.piece = piece
    }

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(bytes: self)
    }

    /// Reads piece after piece.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let bytes: ObjectBytes
        private var offset: Int64 = 0

        fileprivate init(bytes: ObjectBytes) {
            self.bytes = bytes
        }

        /// The next piece; `nil` once there were ``ObjectBytes/count`` bytes.
        public mutating func next() async throws -> ByteBuffer? {
            guard offset < bytes.count else { return nil }
            try Task.checkCancellation()
            guard let piece = try await bytes.piece(offset), piece.readableBytes > 0 else {
                throw StorageError.unavailable("the bytes ended after \(offset) of \(bytes.count)")
            }
            offset += Int64(piece.readableBytes)
            guard offset <= bytes.count else {
                throw StorageError.unavailable("more than the \(bytes.count) bytes that were announced came")
            }
            return piece
        }
    }
}
