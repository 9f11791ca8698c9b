// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The decoders of a render, which are handed on from a clip to the next clip of the same file.
///
/// Between two clips a few stay open; of those of a file, the one that has come closest to the wanted picture is taken, because
/// it is often nearer than the next key picture. Thread-safe.
package final class VideoDecoders: Sendable {
    private struct Idle {
        let file: VideoFile
        let fingerprint: FileFingerprint
        /// The time that it has come to, in the file's unit.
        let position: Int
    }

    private struct State {
        /// The decoders nobody uses, the latest last.
        var idle: [Idle] = []
        /// The number of decoders in use, by file.
        var used: [FileFingerprint: Int] = [:]
    }

    private let state = Locked(State())
    private let isIsolated: Bool
    /// The most decoders that stay open without being used.
    private static let most = 4

    init(_ decoding: MediaDecoding = .inProcess) { isIsolated = decoding == .isolated }

    /// Opens a decoder ahead of need, unless one of the file is open, which may be handed on.
    ///
    /// Blocks on the disk.
    func prepare(_ path: String, _ fingerprint: FileFingerprint) throws(LibavError) {
        let isOpen = state.withLock { state in
            state.used[fingerprint] != nil || state.idle.contains { $0.fingerprint == fingerprint }
        }
        if !isOpen { keep(Idle(file: try open(path, fingerprint), fingerprint: fingerprint, position: 0)) }
    }

    /// Returns a decoder of a file that will find the picture at a time first.
    ///
    /// Blocks on the disk if one has to be opened.
    func take(_ path: String, _ fingerprint: FileFingerprint, for time: Int) throws(LibavError) -> VideoFile {
        let found: VideoFile? = state.withLock { state in
            state.used[fingerprint, default: 0] += 1
            let ours = state.idle.indices.filter { state.idle[$0].fingerprint == fingerprint }
            let best = ours.max { first, second in
                let (a, b) = (state.idle[first].position, state.idle[second].position)
                return (a <= time ? 1 : 0, a) < (b <= time ? 1 : 0, b)
            }
            return best.map { state.idle.remove(at: $0).file }
        }
        if let found { return found }
        do throws(LibavError) { return try open(path, fingerprint) } catch {
            release(fingerprint)
            throw error
        }
    }

    /// Gives back a decoder, which has come to a time.
    func give(_ file: VideoFile, _ fingerprint: FileFingerprint, at position: Int) {
        release(fingerprint)
        keep(Idle(file: file, fingerprint: fingerprint, position: position))
    }

    /// The number of decoders that are open.
    var count: Int { state.withLock { $0.idle.count + $0.used.values.reduce(0, +) } }

    private func release(_ fingerprint: FileFingerprint) {
        state.withLock { state in
            let users = (state.used[fingerprint] ?? 1) - 1
            state.used[fingerprint] = users > 0 ? users : nil
        }
    }

    private func keep(_ idle: Idle) {
        state.withLock { state in
            state.idle.append(idle)
            if state.idle.count > Self.most { state.idle.removeFirst() }
        }
    }

    private func open(_ path: String, _ fingerprint: FileFingerprint) throws(LibavError) -> VideoFile {
        let file = try OpenFile(path)
        try file.expect(fingerprint)
        return try VideoFile(file, maxPixels: MediaLimits.pixels, isolated: isIsolated)
    }
}
