// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// How a renderer goes about segments: how many at once, and where they are kept.
struct Segmenting: Sendable {
    var workers: Int?
    var maxMemory: Int
    var store: (any SegmentStore)?
    var identity: MediaIdentity

    /// How many segments of a plan are encoded at once: as many as there are cores for their encoders, and memory.
    func workers(for plan: Plan) -> Int {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let wanted = workers ?? max(1, cores / plan.encoderThreads)
        return max(1, min(wanted, maxMemory / max(plan.segmentMemory, 1), plan.segmentFrames.count))
    }
}

extension Plan {
    /// Bytes that one segment takes while it is encoded, about: the pictures it shows, those in the making, the encoder's, and
    /// finished ones that wait until it is their turn.
    public var segmentMemory: Int {
        let canvas = size.width * size.height * 3 / 2
        var largest = 0
        for span in spans {
            let sources = Set(span.composition.draws.map(\.source) + span.composition.mapFiles)
            largest = max(largest, sources.reduce(0) { $0 + self.sources[$1].bytes })
        }
        // Two spans' pictures, since the next one's are loaded ahead; a photo of twelve megapixels in decoding; pictures in
        // composition; and what x264 holds at its usual settings, look-ahead and references, measured at 1080p.
        return 2 * largest + (24 << 20) + canvas * (6 + 22 + 6 * encoderThreads)
            + SegmentQueue.room
    }
}

/// Looks again at media that were looked at when a plan was made.
enum MediaCheck {
    /// Throws where a file is not what it was: what is kept from another render was made of it as it was.
    static func expectUnchanged(_ plan: Plan) throws(ComposeError) {
        for (source, path) in zip(plan.sources, plan.sourcePaths) {
            if case .still(let still) = source { try expect(still.src, still.fingerprint, path, plan) }
        }
        for sound in plan.audio.sounds { try expect(sound.src, sound.fingerprint, sound.path + ".src", plan) }
    }

    private static func expect(
        _ src: String, _ fingerprint: FileFingerprint, _ path: String, _ plan: Plan
    ) throws(ComposeError) {
        do throws(LibavError) { try OpenFile(plan.path(of: src)).expect(fingerprint) } catch {
            throw ComposeError(
                .unreadableMedia, path: path, "\(src) cannot be used: \(error.message)",
                operation: error.operation, libavMessage: error.log)
        }
    }
}
