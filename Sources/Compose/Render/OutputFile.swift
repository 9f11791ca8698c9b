// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A file that appears under its name only when it is whole: written beside it, flushed to the disk, then renamed.
struct OutputFile {
    let target: String
    let temporary: String

    /// Checks that the target can be written, before any work is done.
    init(_ target: String) throws(ComposeError) {
        // Through a link, what it leads to is replaced, as any program that writes to it would.
        let url = URL(fileURLWithPath: target).resolvingSymlinksInPath()
        let folder = url.deletingLastPathComponent().path
        self.target = url.path
        temporary = folder + "/." + url.lastPathComponent + "." + UUID().uuidString.prefix(8) + ".part"
        guard !target.isEmpty, !target.hasSuffix("/") else {
            throw ComposeError(
                .outputFailed, target.isEmpty ? "the output path is empty" : "\(target) is a folder; name a file in it")
        }
        if PathKind(self.target) == .folder {
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

    /// Refuses a target that is one of the files the edit is made of.
    func protect(_ plan: Plan) throws(ComposeError) {
        let media = plan.sources.compactMap { source -> String? in
            if case .still(let still) = source { still.src } else { nil }
        }
        for src in media + plan.audio.sounds.map(\.src)
        where URL(fileURLWithPath: plan.path(of: src)).resolvingSymlinksInPath().path == target {
            throw ComposeError(.outputFailed, "\(target) is a file the edit is made of (\(src)); write elsewhere")
        }
    }

    /// Puts the finished file in place and returns its size.
    func commit() throws(ComposeError) -> Int {
        do throws(LibavError) {
            try FileSystem.synchronize(temporary)
            try FileSystem.rename(temporary, to: target)
            try FileSystem.synchronize(URL(fileURLWithPath: target).deletingLastPathComponent().path)
        } catch {
            throw failure(error)
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        return (attributes?[.size] as? Int) ?? 0
    }

    /// Removes what has been written so far.
    func discard() { try? FileSystem.remove(temporary) }

    func failure(_ error: LibavError) -> ComposeError {
        ComposeError(
            .outputFailed,
            error.isNoSpace
                ? "no space is left for \(target); free some, or write elsewhere"
                : "\(target) cannot be written: \(error.message)",
            operation: error.operation, libavMessage: error.log)
    }
}
