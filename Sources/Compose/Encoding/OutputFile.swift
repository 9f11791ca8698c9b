// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// An output file, or a folder of files, that appears under its name only when it is complete.
///
/// It is written under a temporary name in the same folder, flushed to the disk and then renamed.
struct OutputFile {
    let target: String
    let temporary: String
    private let isFolder: Bool
    /// The lock held during writing; the system releases it whenever the process ends.
    private let lock: LockHolder

    /// Creates an output file; throws if the target cannot be written.
    init(_ target: String, isFolder: Bool = false) throws(ComposeError) {
        self.isFolder = isFolder
        lock = LockHolder()
        // A link's target is replaced, not the link, as with any program that writes to a link.
        let url = URL(fileURLWithPath: target).resolvingSymlinksInPath()
        let folder = url.deletingLastPathComponent().path
        self.target = url.path
        temporary = folder + "/." + Self.stem(of: url.lastPathComponent) + "." + UUID().uuidString.prefix(8) + ".part"
        guard !target.isEmpty else { throw ComposeError(.outputFailed, "the output path is empty") }
        if isFolder {
            try Self.check(folder: target, at: self.target)
        } else if target.hasSuffix("/") || PathKind(self.target) == .folder {
            throw ComposeError(.outputFailed, "\(target) is a folder; name a file in it")
        }
        if PathKind(self.target) == .special {
            throw ComposeError(.outputFailed, "\(target) is a device, a FIFO or a socket; name a file")
        }
        guard PathKind(folder) == .folder else {
            throw ComposeError(.outputFailed, "the folder \(folder) does not exist; create it first")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw ComposeError(.outputFailed, "the folder \(folder) cannot be written to; check its permissions")
        }
    }

    /// Throws if `target` cannot become a folder of files: existing content is never changed.
    private static func check(folder target: String, at path: String) throws(ComposeError) {
        let ending = target.split(separator: "/").last?.split(separator: ".").dropFirst().last?.lowercased()
        if let ending, ["m3u8", "png", "jpg", "jpeg", "tif", "tiff", "mp4"].contains(ending) {
            throw ComposeError(.outputFailed, "\(target) will be a folder of files; give it a name without .\(ending)")
        }
        switch PathKind(path) {
        case .folder:
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? ["?"]
            guard names.isEmpty else {
                throw ComposeError(
                    .outputFailed, "\(target) is a folder with files in it; remove them, or name another folder")
            }
        case .regular:
            throw ComposeError(.outputFailed, "\(target) is a file, but this format writes a folder; use another name")
        default: break
        }
    }

    /// Creates the temporary file or folder, and removes those of killed renders to the same name.
    func prepare() throws(ComposeError) {
        removeOrphans()
        // Another render to the same name may remove it as an orphan before it is locked. Where locks are unavailable,
        // as on some network file systems, nothing is removed.
        for _ in 0..<3 where lock.lock == nil {
            if isFolder {
                do {
                    try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
                } catch {
                    throw ComposeError(
                        .outputFailed, "the folder \(temporary) cannot be made: \(error.localizedDescription)")
                }
            }
            lock.lock = try? FileLock(temporary, create: !isFolder)
        }
    }

    /// Returns the part of a temporary name that the target's name determines: as much of it as leaves room for the rest.
    private static func stem(of name: String) -> String {
        let most = 255 - 15
        guard name.utf8.count > most else { return name }
        var hash = StableHash()
        hash.add(name)
        let mark = String(hash.value, radix: 36)
        var start = ""
        for character in name {
            if start.utf8.count + String(character).utf8.count + 1 + mark.utf8.count > most { break }
            start.append(character)
        }
        return start + "~" + mark
    }

    private func removeOrphans() {
        let url = URL(fileURLWithPath: target)
        let folder = url.deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let stem = Self.stem(of: url.lastPathComponent)
        for name in names where name.hasPrefix(".\(stem).") && name.hasSuffix(".part") {
            // A file that nobody has locked is not being written.
            guard name.utf8.count == stem.utf8.count + 15,
                let found = try? FileLock("\(folder)/\(name)")
            else { continue }
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            withExtendedLifetime(found) {}
        }
    }

    /// Throws if the target is one of the edit's own media files.
    func protect(_ plan: Plan) throws(ComposeError) {
        for src in plan.files.map(\.reference.src)
        where URL(fileURLWithPath: plan.path(of: src)).resolvingSymlinksInPath().path == target {
            throw ComposeError(.outputFailed, "\(target) is a file that the edit uses (\(src)); write elsewhere")
        }
    }

    /// Renames the complete file to its target and returns its size in bytes.
    func commit() throws(ComposeError) -> Int {
        let files = isFolder ? (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? [] : []
        do throws(LibavError) {
            for name in files { try FileSystem.synchronize(temporary + "/" + name) }
            try FileSystem.synchronize(temporary)
            try FileSystem.rename(temporary, to: target)
            try FileSystem.synchronize(URL(fileURLWithPath: target).deletingLastPathComponent().path)
        } catch {
            throw failure(error)
        }
        func size(_ path: String) -> Int {
            ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int) ?? 0
        }
        return isFolder ? files.reduce(0) { $0 + size(target + "/" + $1) } : size(target)
    }

    /// Removes the temporary file or folder; ``prepare()`` creates it again.
    func discard() {
        defer { lock.lock = nil }
        if isFolder {
            try? FileManager.default.removeItem(atPath: temporary)
        } else {
            try? FileSystem.remove(temporary)
        }
    }

    /// A mutable reference to the lock, so that the output file can stay a value.
    private final class LockHolder {
        var lock: FileLock?
    }

    func failure(_ error: LibavError) -> ComposeError {
        ComposeError(
            .outputFailed,
            error.isNoSpace
                ? "no space is left for \(target); free some, or write elsewhere"
                : "\(target) cannot be written: \(error.message)",
            operation: error.operation, libavMessage: error.log)
    }
}
