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

/// A file or a folder that is open for reading, until nobody holds it.
final class OpenFile: Sendable {
    /// How much is read at once.
    static let pieceSize: Int64 = 128 * 1024

    let descriptor: CInt

    /// Takes over a descriptor.
    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Opens a file.
    convenience init(path: String) throws(Disk.Failure) {
        // Opening a pipe would wait for who writes to it.
        self.init(
            descriptor: try Disk.call("opening a file") { openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) })
    }

    /// Opens a folder.
    convenience init(folder: String) throws(Disk.Failure) {
        self.init(
            descriptor: try Disk.call("opening the folder \(folder)") {
                openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            })
    }

    /// Opens a file of this machine and looks how many bytes it has.
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

    /// Opens what a folder holds under a name, but no symbolic link.
    func open(_ name: String, flags: CInt = 0) throws(Disk.Failure) -> OpenFile {
        let descriptor = try Disk.call("opening \(name)") {
            openat(self.descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags)
        }
        return OpenFile(descriptor: descriptor)
    }

    /// What is known of it.
    func status() throws(Disk.Failure) -> Disk.Status {
        try Disk.status(of: descriptor)
    }

    /// Puts a folder's names on the disk for good.
    func synchronize() throws(Disk.Failure) {
        try Disk.call("writing a folder to the disk") { fsync(descriptor) }
    }

    /// Bytes of the file, piece by piece.
    func bytes(_ range: Range<Int64>) -> ObjectBytes {
        ObjectBytes(count: Int64(range.count)) { [self] offset in
            let start = range.lowerBound + offset
            let count = Int(min(Self.pieceSize, range.upperBound - start))
            return try await onBlockingThread {
                let piece = try self.read(at: start, count: count)
                // Not something that a second try heals: somebody cut the file.
                guard piece.readableBytes > 0 else { throw StorageError.diskFailed("a file ended at \(start)") }
                return piece
            }
        }
    }

    /// The SHA-256 of bytes of the file.
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
