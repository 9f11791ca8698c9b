// SPDX-License-Identifier: Apache-2.0

import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Calls of the operating system that concern files.
///
/// All of them block: see ``onBlockingThread(_:)``.
enum Disk {
    /// What is known of a file.
    struct Status {
        let size: Int64
        let inode: UInt64
        /// When the bytes were last changed, or, for an entry of a cache, when it was last used.
        let modified: Int64
        /// Nanoseconds since 1970 of when it was last read, about: as the file system and ``Disk/noteUse(of:)`` say.
        let read: Int64
        let isFile: Bool
        let isFolder: Bool
    }

    /// Why a call failed.
    struct Failure: Error, CustomStringConvertible {
        let what: String
        let code: CInt

        init(_ what: String, _ code: CInt = errno) {
            self.what = what
            self.code = code
        }

        var description: String { "\(what): \(String(cString: strerror(code)))" }

        /// The same in the words of a store.
        var storageError: StorageError {
            switch code {
            case EACCES, EPERM: .refused(description)
            default: .diskFailed(description)
            }
        }

        /// Whether a file cannot be linked where it should be, although it could be copied.
        var asksForCopy: Bool {
            [EXDEV, EMLINK, EPERM, EACCES, ENOSYS, ENOTSUP, EOPNOTSUPP].contains(code)
        }
    }

    /// Runs a call, again if a signal interrupted it.
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

    /// What is known of a file that is open.
    static func status(of descriptor: CInt) throws(Failure) -> Status {
        var raw = stat()
        try call("looking at a file") { fstat(descriptor, &raw) }
        return Status(raw)
    }

    /// What is known of what a path leads to, a link itself where it is one.
    static func status(ofPath path: String) throws(Failure) -> Status {
        var raw = stat()
        try call("looking at a file") { lstat(path, &raw) }
        return Status(raw)
    }

    /// What is known of what a folder holds under a name, a link itself where it is one.
    static func status(of name: String, in folder: CInt) throws(Failure) -> Status {
        var raw = stat()
        try call("looking at a file") { fstatat(folder, name, &raw, AT_SYMLINK_NOFOLLOW) }
        return Status(raw)
    }

    /// The path without links in it.
    static func realPath(_ path: String) throws(Failure) -> String {
        guard let real = realpath(path, nil) else { throw Failure("looking for \(path)") }
        defer { free(real) }
        return String(cString: real)
    }

    /// Makes a path another name of a file that a folder holds, instead of what is at the path.
    static func link(_ name: String, in folder: CInt = AT_FDCWD, at path: String) throws(Failure) {
        if linkat(folder, name, AT_FDCWD, path, 0) == 0 { return }
        guard errno == EEXIST else { throw Failure("linking a file") }
        unlink(path)
        try call("linking a file") { linkat(folder, name, AT_FDCWD, path, 0) }
    }

    /// Makes a folder and those above it, where there are none.
    static func makeFolder(_ path: String) throws(Failure) {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw Failure("making the folder \(path)")
        }
        try makeFolder(String(path[..<slash]))
        if mkdir(path, 0o777) != 0 && errno != EEXIST { throw Failure("making the folder \(path)") }
    }

    /// Names in a folder, in no order, without `.` and `..` and without those that are not UTF-8.
    static func names(in folder: CInt) throws(Failure) -> [String] {
        // A descriptor of its own, because closedir closes the one it was given.
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

    /// Sets the time at which a file was last read, and not that of its last change: links to it are in use, and whoever has one
    /// would take it for changed.
    static func noteUse(of path: String) {
        // UTIME_NOW and UTIME_OMIT, which Swift does not see: they are macros with casts.
        #if canImport(Darwin)
            let (now, omit) = (-1, -2)
        #else
            let (now, omit) = (0x3FFF_FFFF, 0x3FFF_FFFE)
        #endif
        utimensat(AT_FDCWD, path, [timespec(tv_sec: 0, tv_nsec: now), timespec(tv_sec: 0, tv_nsec: omit)], 0)
    }

    /// Removes files in a folder that have not changed for a day: what killed processes left.
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

/// Runs what blocks on a thread that may block, and says what fails in a store's words.
func onBlockingThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    do {
        return try await NIOThreadPool.singleton.runIfActive(work)
    } catch let failure as Disk.Failure {
        throw failure.storageError
    }
}
