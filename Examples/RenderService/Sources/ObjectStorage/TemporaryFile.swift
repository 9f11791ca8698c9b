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

/// A file that is being written, and goes away unless it is given a place.
final class TemporaryFile: @unchecked Sendable {
    // Sendable because its one owner awaits each call before it makes the next.

    let path: String
    let descriptor: CInt
    private(set) var size: Int64 = 0
    private var hash = SHA256()
    private var isKept = false

    /// Makes a new file; none may be at the path.
    ///
    /// Nobody may write to it later: what it holds is handed out as further links to the same file.
    init(path: String) throws(Disk.Failure) {
        self.path = path
        descriptor = try Disk.call("making a file") { open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o444) }
    }

    /// Makes a new file in a folder, and the folder too where there is none.
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

    /// Appends bytes, off the threads of tasks.
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

    /// Appends all bytes of an object, at most `limit` in all.
    func append<Body: AsyncSequence>(_ body: Body, limit: Int64 = .max) async throws where Body.Element == ByteBuffer {
        for try await piece in body {
            guard Int64(piece.readableBytes) <= limit - size else { throw StorageError.tooLarge(limit: limit) }
            try await append(piece)
        }
        // A sequence may end early, without an error, in a task that was cancelled.
        try Task.checkCancellation()
    }

    /// Puts the bytes on the disk for good.
    func synchronize() throws(Disk.Failure) {
        try Disk.call("writing a file to the disk") { fsync(descriptor) }
    }

    /// Gives it a place, instead of what is there; throws where there is a folder.
    func move(to name: String, in folder: OpenFile) throws(Disk.Failure) {
        try Disk.call("moving a file to its place") { renameat(AT_FDCWD, path, folder.descriptor, name) }
        isKept = true
    }

    /// Gives it a place, instead of what is there.
    func move(to path: String) throws(Disk.Failure) {
        try Disk.call("moving a file to its place") { rename(self.path, path) }
        isKept = true
    }

    /// Removes it now, unless it has its place, and not when the last thread lets go of it.
    func discard() {
        if !isKept { unlink(path) }
        isKept = true
    }

    /// Leaves it where it is.
    func keep() {
        isKept = true
    }
}
