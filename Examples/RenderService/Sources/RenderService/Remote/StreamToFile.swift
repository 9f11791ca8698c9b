// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOFoundationEssentialsCompat
import NIOPosix
import ObjectStorage

extension AsyncSequence where Element == ByteBuffer {
    /// Writes the bytes to a file as they arrive, on a thread that may block, and returns their number.
    ///
    /// What is in the file already is replaced. Throws ``StorageError/tooLarge(limit:)`` if more than `limit` bytes
    /// arrive, and ``StorageError/diskFailed(_:)`` if the file cannot be written.
    func write(toFile path: String, limit: Int64) async throws -> Int64 {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw StorageError.diskFailed("\((path as NSString).lastPathComponent) cannot be made") }
        defer { try? handle.close() }
        var size: Int64 = 0
        for try await buffer in self {
            size += Int64(buffer.readableBytes)
            guard size <= limit else { throw StorageError.tooLarge(limit: limit) }
            let data = Data(buffer: buffer)
            try await NIOThreadPool.singleton.runIfActive {
                do { try handle.write(contentsOf: data) } catch { throw StorageError.diskFailed("\(error)") }
            }
        }
        return size
    }
}
