// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The file operations of ``FolderStore``, all of which block.
///
/// Each folder is opened relative to the descriptor of its parent, without following symbolic links. No key can
/// therefore lead outside the root, even while another process moves folders.
extension FolderStore {
    /// The name of the folder for unfinished files, under the root.
    static let partialName = ".partial"

    /// The result of linking to an object's file.
    enum LinkResult: Sendable {
        case linked(ObjectInfo)
        case noSuchObject
        /// The path is on another volume, or the file has too many links.
        case notPossible
    }

    /// Throws if a key is invalid in this store.
    static func check(_ key: String) throws(StorageError) {
        try ObjectKey.check(key)
        if key.utf8.starts(with: partialName.utf8), key.utf8.dropFirst(partialName.utf8.count).first ?? 0x2F == 0x2F {
            throw StorageError.invalidKey(key)
        }
    }

    /// Opens an object's file, or returns `nil` if it does not exist.
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

    /// Moves a completely written file to the path of a key.
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
                // Another process removed the last other object in the folder, and thereby the folder.
                continue
            case EISDIR, ENOTEMPTY, EEXIST:
                // A killed process may have left an empty folder.
                if attempts < 20, unlinkat(folder.descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT { continue }
                throw StorageError.refused("there are objects below \"\(key)/\", so it cannot be one itself")
            case ENAMETOOLONG:
                throw StorageError.refused("a part of \"\(key)\" is longer than the file system takes")
            default:
                throw failure
            }
        }
    }

    /// Removes an object's file and the folders that become empty.
    func unlink(_ key: String) throws {
        guard let (folder, name) = try folder(of: key, creating: false) else { return }
        guard unlinkat(folder.descriptor, name, 0) == 0 else {
            // For a folder, the error is EISDIR on Linux and EPERM elsewhere.
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

    /// Adds the keys in a folder in byte order; the path of the folder is empty or ends with a slash.
    func collect(
        _ keys: inout [String], in folder: OpenFile, path: String, prefix: String, limit: Int
    ) throws(Disk.Failure) {
        // The keys of a folder all start with its name and a slash, which determines their order among the files.
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

    /// Creates a hard link to an object's file.
    func hardLink(_ key: String, at path: String) throws -> LinkResult {
        guard try open(key) != nil, let (folder, name) = try folder(of: key, creating: false) else {
            return .noSuchObject
        }
        do throws(Disk.Failure) {
            try Disk.link(name, in: folder.descriptor, at: path)
            // The linked file is examined, because the key may lead to another file by now.
            let file = try OpenFile(path: path)
            guard try file.status().isFile else { return .notPossible }
            return .linked(try ObjectAttributes.read(from: file, key: key))
        } catch  where error.asksForCopy {
            return .notPossible
        }
    }

    /// Returns the folder of a key's file and the file's name in it, or `nil` if the folder does not exist.
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
