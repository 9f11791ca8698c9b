// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// An asynchronous sequence of an object's bytes, which are fetched on demand.
///
/// Nothing is fetched ahead of the reader except what is in socket buffers. The sequence delivers exactly `count` bytes
/// or throws. An `AsyncThrowingStream`, in contrast, ends without an error in a cancelled task. Only one task at a time
/// may read the sequence.
public struct ObjectBytes: AsyncSequence, Sendable {
    /// A buffer of bytes that is not empty.
    public typealias Element = ByteBuffer

    /// The number of bytes.
    public let count: Int64
    private let piece: @Sendable (_ offset: Int64) async throws -> ByteBuffer?

    /// Creates a sequence whose bytes are returned by a closure.
    ///
    /// The closure receives the number of bytes already read and returns at least one of those that follow. It returns
    /// `nil` if no more bytes come although more are expected.
    public init(count: Int64, piece: @escaping @Sendable (_ offset: Int64) async throws -> ByteBuffer?) {
        self.count = count
        self.piece = piece
    }

    /// Returns an iterator over the bytes.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(bytes: self)
    }

    /// An iterator over the buffers of bytes.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let bytes: ObjectBytes
        private var offset: Int64 = 0

        fileprivate init(bytes: ObjectBytes) {
            self.bytes = bytes
        }

        /// Returns the next buffer, or `nil` after ``ObjectBytes/count`` bytes.
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
