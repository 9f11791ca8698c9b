// SPDX-License-Identifier: Apache-2.0

/// The limits of all platforms, as their own pages stated them, or copies of the pages; see ``PlatformLimit/asOf``.
///
/// A page that says “must” or “maximum” refuses the rest; one that recommends asks for it. Sizes in MB and GB are taken in powers of
/// 1000, which no reader of “300 MB” can exceed by mistake.
extension Platform {
    /// The limits, in the order in which they are looked at.
    public var limits: [PlatformLimit] {
        switch self {
        case .instagramReels:
            Self.instagram(seconds: 15 * 60, bytes: 300e6) + Self.instagramReelsOnly
        case .instagramFeed: Self.instagram(seconds: 15 * 60, bytes: 300e6)
        case .instagramStories: Self.instagram(seconds: 60, bytes: 100e6)
        case .facebookReels: Self.facebookVideo
        case .tiktok: Self.tiktokVideo
        case .youtube: Self.youtubeVideo
        case .youtubeShorts:
            Self.youtubeVideo + Self.youtubeShortsOnly
        case .x: Self.xVideo
        case .ebu:
            [
                .refused(.loudness, -23.5, -22.5, from: Self.ebuR128),
                .refused(.truePeak, nil, -1, from: Self.ebuR128),
            ]
        }
    }

    private static let metaMedia =
        "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media"
    private static let metaReels = "https://developers.facebook.com/docs/video-api/guides/reels-publishing"
    private static let tiktokMedia = "https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide"
    private static let googleEncoding = "https://support.google.com/youtube/answer/1722171"
    private static let googleSize = "https://support.google.com/youtube/answer/71673"
    private static let googleShorts = "https://support.google.com/youtube/answer/15424877"
    private static let xMedia = "https://docs.x.com/x-api/media/quickstart/best-practices"
    private static let ebuR128 = "https://tech.ebu.ch/publications/r128"

    /// What is longer or of another shape is published, but not shown among the reels.
    private static let instagramReelsOnly: [PlatformLimit] = [
        .asked(.duration, 5, 90, from: metaMedia), .asked(.aspect, 9.0 / 16, 9.0 / 16, from: metaMedia),
    ]

    private static let youtubeShortsOnly: [PlatformLimit] = [
        .refused(.duration, nil, 180, from: googleShorts), .refused(.aspect, nil, 1, from: googleShorts),
    ]

    private static func instagram(seconds: Double, bytes: Double) -> [PlatformLimit] {
        [
            .refused(.container, ["mp4", "mov"], from: metaMedia),
            .refused(.videoCodec, ["h264", "hevc"], from: metaMedia),
            .refused(.soundCodec, ["aac"], from: metaMedia),
            .refused(.index, ["front"], from: metaMedia),
            .asked(.editLists, ["none", "start"], from: metaMedia),
            .refused(.scan, ["progressive"], from: metaMedia),
            .refused(.chroma, ["4:2:0"], from: metaMedia),
            .refused(.frameRate, 23, 60, from: metaMedia),
            .refused(.width, nil, 1920, from: metaMedia),
            .refused(.aspect, 0.01, 10, from: metaMedia),
            .refused(.videoBitrate, nil, 25e6, from: metaMedia),
            .asked(.soundBitrate, nil, 128e3, from: metaMedia),
            .refused(.sampleRate, nil, 48000, from: metaMedia),
            .refused(.channels, 1, 2, from: metaMedia),
            .refused(.duration, 3, seconds, from: metaMedia),
            .refused(.bytes, nil, bytes, from: metaMedia),
        ]
    }

    private static let facebookVideo: [PlatformLimit] = [
        .asked(.container, ["mp4"], from: metaReels),
        .refused(.videoCodec, ["h264", "hevc", "vp9", "av1"], from: metaReels),
        .refused(.soundCodec, ["aac"], from: metaReels),
        .refused(.scan, ["progressive"], from: metaReels),
        .refused(.chroma, ["4:2:0"], from: metaReels),
        .refused(.aspect, 9.0 / 16, 9.0 / 16, from: metaReels),
        .refused(.shortSide, 540, nil, from: metaReels),
        .refused(.longSide, 960, nil, from: metaReels),
        .refused(.frameRate, 24, 60, from: metaReels),
        .refused(.duration, 3, 90, from: metaReels),
        .asked(.channels, 2, 2, from: metaReels),
        .asked(.sampleRate, 48000, 48000, from: metaReels),
    ]

    private static let tiktokVideo: [PlatformLimit] = [
        .refused(.container, ["mp4", "webm", "mov"], from: tiktokMedia),
        .refused(.videoCodec, ["h264", "hevc", "vp8", "vp9"], from: tiktokMedia),
        .refused(.frameRate, 23, 60, from: tiktokMedia),
        .refused(.shortSide, 360, nil, from: tiktokMedia),
        .refused(.longSide, nil, 4096, from: tiktokMedia),
        .refused(.duration, nil, 600, from: tiktokMedia),
        .refused(.bytes, nil, 4e9, from: tiktokMedia),
    ]

    private static let youtubeVideo: [PlatformLimit] = [
        .asked(.container, ["mp4"], from: googleEncoding),
        .asked(.videoCodec, ["h264"], from: googleEncoding),
        .asked(.soundCodec, ["aac"], from: googleEncoding),
        .asked(.index, ["front"], from: googleEncoding),
        .asked(.editLists, ["none", "start"], from: googleEncoding),
        .asked(.scan, ["progressive"], from: googleEncoding),
        .asked(.chroma, ["4:2:0"], from: googleEncoding),
        .asked(.sampleRate, 48000, 96000, from: googleEncoding),
        .refused(.duration, nil, 12 * 3600, from: googleSize),
        .refused(.bytes, nil, 256e9, from: googleSize),
    ]

    private static let xVideo: [PlatformLimit] = [
        .refused(.container, ["mp4", "mov"], from: xMedia),
        .refused(.videoCodec, ["h264"], from: xMedia),
        .refused(.soundCodec, ["aac"], from: xMedia),
        .refused(.scan, ["progressive"], from: xMedia),
        .refused(.chroma, ["4:2:0"], from: xMedia),
        .refused(.pixelShape, ["square"], from: xMedia),
        .refused(.shortSide, 32, nil, from: xMedia),
        .refused(.aspect, 1.0 / 3, 3, from: xMedia),
        .refused(.frameRate, nil, 60, from: xMedia),
        .refused(.channels, 1, 2, from: xMedia),
        .refused(.duration, 0.5, 140, from: xMedia),
        .refused(.bytes, nil, 512e6, from: xMedia),
    ]
}

extension PlatformLimit {
    fileprivate static func refused(
        _ subject: Subject, _ least: Double?, _ most: Double?, from source: String
    ) -> PlatformLimit {
        PlatformLimit(subject: subject, least: least, most: most, words: nil, isRefused: true, source: source)
    }

    fileprivate static func refused(_ subject: Subject, _ words: [String], from source: String) -> PlatformLimit {
        PlatformLimit(subject: subject, least: nil, most: nil, words: words, isRefused: true, source: source)
    }

    fileprivate static func asked(
        _ subject: Subject, _ least: Double?, _ most: Double?, from source: String
    ) -> PlatformLimit {
        PlatformLimit(subject: subject, least: least, most: most, words: nil, isRefused: false, source: source)
    }

    fileprivate static func asked(_ subject: Subject, _ words: [String], from source: String) -> PlatformLimit {
        PlatformLimit(subject: subject, least: nil, most: nil, words: words, isRefused: false, source: source)
    }
}
