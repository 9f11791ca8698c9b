// SPDX-License-Identifier: Apache-2.0

import Crypto
import NIOCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file or folder that is open for reading, and is closed when nothing refers to it any more.
final class OpenFile: Sendable {
    /// The number of bytes read at once.
    static let pieceSize: Int64 = 128 * 1024

    let descriptor: CInt

    /// Creates an open file that takes ownership of a descriptor.
    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Creates an open file from the path of a file.
    convenience init(path: String) throws(Disk.Failure) {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        self.init(
            descriptor: try Disk.call("opening a file") { openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) })
    }

    /// Creates an open file from the path of a folder.
    convenience init(folder: String) throws(Disk.Failure) {
        self.init(
            descriptor: try Disk.call("opening the folder \(folder)") {
                openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            })
    }

    /// Opens a file and returns it with its size in bytes.
    static func withSize(path: String) async throws -> (file: OpenFile, size: Int64) {
        try await onBlockingThread {
            let file = try OpenFile(path: path)
            let status = try file.status()
            guard status.isFile else { throw StorageError.diskFailed("what is to be read is not a file") }
            return (file, status.size)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Opens a file in a folder, but not a symbolic link.
    func open(_ name: String, flags: CInt = 0) throws(Disk.Failure) -> OpenFile {
        let descriptor = try Disk.call("opening \(name)") {
            openat(self.descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags)
        }
        return OpenFile(descriptor: descriptor)
    }

    /// Returns the status of the file.
    func status() throws(Disk.Failure) -> Disk.Status {
        try Disk.status(of: descriptor)
    }

    /// Flushes the folder's entries to the disk.
    func synchronize() throws(Disk.Failure) {
        try Disk.call("writing a folder to the disk") { fsync(descriptor) }
    }

    /// Returns a range of the file's bytes, which are read on demand.
    func bytes(_ range: Range<Int64>) -> ObjectBytes {
        ObjectBytes(count: Int64(range.count)) { [self] offset in
            let start = range.lowerBound + offset
            let count = Int(min(Self.pieceSize, range.upperBound - start))
            return try await onBlockingThread {
                let piece = try self.read(at: start, count: count)
                // A retry would not help, because the file was truncated.
                guard piece.readableBytes > 0 else { throw StorageError.diskFailed("a file ended at \(start)") }
                return piece
            }
        }
    }

    /// Returns the SHA-256 of a range of the file's bytes.
    func sha256(_ range: Range<Int64>) async throws -> String {
        var hash = SHA256()
        for try await piece in bytes(range) {
            piece.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        }
        return hexadecimal(hash.finalize())
    }

    private func read(at offset: Int64, count: Int) throws(Disk.Failure) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        do {
            try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
                try Disk.call("reading a file") { pread(descriptor, memory.baseAddress, count, off_t(offset)) }
            }
        } catch let failure as Disk.Failure {
            throw failure
        } catch {
            throw Disk.Failure("reading a file")
        }
        return buffer
    }
}
