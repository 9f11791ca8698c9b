// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A file's bytes, of which only those blocks are read that are asked for.
///
/// May be used by one thread at a time.
final class FileBlocks {
    /// The number of bytes in the file.
    let count: Int
    /// The first error of reading, after which bytes are missing.
    private(set) var failure: LibavError?
    /// The number of bytes read so far.
    private(set) var bytesRead = 0

    private let blockSize: Int
    private let read: (_ offset: Int, _ count: Int) throws(LibavError) -> [UInt8]
    /// The last few blocks, the one used last at the end: headers refer back and forth.
    private var blocks: [(number: Int, bytes: [UInt8])] = []

    /// Creates the blocks of bytes in memory.
    init(_ bytes: [UInt8]) {
        count = bytes.count
        blockSize = max(bytes.count, 1)
        read = { _, _ in bytes }
    }

    /// Creates the blocks of a file; accesses block on the disk.
    init(_ file: OpenFile, blockSize: Int = 16 << 10) {
        count = Int(file.fingerprint.size)
        self.blockSize = blockSize
        read = { offset, count throws(LibavError) in try file.bytes(from: offset, count: count) }
    }

    /// The byte at an index, which is in the file; `nil` if it cannot be read.
    subscript(index: Int) -> UInt8? {
        let (number, offset) = index.quotientAndRemainder(dividingBy: blockSize)
        if let last = blocks.last, last.number == number { return offset < last.bytes.count ? last.bytes[offset] : nil }
        let bytes = block(number)
        return offset < bytes.count ? bytes[offset] : nil
    }

    /// Returns all bytes of the file; fewer if it cannot be read.
    func all() -> [UInt8] {
        do throws(LibavError) {
            let bytes = try read(0, count)
            bytesRead += bytes.count
            return bytes
        } catch {
            failure = failure ?? error
            return []
        }
    }

    private func block(_ number: Int) -> [UInt8] {
        if let index = blocks.firstIndex(where: { $0.number == number }) {
            blocks.append(blocks.remove(at: index))
        } else {
            let offset = number * blockSize
            var bytes: [UInt8] = []
            do throws(LibavError) { bytes = try read(offset, min(blockSize, count - offset)) } catch {
                failure = failure ?? error
            }
            bytesRead += bytes.count
            if blocks.count == 8 { blocks.removeFirst() }
            blocks.append((number, bytes))
        }
        return blocks[blocks.count - 1].bytes
    }
}
