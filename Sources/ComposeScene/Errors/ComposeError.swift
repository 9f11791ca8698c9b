// SPDX-License-Identifier: Apache-2.0

/// An error with a message for the author of the edit.
///
/// A value type; safe to share between threads.
public struct ComposeError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    ///
    /// More codes may be added: compare with `==`. A value type; safe to share between threads.
    public struct Code: Sendable, Hashable, RawRepresentable {
        /// The code's stable name, for logs and services.
        public let rawValue: String
        /// Creates a code with the given name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The edit is invalid; `problems` lists where and why.
        ///
        /// Retrying cannot succeed.
        public static let invalidEdit = Code(rawValue: "invalidEdit")
        /// A caption file cannot be understood; the problem says in which line, and how to mend it.
        public static let invalidCaptions = Code(rawValue: "invalidCaptions")
        /// A setting of the renderer is out of range.
        public static let invalidSettings = Code(rawValue: "invalidSettings")
        /// A media file could be opened but not decoded.
        public static let unreadableMedia = Code(rawValue: "unreadableMedia")
        /// None of the encoders that the edit allows can be opened on this machine.
        public static let encoderUnavailable = Code(rawValue: "encoderUnavailable")
        /// The encoder or the composition failed during the render.
        public static let renderFailed = Code(rawValue: "renderFailed")
        /// The output could not be written: the folder is missing, permission was denied, or the disk is full.
        public static let outputFailed = Code(rawValue: "outputFailed")
        /// The caller cancelled the operation.
        public static let cancelled = Code(rawValue: "cancelled")
        /// The FFmpeg libraries in use are not the ones this program was built for.
        public static let incompatibleLibraries = Code(rawValue: "incompatibleLibraries")
    }

    /// The kind of failure.
    public let code: Code
    /// Every problem found, in document order; never empty.
    public let problems: [Problem]
    /// The operation that failed; libav's name for it if libav failed.
    public let operation: String?
    /// The last line that libav logged about the failure.
    public let libavMessage: String?

    package init(_ code: Code, problems: [Problem], operation: String? = nil, libavMessage: String? = nil) {
        self.code = code
        self.problems = problems
        self.operation = operation
        self.libavMessage = libavMessage
    }

    package init(
        _ code: Code, path: String = "", _ message: String, operation: String? = nil, libavMessage: String? = nil
    ) {
        self.init(
            code, problems: [Problem(path: path, message: message)], operation: operation, libavMessage: libavMessage)
    }

    /// The problems, one a line, followed by libav's last message if there is one.
    public var description: String {
        var lines = problems.map(\.description)
        if let libavMessage { lines.append("libav: \(libavMessage)") }
        return lines.joined(separator: "\n")
    }
}
