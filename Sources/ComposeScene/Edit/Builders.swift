// SPDX-License-Identifier: Apache-2.0

/// Collects the clips of a track.
@resultBuilder
public enum ClipBuilder {
    /// A clip.
    public static func buildExpression(_ clip: some ClipValue) -> [Clip] { [clip.clip] }
    /// Clips made elsewhere.
    public static func buildExpression(_ clips: [Clip]) -> [Clip] { clips }
    /// Clips one after the other.
    public static func buildBlock(_ parts: [Clip]...) -> [Clip] { parts.flatMap { $0 } }
    /// Clips of a loop.
    public static func buildArray(_ parts: [[Clip]]) -> [Clip] { parts.flatMap { $0 } }
    /// Clips of an `if`.
    public static func buildOptional(_ part: [Clip]?) -> [Clip] { part ?? [] }
    /// Clips of an `if … else`.
    public static func buildEither(first part: [Clip]) -> [Clip] { part }
    /// Clips of an `if … else`.
    public static func buildEither(second part: [Clip]) -> [Clip] { part }
}

/// Collects the tracks of an edit.
@resultBuilder
public enum TrackBuilder {
    /// A track.
    public static func buildExpression(_ track: Track) -> [Track] { [track] }
    /// Tracks made elsewhere.
    public static func buildExpression(_ tracks: [Track]) -> [Track] { tracks }
    /// Tracks one over the other.
    public static func buildBlock(_ parts: [Track]...) -> [Track] { parts.flatMap { $0 } }
    /// Tracks of a loop.
    public static func buildArray(_ parts: [[Track]]) -> [Track] { parts.flatMap { $0 } }
    /// Tracks of an `if`.
    public static func buildOptional(_ part: [Track]?) -> [Track] { part ?? [] }
    /// Tracks of an `if … else`.
    public static func buildEither(first part: [Track]) -> [Track] { part }
    /// Tracks of an `if … else`.
    public static func buildEither(second part: [Track]) -> [Track] { part }
}
