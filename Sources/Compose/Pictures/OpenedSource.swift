// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A source's reader, from which several threads take the pictures of frames that are composed at once.
///
/// The reader is asked in order, and what other threads still need is remembered. Thread-safe.
final class OpenedSource: Sendable {
    let source: PlannedSource

    private struct Reading {
        let reader: any PictureReader
        /// The first frame that the reader was not asked for.
        var next: Int
        var recent: [(frame: Int, picture: SourcePicture)] = []

        @discardableResult
        mutating func read() throws(LibavError) -> SourcePicture {
            let picture = try reader.picture(at: next)
            recent.append((next, picture))
            next += 1
            return picture
        }
    }

    private let reading: Locked<Reading>

    init(_ reader: sending any PictureReader, of source: PlannedSource, at frame: Int) {
        self.source = source
        reading = Locked(Reading(reader: reader, next: frame))
    }

    /// The first of the source's frames that the reader was not asked for.
    var next: Int { reading.withLock { $0.next } }

    /// What is wrong with its file; `nil` if nothing is, as far as is known.
    var remark: SourceRemark? { reading.withLock { $0.reader.remark } }

    /// Returns the picture of one of the source's frames, none of which before `lowest` will be asked for any more.
    ///
    /// Blocks.
    func picture(at frame: Int, lowest: Int) throws(LibavError) -> SourcePicture {
        try reading.withLock { reading throws(LibavError) in
            if source.source.isStill { return try reading.reader.picture(at: 0) }
            reading.recent.removeAll { $0.frame < lowest }
            if let found = reading.recent.first(where: { $0.frame == frame }) { return found.picture }
            precondition(frame >= reading.next, "frame \(frame) of \(source) has passed")
            reading.next = max(reading.next, min(lowest, frame))
            while reading.next < frame { try reading.read() }
            return try reading.read()
        }
    }
}
