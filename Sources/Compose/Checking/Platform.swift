// SPDX-License-Identifier: Apache-2.0

/// A place where videos are published, with its own limits.
///
/// The limits are those that it publishes for uploads; they change, and each says where it is from. ``limits`` lists them.
public enum Platform: String, Sendable, Hashable, CaseIterable, Codable {
    /// Reels of Instagram.
    case instagramReels = "instagram-reels"
    /// Videos in Instagram's feed, which Instagram publishes as reels since November 2023.
    case instagramFeed = "instagram-feed"
    /// Stories of Instagram.
    case instagramStories = "instagram-stories"
    /// Reels of Facebook pages.
    case facebookReels = "facebook-reels"
    /// TikTok.
    case tiktok
    /// YouTube.
    case youtube
    /// Shorts of YouTube.
    case youtubeShorts = "youtube-shorts"
    /// X, for accounts without a subscription.
    case x
    /// Television and radio in Europe, by EBU R 128: the sound alone.
    case ebu = "ebu-r128"

    /// The platform's name in sentences.
    public var name: String {
        switch self {
        case .instagramReels: "Instagram (reels)"
        case .instagramFeed: "Instagram (feed)"
        case .instagramStories: "Instagram (stories)"
        case .facebookReels: "Facebook (reels)"
        case .tiktok: "TikTok"
        case .youtube: "YouTube"
        case .youtubeShorts: "YouTube (shorts)"
        case .x: "X"
        case .ebu: "EBU R 128"
        }
    }
}

/// A limit of a platform.
public struct PlatformLimit: Sendable, Hashable, Codable {
    /// What is limited.
    public enum Subject: String, Sendable, Hashable, Codable, CaseIterable {
        /// The container: `mp4`, `mov`, `webm`.
        case container
        /// The codec of the pictures.
        case videoCodec
        /// The codec of the sound.
        case soundCodec
        /// The subsampling of the chroma: `4:2:0`.
        case chroma
        /// Whether fields or whole pictures are coded: `progressive`, `interlaced`.
        case scan
        /// Where the index of an MP4 file is: `front`, `end`.
        case index
        /// What edit lists do, as in ``MediaReport/EditLists``.
        case editLists
        /// The shape of a pixel: `square`, `other`.
        case pixelShape
        /// The width in pixels.
        case width
        /// The longer and the shorter side in pixels.
        case longSide, shortSide
        /// The width divided by the height.
        case aspect
        /// The pictures a second.
        case frameRate
        /// The duration in seconds.
        case duration
        /// The size of the file in bytes.
        case bytes
        /// The bits a second of the pictures in the second that has most of them.
        case videoBitrate
        /// The bits a second of the sound on average.
        case soundBitrate
        /// The samples a second.
        case sampleRate
        /// The channels of the sound.
        case channels
        /// The integrated loudness in LUFS.
        case loudness
        /// The true peak in dBTP.
        case truePeak
    }

    /// What is limited.
    public var subject: Subject
    /// The smallest value that is accepted; `nil` if there is none.
    public var least: Double?
    /// The largest value that is accepted; `nil` if there is none.
    public var most: Double?
    /// The words that are accepted; `nil` for a subject that is a number.
    public var words: [String]?
    /// Whether the platform refuses anything else; if not, it asks for it.
    public var isRefused: Bool
    /// The page that states the limit.
    public var source: String

    /// The day on which the limits were last gone through; some come from copies of the pages, so look again before relying on one.
    public static let asOf = "2026-11-30"
}
