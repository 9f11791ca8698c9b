// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A file, or a folder of files, that appears under its name only when it is whole: written beside it, flushed to the disk,
/// then renamed.
struct OutputFile {
    let target: String
    let temporary: String
    private let isFolder: Bool
    /// Held while it is written; the system lets go of it when this process ends, however it ends.
    private let lock: LockHolder

    /// Checks that the target can be written, before any work is done.
    init(_ target: String, isFolder: Bool = false) throws(ComposeError) {
        self.isFolder = isFolder
        lock = LockHolder()
        // Through a link, what it leads to is replaced, as any program that writes to it would.
        let url = URL(fileURLWithPath: target).resolvingSymlinksInPath()
        let folder = url.deletingLastPathComponent().path
        self.target = url.path
        temporary = folder + "/." + url.lastPathComponent + "." + UUID().uuidString.prefix(8) + ".part"
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

    /// What a folder of files may become: nothing that is there already is touched.
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
            throw ComposeError(.outputFailed, "\(target) is a file, and a folder is to be written; name another")
        default: break
        }
    }

    /// Makes the place to write to, and removes what renders to the same name left behind whose process was killed.
    func prepare() throws(ComposeError) {
        removeOrphans()
        // Another render to the same name may take it for an orphan before it is locked. Where nothing can be locked, as on some
        // network file systems, nobody removes anything.
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

    private func removeOrphans() {
        let url = URL(fileURLWithPath: target)
        let folder = url.deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(".\(url.lastPathComponent).") && name.hasSuffix(".part") {
            // What nobody holds has nobody who writes it.
            guard name.utf8.count == url.lastPathComponent.utf8.count + 15,
                let found = try? FileLock("\(folder)/\(name)")
            else { continue }
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            withExtendedLifetime(found) {}
        }
    }

    /// Throws if the target is one of the files the edit is made of.
    func protect(_ plan: Plan) throws(ComposeError) {
        for src in plan.files.map(\.reference.src)
        where URL(fileURLWithPath: plan.path(of: src)).resolvingSymlinksInPath().path == target {
            throw ComposeError(.outputFailed, "\(target) is a file the edit is made of (\(src)); write elsewhere")
        }
    }

    /// Puts the finished file in place and returns its size.
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

    /// Removes what has been written so far; ``prepare()`` makes the place again.
    func discard() {
        defer { lock.lock = nil }
        if isFolder {
            try? FileManager.default.removeItem(atPath: temporary)
        } else {
            try? FileSystem.remove(temporary)
        }
    }

    /// Keeps the lock where the file itself stays a value.
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
