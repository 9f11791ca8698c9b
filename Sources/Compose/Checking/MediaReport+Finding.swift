// SPDX-License-Identifier: Apache-2.0

extension MediaReport {
    /// How much a finding matters.
    public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        /// It may be meant, and is said so that nobody is surprised.
        case note
        /// It is hardly meant.
        case warning
        /// The file is damaged, or a platform refuses it.
        case error

        /// Compares by importance: a note is less than a warning, and that less than an error.
        public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
        private var rank: Int { self == .note ? 0 : self == .warning ? 1 : 2 }
    }

    /// Something that is wrong with a file, or may be.
    public struct Finding: Sendable, Hashable, Codable, CustomStringConvertible {
        /// What is wrong.
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// Pictures or samples are missing, or the file is cut short.
            case damage
            /// The container, its streams and what is in them state different durations.
            case duration
            /// Sound begins earlier or later than the pictures.
            case offset
            /// Sound ends earlier or later than the pictures.
            case ends
            /// The times of the sound run faster or slower than its samples.
            case drift
            /// Times jump, so that something is missing, or is there twice.
            case timestamps
            /// A step in the sound, as where two pieces were joined that do not fit.
            case seam
            /// There is no sound for two seconds or more.
            case silence
            /// Samples are cut off at full scale.
            case clipping
            /// Between samples, the sound exceeds full scale.
            case truePeak
            /// The picture is black for a second or more.
            case black
            /// The picture stands still for two seconds or more.
            case frozen
            /// Pictures repeat the one before while the picture moves.
            case repeated
            /// The size or the form of the pictures changes.
            case sizeChange
            /// Players must have all of the file before they can begin.
            case fastStart
            /// An edit list delays, cuts or rearranges.
            case editList
            /// Tags of colour are missing, or do not fit together.
            case colorTags
            /// The tag by which pictures are turned is one that players do not follow, or not all.
            case rotation
            /// Two fields make a picture.
            case interlaced
            /// The pixels are not square.
            case pixelShape
            /// A platform refuses it, or asks for something else.
            case platform
        }

        /// What is wrong.
        public var kind: Kind
        /// How much it matters.
        public var severity: Severity
        /// When it is seen or heard, in seconds; `nil` for the whole file.
        public var start: Double?
        /// When it ends, in seconds; `nil` for the whole file and for a moment.
        public var end: Double?
        /// What is wrong in words, and how to mend it.
        public var message: String
        /// The page that states a platform's limit.
        public var source: String?

        /// Creates a finding.
        init(
            _ kind: Kind, _ severity: Severity, at start: Double? = nil, to end: Double? = nil, _ message: String,
            source: String? = nil
        ) {
            (self.kind, self.severity, self.start, self.end) = (kind, severity, start, end)
            (self.message, self.source) = (message, source)
        }

        /// The finding as `warning: black: message`.
        public var description: String { "\(severity.rawValue): \(kind.rawValue): \(message)" }
    }

    /// The most important severity of the findings; `nil` if there are none.
    public var worst: Severity? { findings.map(\.severity).max() }
}

/// Returns the first of many findings of a kind, and one that says how many more there are.
func bounded(_ findings: [MediaReport.Finding], total: Int) -> [MediaReport.Finding] {
    let most = 20
    guard total > most, let last = findings.prefix(most).last else { return findings }
    let rest = MediaReport.Finding(last.kind, last.severity, at: last.start, "and \(total - most) more of these")
    return Array(findings.prefix(most)) + [rest]
}
