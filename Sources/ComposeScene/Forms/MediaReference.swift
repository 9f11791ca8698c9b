// SPDX-License-Identifier: Apache-2.0

/// A place in an edit that names a file.
///
/// A value type; safe to share between threads.
public struct MediaReference: Sendable, Hashable {
    /// The purpose a file is opened for.
    ///
    /// A value type; safe to share between threads.
    #if hasAttribute(nonexhaustive)
        @nonexhaustive
    #endif
    public enum Use: String, Sendable, Hashable, CaseIterable, Codable {
        /// A picture to show.
        case picture
        /// A greyscale picture that orders a transition.
        case map
        /// A video to show, and its sound to play.
        case video
        /// A sound to play.
        case sound
        /// A font that texts are set in.
        case font
        /// Captions to show.
        case captions
    }

    /// The path of the field that names the file: `tracks[0].clips[2].src`.
    public let path: String
    /// The file's path as written in the edit.
    public let src: String
    /// The purpose the file is opened for.
    public let use: Use

    package init(path: String, src: String, use: Use) {
        self.path = path
        self.src = src
        self.use = use
    }
}
