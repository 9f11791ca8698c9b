// SPDX-License-Identifier: Apache-2.0

/// Memory that C reads as long as this object exists.
@safe final class CMemory {
    private var blocks: [UnsafeMutableRawPointer]

    init() { unsafe blocks = [] }

    deinit { unsafe blocks.forEach { unsafe $0.deallocate() } }

    /// Returns a copy of values; `nil` if there are none.
    func array<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafePointer<Value>? {
        guard !values.isEmpty else { return nil }
        let copy = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
        unsafe copy.initialize(from: values, count: values.count)
        unsafe blocks.append(UnsafeMutableRawPointer(copy))
        return unsafe UnsafePointer(copy)
    }

    /// Returns a copy of a text, ended by NUL.
    func string(_ text: String) -> UnsafePointer<CChar>? { unsafe array(text.utf8.map { CChar(bitPattern: $0) } + [0]) }
}
