// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads how long an MP4 says it is.
///
/// ISO/IEC 14496-12: boxes of a 32-bit size and a type; `moov` holds `mvhd` with the time scale and the length.
enum MP4Duration {
    /// In seconds; `nil` where the file is no MP4.
    ///
    /// Blocks on the disk.
    static func seconds(at path: String) -> Double? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard let end = try? handle.seekToEnd() else { return nil }
        guard box(in: 0..<end, handle, named: "ftyp") != nil, let moov = box(in: 0..<end, handle, named: "moov"),
            let mvhd = box(in: moov, handle, named: "mvhd"),
            let head = read(handle, at: mvhd.lowerBound, count: 32), head.count == 32
        else { return nil }
        let isLong = head[0] == 1
        let scale = number(head[isLong ? 20..<24 : 12..<16])
        let length = number(head[isLong ? 24..<32 : 16..<20])
        return scale > 0 ? Double(length) / Double(scale) : nil
    }

    /// What is inside the first box of a name.
    private static func box(in range: Range<UInt64>, _ handle: FileHandle, named name: String) -> Range<UInt64>? {
        var position = range.lowerBound
        while position + 8 <= range.upperBound {
            guard let head = read(handle, at: position, count: 16), head.count >= 8 else { return nil }
            var size = number(head[0..<4])
            var start: UInt64 = 8
            if size == 1, head.count == 16 {
                size = number(head[8..<16])
                start = 16
            }
            if size == 0 { size = range.upperBound - position }
            guard size >= start, size <= range.upperBound - position else { return nil }
            if head[4..<8].elementsEqual(Array(name.utf8)) { return position + start..<position + size }
            position += size
        }
        return nil
    }

    private static func read(_ handle: FileHandle, at offset: UInt64, count: Int) -> [UInt8]? {
        guard (try? handle.seek(toOffset: offset)) != nil else { return nil }
        return (try? handle.read(upToCount: count)).flatMap { $0 }.map { Array($0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
