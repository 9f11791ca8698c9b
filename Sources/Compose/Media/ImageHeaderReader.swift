// SPDX-License-Identifier: Apache-2.0

extension ImageHeader {
    /// The byte order of a number.
    enum ByteOrder {
        /// Least significant byte first.
        case little
        /// Most significant byte first.
        case big
    }

    /// A window on the file whose accesses are all checked: outside it they return `nil`.
    ///
    /// Offsets count from the window's start and may be any `Int`. Windows share the file's blocks.
    struct Reader {
        private let file: FileBlocks
        private let range: Range<Int>

        /// Creates a window on a whole file.
        init(_ file: FileBlocks) {
            self.file = file
            range = 0..<file.count
        }

        private init(_ file: FileBlocks, _ range: Range<Int>) {
            self.file = file
            self.range = range
        }

        /// The number of bytes in the window.
        var count: Int { range.count }

        /// The byte at `offset`.
        subscript(offset: Int) -> UInt8? {
            guard offset >= 0, offset < range.count else { return nil }
            return file[range.lowerBound + offset]
        }

        /// Returns the two bytes at `offset` as a number.
        func uint16(at offset: Int, _ order: ByteOrder) -> Int? {
            guard let first = self[offset].map(Int.init), let second = self[offset + 1].map(Int.init) else {
                return nil
            }
            return order == .big ? first << 8 | second : second << 8 | first
        }

        /// Returns the four bytes at `offset` as a number.
        func uint32(at offset: Int, _ order: ByteOrder) -> Int? {
            guard contains(4, at: offset), let first = uint16(at: offset, order),
                let second = uint16(at: offset + 2, order)
            else { return nil }
            return order == .big ? first << 16 | second : second << 16 | first
        }

        /// Returns the four bytes at `offset` as a signed number.
        func int32(at offset: Int, _ order: ByteOrder) -> Int? {
            uint32(at: offset, order).map { Int(Int32(truncatingIfNeeded: $0)) }
        }

        /// Returns whether the window holds `length` bytes at `offset`.
        func contains(_ length: Int, at offset: Int) -> Bool {
            offset >= 0 && length >= 0 && offset <= count && length <= count - offset
        }

        /// Returns whether `text` is at `offset`.
        func has(_ text: String, at offset: Int) -> Bool {
            contains(text.utf8.count, at: offset)
                && text.utf8.enumerated().allSatisfy { self[offset + $0.offset] == $0.element }
        }

        /// Returns whether the window begins with `prefix`.
        func starts(with prefix: [UInt8]) -> Bool {
            contains(prefix.count, at: 0) && prefix.indices.allSatisfy { self[$0] == prefix[$0] }
        }

        /// Returns the part of the window that begins at `offset` and has up to `length` bytes.
        func window(at offset: Int, length: Int = .max) -> Reader {
            let start = min(max(offset, 0), count)
            let length = min(max(length, 0), count - start)
            let lower = range.lowerBound + start
            return Reader(file, lower..<lower + length)
        }

        /// All bytes of the file, whatever the window.
        var wholeFile: [UInt8] { file.all() }

        /// The bytes of the window.
        var content: [UInt8] { range.compactMap { file[$0] } }

        /// Returns whether the pair `first`, `second` occurs at or after `offset`, searching from the end.
        func containsPair(_ first: UInt8, _ second: UInt8, after offset: Int) -> Bool {
            // Only here may a whole file be read, and only if it is damaged.
            var index = count - 1
            while index > max(offset, 0) {
                if self[index] == second, self[index - 1] == first { return true }
                index -= 1
            }
            return false
        }
    }
}
