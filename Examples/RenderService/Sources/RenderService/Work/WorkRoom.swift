// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The scratch folder of a process, which is removed when the process ends or by a later process.
///
/// Every folder is locked by its process. A lock ends with its process and, unlike a process ID, is also meaningful
/// between containers. A folder that can be locked is therefore abandoned, and the next process removes it.
final class WorkRoom: Sendable {
    /// The path of the folder.
    let path: String
    private let lock: Int32

    /// Creates a folder and removes abandoned ones.
    ///
    /// Throws ``ConfigurationError`` if that fails.
    init(in root: String) throws {
        // Without this lock, a new folder would look abandoned until it is locked.
        let all = try Self.locked(root + "/.lock", LOCK_EX)
        defer { close(all) }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] where !name.hasPrefix(".") {
            guard let one = try? Self.locked("\(root)/\(name)/.lock", LOCK_EX | LOCK_NB) else { continue }
            try? FileManager.default.removeItem(atPath: "\(root)/\(name)")
            close(one)
        }
        // libav and caches need a path that remains valid when the working directory changes.
        path = URL(fileURLWithPath: "\(root)/\(UUID().uuidString.lowercased())").standardizedFileURL.path
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw ConfigurationError("DATA_DIR", "\(path) cannot be made: \(error.localizedDescription)")
        }
        lock = try Self.locked(path + "/.lock", LOCK_EX)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        close(lock)
    }

    private static func locked(_ path: String, _ how: Int32) throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, how) == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw ConfigurationError("DATA_DIR", "\(path) cannot be locked: \(reason)")
        }
        return descriptor
    }
}
