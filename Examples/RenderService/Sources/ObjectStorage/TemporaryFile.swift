// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import NIOCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file that is being written, and is removed unless it is moved to a final path.
final class TemporaryFile: @unchecked Sendable {
    // Sendable because its only owner awaits each call before it makes the next one.

    let path: String
    let descriptor: CInt
    private(set) var size: Int64 = 0
    private var hash = SHA256()
    private var isKept = false

    /// Creates a new file at a path where there is none.
    ///
    /// The owner may write to it until it is moved or kept. Extended attributes need that permission as well, even
    /// through a descriptor that is open for writing, unless the process runs as root.
    init(path: String) throws(Disk.Failure) {
        self.path = path
        descriptor = try Disk.call("making a file") { open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644) }
    }

    /// Creates a new file in a folder, which is created if it does not exist.
    convenience init(in folder: String) throws(Disk.Failure) {
        try Disk.makeFolder(folder)
        try self.init(path: "\(folder)/\(UUID().uuidString)")
    }

    deinit {
        close(descriptor)
        if !isKept { unlink(path) }
    }

    /// The SHA-256 of all bytes.
    var digest: String { hexadecimal(hash.finalize()) }

    /// Appends bytes on a thread that may block.
    func append(_ piece: ByteBuffer) async throws {
        try await onBlockingThread { [self] in
            try piece.withUnsafeReadableBytes { bytes in
                hash.update(bufferPointer: bytes)
                var rest = bytes
                while !rest.isEmpty {
                    let count = try Disk.call("writing a file") { write(descriptor, rest.baseAddress, rest.count) }
                    rest = .init(rebasing: rest[count...])
                }
                size += Int64(bytes.count)
            }
        }
    }

    /// Appends all bytes of a sequence, up to a total of `limit`.
    func append<Body: AsyncSequence>(_ body: Body, limit: Int64 = .max) async throws where Body.Element == ByteBuffer {
        for try await piece in body {
            guard Int64(piece.readableBytes) <= limit - size else { throw StorageError.tooLarge(limit: limit) }
            try await append(piece)
        }
        // In a cancelled task, a sequence may end early without an error.
        try Task.checkCancellation()
    }

    /// Flushes the bytes to the disk.
    func synchronize() throws(Disk.Failure) {
        try Disk.call("writing a file to the disk") { fsync(descriptor) }
    }

    /// Takes the permission to write away, because the contents are handed out as hard links.
    private func protect() throws(Disk.Failure) {
        var raw = stat()
        try Disk.call("looking at a file") { fstat(descriptor, &raw) }
        try Disk.call("protecting a file") { fchmod(descriptor, raw.st_mode & 0o444) }
    }

    /// Moves the file into a folder and replaces what is there; throws if that is a folder.
    func move(to name: String, in folder: OpenFile) throws(Disk.Failure) {
        try protect()
        try Disk.call("moving a file to its place") { renameat(AT_FDCWD, path, folder.descriptor, name) }
        isKept = true
    }

    /// Moves the file to a path and replaces what is there.
    func move(to path: String) throws(Disk.Failure) {
        try protect()
        try Disk.call("moving a file to its place") { rename(self.path, path) }
        isKept = true
    }

    /// Removes the file immediately rather than with the last reference, unless it was moved or kept.
    func discard() {
        if !isKept { unlink(path) }
        isKept = true
    }

    /// Keeps the file at its path.
    func keep() throws(Disk.Failure) {
        try protect()
        isKept = true
    }
}
