// SPDX-License-Identifier: Apache-2.0

extension Job {
    /// The type of work that a job does, such as `render` or `video/generate`.
    public struct Kind: RawRepresentable, Sendable, Hashable, Codable {
        /// Renders a video from an edit.
        public static let render = Kind(rawValue: "render")
        /// Renders one segment of another job's video.
        public static let segment = Kind(rawValue: "segment")
        /// Notifies a receiver about another job.
        public static let callback = Kind(rawValue: "callback")

        /// The name.
        public let rawValue: String

        /// Creates a kind from a name, for which ``isName(_:)`` holds.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Whether callers submit jobs of the kind, rather than the service for its own needs.
        public var isOfCallers: Bool { self != .segment && self != .callback }

        /// The lane in which jobs of the kind are claimed.
        public var lane: Lane {
            switch self {
            case .render, .segment: .rendering
            case .callback: .callbacks
            default: .kind(self)
            }
        }

        /// Returns whether a text can be the name of a kind: parts with slashes between, at most 64 bytes in all.
        ///
        /// A part consists of letters, digits, `.`, `_` and `-`, so that a name can be part of a key and of a path.
        public static func isName(_ text: String) -> Bool {
            text.utf8.count <= 64
                && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                    !["", ".", ".."].contains(part)
                        && part.utf8.allSatisfy { byte in
                            switch byte {
                            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                                UInt8(ascii: "-"):
                                true
                            default: false
                            }
                        }
                }
        }
    }
}

/// A group of jobs that are claimed independently of those of the other groups.
///
/// Jobs wait only for jobs of their own lane, so that a callback does not wait for the end of a render.
public enum Lane: Sendable, Hashable {
    /// The jobs of kind ``Job/Kind/render`` and ``Job/Kind/segment``.
    case rendering
    /// The jobs of kind ``Job/Kind/callback``.
    ///
    /// In Redis they have their own stream, `jobs:callbacks`, whatever their priority.
    case callbacks
    /// The jobs of another kind, each of which is a lane of its own.
    ///
    /// In Redis they have their own streams, `jobs:kind:{kind}` and the same with `:high` and `:low`.
    case kind(Job.Kind)
}
