// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// An error from libav, zimg or the operating system, with its own message.
package struct LibavError: Error, Sendable, CustomStringConvertible {
    /// The operation that failed, such as `decode picture`.
    package let operation: String
    /// The negative AVERROR code.
    package let status: Int32
    /// A description of the status.
    package let message: String
    /// The last warning or error logged on this thread during the operation; `nil` if there was none.
    package let log: String?
    /// All warnings and errors logged on this thread during the operation.
    package let warnings: [String]
    /// The error that it only passes on; `nil` if it is one of its own.
    package private(set) var cause: (any Error)?

    package var description: String { "\(operation): \(message)" + (log.map { " (\($0))" } ?? "") }

    /// Whether the file system is full or a quota is reached.
    package var isNoSpace: Bool { cfs_error_is_no_space(status) != 0 }
    /// Whether there was too little memory.
    package var isOutOfMemory: Bool { status == -12 }
    /// Whether there was too little memory for something that needs up to `bytes`.
    ///
    /// x264 logs why it fails, except that it has too little memory: then the address space has no room.
    package func isOutOfMemory(needing bytes: Int) -> Bool {
        isOutOfMemory || (log == nil && !ProcessUsage.hasRoom(for: bytes))
    }
    /// Whether the file does not exist.
    package var isMissing: Bool { cfs_error_is_missing(status) != 0 }
    /// Whether it says nothing of the file's kind: there was too little memory, or the process that decodes was lost.
    package var isOfMachine: Bool {
        isOutOfMemory || status == Int32(CFS_DECODER_DIED) || status == Int32(CFS_DECODER_SLOW)
    }
    /// Whether the file has no stream of the wanted kind, or none that can be decoded.
    package var isMissingStream: Bool { cfs_error_is_missing_stream(status) != 0 }
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

    /// Creates an error that no library has words for.
    package init(_ operation: String, message: String) {
        (self.operation, self.status, self.message, self.log, self.warnings) = (operation, -22, message, nil, [])
    }

    /// Creates an error that passes another one on.
    package init(_ operation: String, message: String, cause: any Error) {
        self.init(operation, message: message)
        self.cause = cause
    }

    /// Returns the error of an encoder that gave a picture a time that none of its input has.
    package static func wrongTime(_ operation: String) -> LibavError { LibavError(operation, status: -22) }

    static func outOfMemory(_ operation: String) -> LibavError { LibavError(operation, status: -12) }
}

/// Returns the text before the terminating 0.
func string(of characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Runs a call after clearing the thread's log, and throws if its status is negative.
///
/// All negative statuses are interpreted here.
@discardableResult
func check(_ operation: String, _ body: () -> Int32) throws(LibavError) -> Int32 {
    cfs_log_begin()
    defer { cfs_log_end() }
    let status = body()
    guard status >= 0 else { throw LibavError(operation, status: status) }
    return status
}
