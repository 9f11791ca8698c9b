// SPDX-License-Identifier: Apache-2.0

@_exported public import Encoders  // settings are part of an edit: one import is enough

/// How an edit is to be encoded.
public struct Output: Sendable, Hashable {
    /// The container.
    public var format: Format
    /// The pictures.
    public var video: VideoSettings
    /// The sound.
    public var audio: AudioSettings

    /// MP4 with H.264 and AAC, unless said otherwise.
    public init(
        format: Format = .mp4, video: VideoSettings = VideoSettings(), audio: AudioSettings = AudioSettings()
    ) {
        self.format = format
        self.video = video
        self.audio = audio
    }

    /// A container.
    public enum Format: String, Sendable, Hashable, CaseIterable, Codable {
        /// MPEG-4 part 14, with its index at the front so that players can start at once.
        case mp4
    }
}
