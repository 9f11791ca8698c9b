// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How ``FolderStore`` finds and keeps files. All of it blocks.
///
/// Every step from folder to folder is taken from the descriptor of the one before and follows no link, so that no key
/// leads out of the root, even while somebody moves folders about.
extension FolderStore {
    /// Where unfinished files are, under the root.
    static let partialName = ".partial"

    /// What came of making a link to an object's file.
    enum LinkResult: Sendable {
        case linked(ObjectInfo)
        case noSuchObject
        /// Another volume, or too many links.
        case notPossible
    }

    /// Throws for what is not a key here.
    static func check(_ key: String) throws(StorageError) {
        try ObjectKey.check(key)
        if key.utf8.starts(with: partialName.utf8), key.utf8.dropFirst(partialName.utf8.count).first ?? 0x2F == 0x2F {
            throw StorageError.invalidKey(key)
        }
    }

    /// An object's file; `nil` where there is none.
    func open(_ key: String) throws -> (file: OpenFile, info: ObjectInfo)? {
        guard let (folder, name) = try folder(of: key, creating: false) else { return nil }
        do throws(Disk.Failure) {
            let file = try folder.open(name)
            guard try file.status().isFile else { return nil }
            return (file, try ObjectAttributes.read(from: file, key: key))
        } catch  where Self.meansMissing(error) {
            return nil
        }
    }

    /// Moves a file that is written to a key's place.
    func keep(_ file: TemporaryFile, as key: String, contentType: String) throws -> ObjectInfo {
        let etag = String(file.digest.prefix(32))
        try file.synchronize()
        try ObjectAttributes.write(etag: etag, contentType: contentType, to: file)
        let info = try ObjectAttributes.read(from: OpenFile(path: file.path), key: key)
        var attempts = 0
        while true {
            guard let (folder, name) = try folder(of: key, creating: true) else { throw StorageError.invalidKey(key) }
            guard let failure = Self.failure(of: { () throws(Disk.Failure) in try file.move(to: name, in: folder) })
            else {
                try folder.synchronize()
                return info
            }
            attempts += 1
            switch failure.code {
            case ENOENT where attempts < 20:
                // Somebody removed the last other object in the folder, and thereby the folder.
                continue
            case EISDIR, ENOTEMPTY, EEXIST:
                // An empty folder may be left of a process that was killed.
                if attempts < 20, unlinkat(folder.descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT { continue }
                throw StorageError.refused("there are objects below \"\(key)/\", so it cannot be one itself")
            case ENAMETOOLONG:
                throw StorageError.refused("a part of \"\(key)\" is longer than the file system takes")
            default:
                throw failure
            }
        }
    }

    /// Removes an object's file and then folders that are empty.
    func unlink(_ key: String) throws {
        guard let (folder, name) = try folder(of: key, creating: false) else { return }
        guard unlinkat(folder.descriptor, name, 0) == 0 else {
            // A folder is EISDIR on Linux and EPERM elsewhere.
            if [ENOENT, EISDIR].contains(errno) { return }
            let failure = Disk.Failure("removing \(name)")
            if let status = try? folder.open(name).status(), status.isFolder { return }
            throw failure
        }
        var parent = key[...]
        while let slash = parent.utf8.lastIndex(of: UInt8(ascii: "/")) {
            parent = parent[..<slash]
            guard let (above, name) = try self.folder(of: String(parent), creating: false),
                unlinkat(above.descriptor, name, AT_REMOVEDIR) == 0
            else { return }
        }
    }

    /// Adds keys in a folder, whose path is empty or ends in a slash, in the order of their bytes.
    func collect(
        _ keys: inout [String], in folder: OpenFile, path: String, prefix: String, limit: Int
    ) throws(Disk.Failure) {
        // A folder's keys all begin with its name and a slash, which decides where they come among the files.
        var entries: [(key: String, name: String, isFolder: Bool)] = []
        for name in try Disk.names(in: folder.descriptor) where !(path.isEmpty && name == Self.partialName) {
            let key = path + name
            guard prefix.utf8.starts(with: key.utf8) || ObjectKey.key(key, hasPrefix: prefix),
                let status = try? Disk.status(of: name, in: folder.descriptor), status.isFile || status.isFolder
            else { continue }
            entries.append((status.isFolder ? key + "/" : key, name, status.isFolder))
        }
        entries.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for entry in entries {
            if keys.count >= limit { return }
            if entry.isFolder {
                guard ObjectKey.key(entry.key, hasPrefix: prefix) || prefix.utf8.starts(with: entry.key.utf8),
                    let below = try? folder.open(entry.name, flags: O_DIRECTORY)
                else { continue }
                try collect(&keys, in: below, path: entry.key, prefix: prefix, limit: limit)
            } else if ObjectKey.key(entry.key, hasPrefix: prefix), (try? Self.check(entry.key)) != nil {
                keys.append(entry.key)
            }
        }
    }

    /// Makes another name of an object's file.
    func hardLink(_ key: String, at path: String) throws -> LinkResult {
        guard try open(key) != nil, let (folder, name) = try folder(of: key, creating: false) else {
            return .noSuchObject
        }
        do throws(Disk.Failure) {
            try Disk.link(name, in: folder.descriptor, at: path)
            // What was linked is looked at, not what the key leads to by then.
            let file = try OpenFile(path: path)
            guard try file.status().isFile else { return .notPossible }
            return .linked(try ObjectAttributes.read(from: file, key: key))
        } catch  where error.asksForCopy {
            return .notPossible
        }
    }

    /// The folder that holds a key's file, and the file's name in it; `nil` where there is no such folder.
    private func folder(of key: String, creating: Bool) throws -> (folder: OpenFile, name: String)? {
        var parts = key.split(separator: "/").map(String.init)
        guard let name = parts.popLast() else { return nil }
        var folder = try OpenFile(folder: root)
        for part in parts {
            switch Result(catching: { () throws(Disk.Failure) in try open(part, in: folder, creating: creating) }) {
            case .success(let below): folder = below
            case .failure(let failure) where !Self.meansMissing(failure): throw failure
            case .failure where !creating: return nil
            case .failure(let failure) where failure.code == ENAMETOOLONG:
                throw StorageError.refused("a part of \"\(key)\" is longer than the file system takes")
            case .failure:
                throw StorageError.refused("\"\(part)\" in \"\(key)\" is an object, so there can be none below it")
            }
        }
        return (folder, name)
    }

    private func open(_ part: String, in folder: OpenFile, creating: Bool) throws(Disk.Failure) -> OpenFile {
        for _ in 0..<20 where creating {
            do {
                return try folder.open(part, flags: O_DIRECTORY)
            } catch  where error.code == ENOENT {
                if mkdirat(folder.descriptor, part, 0o777) == 0 {
                    try folder.synchronize()
                } else if errno != EEXIST {
                    throw Disk.Failure("making the folder \(part)")
                }
            }
        }
        return try folder.open(part, flags: O_DIRECTORY)
    }

    private static func failure(of body: () throws(Disk.Failure) -> Void) -> Disk.Failure? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private static func meansMissing(_ failure: Disk.Failure) -> Bool {
        [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, ENXIO].contains(failure.code)
    }
}
