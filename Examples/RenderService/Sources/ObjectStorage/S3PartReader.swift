// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// A reader that collects buffers of any size into parts of one size.
final class S3PartReader<Pieces: AsyncIteratorProtocol> where Pieces.Element == ByteBuffer {
    private var pieces: Pieces
    private let partSize: Int
    private let size: Int64?
    private let limit: Int64
    private var total: Int64 = 0
    /// The bytes that were read but are not in a part yet.
    private var rest = ByteBuffer()
    /// Whether there are no more parts.
    private(set) var isAtEnd = false

    /// Creates a reader for exactly `size` bytes, if given, and at most `limit` bytes.
    init(_ pieces: Pieces, partSize: Int, size: Int64?, limit: Int64) {
        self.pieces = pieces
        self.partSize = partSize
        self.size = size
        self.limit = limit
    }

    /// Returns the next part, or `nil` after the last one.
    func next() async throws -> ByteBuffer? {
        var part = ByteBuffer()
        while !isAtEnd, part.readableBytes < partSize {
            if rest.readableBytes == 0 {
                try await readPiece()
            } else if var taken = rest.readSlice(length: min(rest.readableBytes, partSize - part.readableBytes)) {
                part.writeBuffer(&taken)
            }
        }
        // Whether this part is the last one is known only after trying to read more.
        while !isAtEnd, rest.readableBytes == 0 { try await readPiece() }
        return part.readableBytes > 0 ? part : nil
    }

    private func readPiece() async throws {
        if let piece = try await pieces.next() {
            guard Int64(piece.readableBytes) <= limit - total else { throw StorageError.tooLarge(limit: limit) }
            total += Int64(piece.readableBytes)
            rest = piece
            return
        }
        // In a cancelled task, a sequence may end early without an error.
        try Task.checkCancellation()
        if let size, size != total { throw StorageError.refused("\(total) bytes came instead of \(size)") }
        isAtEnd = true
    }
}
