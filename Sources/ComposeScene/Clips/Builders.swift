// SPDX-License-Identifier: Apache-2.0

/// A result builder for the clips of a track.
@resultBuilder
public enum ClipBuilder {
    /// Adds a clip.
    public static func buildExpression(_ clip: some ClipValue) -> [Clip] { [clip.clip] }
    /// Adds existing clips.
    public static func buildExpression(_ clips: [Clip]) -> [Clip] { clips }
    /// Joins clips in order.
    public static func buildBlock(_ parts: [Clip]...) -> [Clip] { parts.flatMap { $0 } }
    /// Joins the clips of a loop.
    public static func buildArray(_ parts: [[Clip]]) -> [Clip] { parts.flatMap { $0 } }
    /// Adds the clips of an `if`.
    public static func buildOptional(_ part: [Clip]?) -> [Clip] { part ?? [] }
    /// Adds the clips of an `if` branch.
    public static func buildEither(first part: [Clip]) -> [Clip] { part }
    /// Adds the clips of an `else` branch.
    public static func buildEither(second part: [Clip]) -> [Clip] { part }
}

/// A result builder for the tracks of an edit.
@resultBuilder
public enum TrackBuilder {
    /// Adds a track.
    public static func buildExpression(_ track: Track) -> [Track] { [track] }
    /// Adds existing tracks.
    public static func buildExpression(_ tracks: [Track]) -> [Track] { tracks }
    /// Joins tracks, the lowest first.
    public static func buildBlock(_ parts: [Track]...) -> [Track] { parts.flatMap { $0 } }
    /// Joins the tracks of a loop.
    public static func buildArray(_ parts: [[Track]]) -> [Track] { parts.flatMap { $0 } }
    /// Adds the tracks of an `if`.
    public static func buildOptional(_ part: [Track]?) -> [Track] { part ?? [] }
    /// Adds the tracks of an `if` branch.
    public static func buildEither(first part: [Track]) -> [Track] { part }
    /// Adds the tracks of an `else` branch.
    public static func buildEither(second part: [Track]) -> [Track] { part }
}
