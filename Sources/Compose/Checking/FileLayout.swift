// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The boxes of an MP4 or MOV file (ISO 14496-12): what comes first, whether all of it is there, and its edit lists.
struct FileLayout {
    /// Whether the index comes before the pictures and sounds, or is spread among them.
    private(set) var isFastStart = true
    private(set) var editLists = MediaReport.EditLists.absent
    /// Whether it is QuickTime's own form, and not MP4.
    private(set) var isQuickTime = false
    /// The bytes that the file says it has; more than it has if it was cut short.
    private(set) var statedSize = 0
    /// The duration in the header, in seconds; `nil` if it says none, as before fragments.
    ///
    /// From FFmpeg 7 on, libavformat tells that of the streams instead.
    private(set) var statedDuration: Double?

    /// The most boxes that are looked at; a file of fragments has two for each.
    private static let most = 500_000
    /// The boxes that may begin such a file.
    private static let first: Set<String> = [
        "ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp", "sidx", "moof",
    ]

    private struct Box {
        let type: String
        let body: Range<Int>
        /// The end that it states, which may lie behind the file's.
        let statedEnd: Int
    }

    /// Creates the layout of a file; `nil` if it is of another format.
    ///
    /// Blocks on the disk.
    init?(_ file: FileBlocks) {
        guard let type = Self.box(file, at: 0, end: file.count)?.type, Self.first.contains(type) else { return nil }
        // Files without a brand are older than MP4.
        let brand = type == "ftyp" && file.count >= 12 ? Self.number(file, at: 8, bytes: 4) : nil
        isQuickTime = type != "ftyp" && type != "styp" || brand == 0x7174_2020
        var (position, index, data) = (0, Int?.none, Int?.none)
        for _ in 0..<Self.most {
            guard let box = Self.box(file, at: position, end: file.count) else { break }
            if box.type == "moov", index == nil {
                index = position
                readMovie(file, box.body)
            }
            if box.type == "mdat", data == nil, box.statedEnd - position > 16 { data = position }
            statedSize = max(statedSize, box.statedEnd)
            position = box.body.upperBound
        }
        if let index, let data { isFastStart = index < data }
    }

    /// Returns the box that begins at a position, as far as it lies before `end`; `nil` if there is none.
    private static func box(_ file: FileBlocks, at position: Int, end: Int) -> Box? {
        guard end - position >= 8, let size = number(file, at: position, bytes: 4) else { return nil }
        var letters: [UInt8] = []
        for index in position + 4..<position + 8 {
            guard let letter = file[index] else { return nil }
            letters.append(letter)
        }
        var (header, length) = (8, size)
        if size == 1 {
            guard end - position >= 16, let large = number(file, at: position + 8, bytes: 8) else { return nil }
            (header, length) = (16, large)
        } else if size == 0 {
            length = end - position  // the last box of a file may leave its size open
        }
        guard length >= header, length <= 1 << 53 else { return nil }
        let body = position + header..<min(end, position + length)
        guard body.lowerBound <= body.upperBound else { return nil }
        return Box(type: String(decoding: letters, as: UTF8.self), body: body, statedEnd: position + length)
    }

    private static func number(_ file: FileBlocks, at position: Int, bytes: Int) -> Int? {
        var value: UInt64 = 0
        for index in position..<position + bytes {
            guard let byte = file[index] else { return nil }
            value = value << 8 | UInt64(byte)
        }
        return Int(exactly: value)
    }

    /// Calls `body` with the boxes in a range.
    private static func forEachBox(_ file: FileBlocks, in range: Range<Int>, _ body: (Box) -> Void) {
        var position = range.lowerBound
        for _ in 0..<1000 {
            guard let box = Self.box(file, at: position, end: range.upperBound), box.body.upperBound > position else {
                return
            }
            body(box)
            position = box.body.upperBound
        }
    }

    private mutating func readMovie(_ file: FileBlocks, _ movie: Range<Int>) {
        var found = editLists
        var duration: Double?
        Self.forEachBox(file, in: movie) { track in
            if track.type == "mvhd" { duration = Self.duration(file, track.body) }
            guard track.type == "trak" else { return }
            Self.forEachBox(file, in: track.body) { edits in
                guard edits.type == "edts" else { return }
                Self.forEachBox(file, in: edits.body) { list in
                    guard list.type == "elst", let kind = Self.kind(file, list.body) else { return }
                    if kind == .cuts || found == .absent { found = kind }
                }
            }
        }
        editLists = found
        statedDuration = duration
    }

    /// Returns the duration in a movie's header (8.2.2), in seconds.
    private static func duration(_ file: FileBlocks, _ header: Range<Int>) -> Double? {
        let size = file[header.lowerBound] == 1 ? 8 : 4
        guard header.count >= 8 + 3 * size, let unit = number(file, at: header.lowerBound + 4 + 2 * size, bytes: 4),
            let units = number(file, at: header.lowerBound + 8 + 2 * size, bytes: size),
            unit > 0, units > 0, size == 8 || units < 0xFFFF_FFFF
        else { return nil }
        return Double(units) / Double(unit)
    }

    /// Returns what an edit list does (8.6.6): one entry at normal speed only leaves out the start.
    private static func kind(_ file: FileBlocks, _ list: Range<Int>) -> MediaReport.EditLists? {
        guard list.count >= 8, let version = file[list.lowerBound],
            let count = number(file, at: list.lowerBound + 4, bytes: 4)
        else { return nil }
        let size = version == 1 ? 8 : 4
        guard count > 0, list.count >= 8 + 2 * size + 4 else { return MediaReport.EditLists.absent }
        // −1 is an empty edit: the track begins later.
        let start = number(file, at: list.lowerBound + 8 + size, bytes: size)
        let isEmpty = start == nil || (size == 4 && start == 0xFFFF_FFFF)
        let rate = number(file, at: list.lowerBound + 8 + 2 * size, bytes: 4)
        if count > 1 || isEmpty || rate != 0x10000 { return .cuts }
        return start == 0 ? MediaReport.EditLists.absent : .start
    }
}
