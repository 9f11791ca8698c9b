// SPDX-License-Identifier: Apache-2.0

/// Why something could not be done, in words for whoever asked for it.
public struct ComposeError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure this is.
    ///
    /// The set is open: match with `==`.
    public struct Code: Sendable, Hashable, RawRepresentable {
        /// A stable word for logs and services.
        public let rawValue: String
        /// A code with the given word.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The edit is wrong; `problems` says where.
        ///
        /// Trying again cannot help.
        public static let invalidEdit = Code(rawValue: "invalidEdit")
        /// A setting of the renderer is out of range.
        public static let invalidSettings = Code(rawValue: "invalidSettings")
        /// A media file could be opened but not decoded.
        public static let unreadableMedia = Code(rawValue: "unreadableMedia")
        /// No encoder that the edit allows can be opened here.
        public static let encoderUnavailable = Code(rawValue: "encoderUnavailable")
        /// The encoder or the composition failed while running.
        public static let renderFailed = Code(rawValue: "renderFailed")
        /// The output could not be written: no such folder, no permission, no space.
        public static let outputFailed = Code(rawValue: "outputFailed")
        /// The caller cancelled.
        public static let cancelled = Code(rawValue: "cancelled")
        /// The FFmpeg libraries in use are not those this program was built for.
        public static let incompatibleLibraries = Code(rawValue: "incompatibleLibraries")
    }

    /// What kind of failure this is.
    public let code: Code
    /// Every problem found, in the edit's order.
    ///
    /// Never empty.
    public let problems: [Problem]
    /// What was being done, in libav's own words where it was libav's doing.
    public let operation: String?
    /// The last line libav logged about it.
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

    /// A line for each problem, then libav's own last word where there is one.
    public var description: String {
        var lines = problems.map(\.description)
        if let libavMessage { lines.append("libav: \(libavMessage)") }
        return lines.joined(separator: "\n")
    }
}
