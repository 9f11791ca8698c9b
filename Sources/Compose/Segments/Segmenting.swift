// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A renderer's settings for segments: how many are encoded at once, and where they are stored.
struct Segmenting: Sendable {
    var workers: Int?
    var maxMemory: Int
    var store: (any SegmentStore)?
    var identity: MediaIdentity

    /// Returns the number of segments to encode at once, limited by cores and by memory.
    func workers(for plan: Plan) -> Int {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let wanted = workers ?? max(1, cores / plan.encoderThreads)
        return max(1, min(wanted, maxMemory / max(plan.segmentMemory, 1), plan.segmentFrames.count))
    }
}

extension Plan {
    /// The approximate memory for encoding one segment, in bytes.
    ///
    /// It covers the pictures the segment shows, those being composed, the encoder's own, and finished segments that
    /// wait for their turn.
    public var segmentMemory: Int {
        let canvas = size.width * size.height * 3 / 2
        var largest = 0
        for span in spans {
            let sources = Set(span.composition.draws.map(\.source) + span.composition.mapFiles)
            largest = max(largest, sources.reduce(0) { $0 + self.sources[$1].bytes })
        }
        // Two spans' pictures, because the next one's are loaded ahead; a twelve-megapixel photo being decoded;
        // pictures being composed; and x264's look-ahead and references at its usual settings, measured at 1080p.
        return 2 * largest + (24 << 20) + canvas * (6 + 22 + 6 * encoderThreads)
            + SegmentQueue.room
    }
}

/// A second check of the media that were examined for the plan.
enum MediaCheck {
    /// Throws if a file has changed, because reused results were made from its earlier contents.
    static func expectUnchanged(_ plan: Plan) throws(ComposeError) {
        for file in plan.files {
            let src = file.reference.src
            do throws(LibavError) { try OpenFile(plan.path(of: src)).expect(file.fingerprint) } catch {
                throw ComposeError(
                    .unreadableMedia, path: file.reference.path, "\(src) cannot be used: \(error.message)",
                    operation: error.operation, libavMessage: error.log)
            }
        }
    }
}
