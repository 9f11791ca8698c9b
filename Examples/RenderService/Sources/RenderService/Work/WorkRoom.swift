// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The folder in which a process has its work, which is removed with what is in it when the process ends, or after that.
///
/// Each is locked by whoever has it. A lock ends with its process, also where numbers of processes mean nothing, as in containers:
/// what can be locked is nobody's, and is removed by the next one that comes.
final class WorkRoom: Sendable {
    /// Where it is.
    let path: String
    private let lock: Int32

    /// Makes one, and removes those that are nobody's.
    ///
    /// Throws ``ConfigurationError`` where that cannot be done.
    init(in root: String) throws {
        // Between a folder's making and its locking it would seem to be nobody's.
        let all = try Self.locked(root + "/.lock", LOCK_EX)
        defer { close(all) }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] where !name.hasPrefix(".") {
            guard let one = try? Self.locked("\(root)/\(name)/.lock", LOCK_EX | LOCK_NB) else { continue }
            try? FileManager.default.removeItem(atPath: "\(root)/\(name)")
            close(one)
        }
        // libav and caches want a name that stays good wherever the process goes.
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
