// SPDX-License-Identifier: Apache-2.0

import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// System calls for files.
///
/// All of them block; see ``onBlockingThread(_:)``.
enum Disk {
    /// The status of a file.
    struct Status {
        let size: Int64
        let inode: UInt64
        /// The time of the last change of the bytes, in nanoseconds since 1970.
        let modified: Int64
        /// The approximate time of the last access, in nanoseconds since 1970.
        ///
        /// It is the time that the file system or ``Disk/noteUse(of:)`` recorded.
        let read: Int64
        let isFile: Bool
        let isFolder: Bool
    }

    /// An error from a system call.
    struct Failure: Error, CustomStringConvertible {
        let what: String
        let code: CInt

        init(_ what: String, _ code: CInt = errno) {
            self.what = what
            self.code = code
        }

        var description: String { "\(what): \(String(cString: strerror(code)))" }

        /// The error as a storage error.
        var storageError: StorageError {
            switch code {
            case EACCES, EPERM: .refused(description)
            default: .diskFailed(description)
            }
        }

        /// Whether a file cannot be linked but could be copied.
        var asksForCopy: Bool {
            [EXDEV, EMLINK, EPERM, EACCES, ENOSYS, ENOTSUP, EOPNOTSUPP].contains(code)
        }
    }

    /// Runs a system call, and repeats it if a signal interrupted it.
    @discardableResult
    static func call<Result: SignedInteger>(_ what: @autoclosure () -> String, _ body: () -> Result) throws(Failure)
        -> Result
    {
        while true {
            let result = body()
            if result >= 0 { return result }
            if errno != EINTR { throw Failure(what()) }
        }
    }

    /// Returns the status of an open file.
    static func status(of descriptor: CInt) throws(Failure) -> Status {
        var raw = stat()
        try call("looking at a file") { fstat(descriptor, &raw) }
        return Status(raw)
    }

    /// Returns the status of the file at a path, without following a symbolic link.
    static func status(ofPath path: String) throws(Failure) -> Status {
        var raw = stat()
        try call("looking at a file") { lstat(path, &raw) }
        return Status(raw)
    }

    /// Returns the status of a file in a folder, without following a symbolic link.
    static func status(of name: String, in folder: CInt) throws(Failure) -> Status {
        var raw = stat()
        try call("looking at a file") { fstatat(folder, name, &raw, AT_SYMLINK_NOFOLLOW) }
        return Status(raw)
    }

    /// Returns a path without symbolic links.
    static func realPath(_ path: String) throws(Failure) -> String {
        guard let real = realpath(path, nil) else { throw Failure("looking for \(path)") }
        defer { free(real) }
        return String(cString: real)
    }

    /// Creates a hard link at a path to a file in a folder, and replaces what is at the path.
    static func link(_ name: String, in folder: CInt = AT_FDCWD, at path: String) throws(Failure) {
        if linkat(folder, name, AT_FDCWD, path, 0) == 0 { return }
        guard errno == EEXIST else { throw Failure("linking a file") }
        unlink(path)
        try call("linking a file") { linkat(folder, name, AT_FDCWD, path, 0) }
    }

    /// Creates a folder and its parent folders unless they exist.
    static func makeFolder(_ path: String) throws(Failure) {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw Failure("making the folder \(path)")
        }
        try makeFolder(String(path[..<slash]))
        if mkdir(path, 0o777) != 0 && errno != EEXIST { throw Failure("making the folder \(path)") }
    }

    /// Returns the names in a folder in any order, without `.`, `..` and names that are not UTF-8.
    static func names(in folder: CInt) throws(Failure) -> [String] {
        // It needs its own descriptor, because closedir closes the one it is given.
        let copy = try call("listing a folder") { openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = fdopendir(copy) else {
            let failure = Failure("listing a folder")
            close(copy)
            throw failure
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(validating: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let name, name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Sets the last access time of a file and leaves the modification time unchanged.
    ///
    /// Renders may be using links to the file, and would treat it as changed if its modification time changed.
    static func noteUse(of path: String) {
        // UTIME_NOW and UTIME_OMIT are macros with casts, which Swift does not import.
        #if canImport(Darwin)
            let (now, omit) = (-1, -2)
        #else
            let (now, omit) = (0x3FFF_FFFF, 0x3FFF_FFFE)
        #endif
        utimensat(AT_FDCWD, path, [timespec(tv_sec: 0, tv_nsec: now), timespec(tv_sec: 0, tv_nsec: omit)], 0)
    }

    /// Removes files in a folder that have not changed for a day, which were left by killed processes.
    static func removeLeftovers(in folder: String) {
        guard let open = try? OpenFile(folder: folder), let names = try? names(in: open.descriptor) else { return }
        let yesterday = Int64(time(nil) - 24 * 60 * 60) * 1_000_000_000
        for name in names {
            let path = "\(folder)/\(name)"
            if let status = try? status(ofPath: path), status.isFile, status.modified < yesterday { unlink(path) }
        }
    }
}

extension Disk.Status {
    fileprivate init(_ raw: stat) {
        #if canImport(Darwin)
            let (time, use) = (raw.st_mtimespec, raw.st_atimespec)
        #else
            let (time, use) = (raw.st_mtim, raw.st_atim)
        #endif
        size = Int64(raw.st_size)
        inode = UInt64(raw.st_ino)
        modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        read = Int64(use.tv_sec) * 1_000_000_000 + Int64(use.tv_nsec)
        isFile = raw.st_mode & S_IFMT == S_IFREG
        isFolder = raw.st_mode & S_IFMT == S_IFDIR
    }
}

/// Runs blocking code on a thread that may block, and converts its errors to storage errors.
func onBlockingThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    do {
        return try await NIOThreadPool.singleton.runIfActive(work)
    } catch let failure as Disk.Failure {
        throw failure.storageError
    }
}
