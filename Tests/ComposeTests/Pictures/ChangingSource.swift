// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav

@testable import Compose

/// A source in the place of a picture, with another grey level every `period` frames.
struct ChangingSource: PictureSource {
    /// What was done with the readers of a source.
    final class Log: Sendable, Hashable {
        struct Entries {
            var openings = 0
            var open = 0
            var mostOpen = 0
            /// The frames that each reader was asked for.
            var asked: [[Int]] = []
        }
        let entries = Locked(Entries())
        /// The frame from which on readers wait, until it is raised.
        let blocked = Locked(Int.max)
        var all: Entries { entries.withLock { $0 } }
        static func == (a: Log, b: Log) -> Bool { a === b }
        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    }

    var width: Int
    var height: Int
    var hasAlpha = false
    var period = 1
    /// The frame whose picture cannot be made.
    var failing: Int?
    var log = Log()

    var isStill: Bool { false }
    func isSteady(over frames: Range<Int>) -> Bool {
        frames.isEmpty || step(frames.lowerBound) == step(frames.upperBound - 1)
    }
    private func step(_ frame: Int) -> Int { Int((Double(frame) / Double(period)).rounded(.down)) }

    /// The luma that the source shows at one of its frames.
    func luma(at frame: Int) -> Int { 30 + (step(frame) + 50) * 7 % 180 }

    var bytes: Int { width * height * (hasAlpha ? 5 : 3) / 2 }
    var json: [String: JSONValue] { ["kind": .string("test")] }
    var description: String { "test" }
    func mark(_ hash: inout StableHash) { hash.add(period) }
    func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(200)
        bytes.add(period)
    }

    func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
        let number = log.entries.withLock { entries in
            entries.openings += 1
            entries.open += 1
            entries.mostOpen = max(entries.mostOpen, entries.open)
            entries.asked.append([])
            return entries.openings - 1
        }
        return Reader(self, number)
    }

    private final class Reader: PictureReader {
        let source: ChangingSource
        let number: Int
        var last: (step: Int, frame: Frame)?

        init(_ source: ChangingSource, _ number: Int) {
            self.source = source
            self.number = number
        }

        deinit { source.log.entries.withLock { $0.open -= 1 } }

        func picture(at frame: Int) throws(LibavError) -> SourcePicture {
            source.log.entries.withLock { $0.asked[number].append(frame) }
            while source.log.blocked.withLock({ $0 }) <= frame { usleep(1000) }
            if frame == source.failing { throw LibavError.wrongTime("read test picture") }
            if let last, last.step == source.step(frame) { return .pixels(last.frame) }
            let picture = try FramePool(source.hasAlpha ? .alpha : .opaque, width: source.width, height: source.height)
                .frame()
            picture.fill(YUVColor(y: source.luma(at: frame), u: 128, v: 128))
            last = (source.step(frame), picture)
            return .pixels(picture)
        }
    }
}

extension Plan {
    /// Returns the plan with the picture file `src` replaced by another source.
    func replacing(_ src: String, start: Int = 0, by make: (StillSource) -> ChangingSource) -> Plan {
        let sources = sources.map { planned in
            guard let still = planned.source as? StillSource, still.src == src else { return planned }
            return PlannedSource(make(still), start: start)
        }
        return Plan(
            size: size, frameRate: frameRate, frameCount: frameCount, output: output, folder: folder, files: files,
            backgroundAlpha: backgroundAlpha, sources: sources, sourcePaths: sourcePaths,
            spans: spans.map(Passes(sources: sources).held),
            audio: audio, segmentFrames: segmentFrames, encoderThreads: encoderThreads, isEnd: isEnd, origin: nil)
    }

    /// Returns the plan cut into other segments.
    func cut(at frames: [Int]) -> Plan {
        let borders = [0] + frames + [frameCount]
        return Plan(
            size: size, frameRate: frameRate, frameCount: frameCount, output: output, folder: folder, files: files,
            backgroundAlpha: backgroundAlpha, sources: sources, sourcePaths: sourcePaths, spans: spans, audio: audio,
            segmentFrames: zip(borders, borders.dropFirst()).map { $0..<$1 }, encoderThreads: encoderThreads,
            isEnd: isEnd, origin: nil)
    }
}
