// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// What libav, zimg or the operating system refused, in their own words.
package struct LibavError: Error, Sendable, CustomStringConvertible {
    /// Our name for what was tried: `decode picture`.
    package let operation: String
    /// The negative AVERROR.
    package let status: Int32
    /// The status in words.
    package let message: String
    /// The last warning or error logged on this thread while trying; `nil` if there was none.
    package let log: String?
    /// Every warning and error logged on this thread while trying.
    package let warnings: [String]

    package var description: String { "\(operation): \(message)" + (log.map { " (\($0))" } ?? "") }

    /// Whether the file system is full or a quota is reached.
    package var isNoSpace: Bool { cfs_error_is_no_space(status) != 0 }
    /// Whether there is no such file.
    package var isMissing: Bool { cfs_error_is_missing(status) != 0 }
    /// Whether the path is something other than a regular file.
    package var isNotRegular: Bool { status == Int32(CFS_NOT_REGULAR) }

    package init(_ operation: String, status: Int32) {
        self.operation = operation
        self.status = status
        var text = [CChar](repeating: 0, count: 256)
        unsafe text.withUnsafeMutableBufferPointer { buffer in
            unsafe cfs_error_text(status, buffer.baseAddress, buffer.count)
        }
        self.message = string(of: text)
        let line = unsafe String(cString: cfs_log_last())
        self.log = line.isEmpty ? nil : line
        self.warnings = Library.warnings
    }

    /// An encoder gave a picture a time that none it was fed has.
    package static func wrongTime(_ operation: String) -> LibavError { LibavError(operation, status: -22) }

    static func outOfMemory(_ operation: String) -> LibavError { LibavError(operation, status: -12) }
}

/// The text before the final 0.
func string(of characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The one reader of negative statuses: runs a call with a clean log slot and throws what it refused.
@discardableResult
func check(_ operation: String, _ body: () -> Int32) throws(LibavError) -> Int32 {
    cfs_log_forget()
    let status = body()
    guard status >= 0 else { throw LibavError(operation, status: status) }
    return status
}
