// SPDX-License-Identifier: Apache-2.0

internal import Encoders

// The other direction: values as trees. What equals its default is left out.

extension Output {
    var node: JSONNode {
        .object([
            "format": format.map { .string($0.rawValue) },
            "video": video == VideoSettings() ? nil : video.node,
            "audio": audio == AudioSettings() ? nil : audio.node,
            "tags": tags.isEmpty
                ? nil
                : JSONNode(
                    value: .object(
                        Output.Tag.allCases.compactMap { tag in
                            tags[tag].map { JSONNode.Member(name: tag.rawValue, value: .string($0)) }
                        })),
            "chapters": chapters.isEmpty ? nil : .array(chapters.map(\.node)),
        ])
    }
}

extension Output.Chapter {
    fileprivate var node: JSONNode {
        .object(["start": Attoseconds.node(start), "title": .string(title)])
    }
}

extension VideoSettings {
    fileprivate var node: JSONNode {
        let usual = VideoSettings()
        return .object([
            "codec": codec.map { .string($0.rawValue) },
            "encoder": encoder == usual.encoder ? nil : .string(encoder.rawValue),
            "device": device.map(JSONNode.string),
            "quality": quality == usual.quality ? nil : quality.node,
            "speed": speed == usual.speed ? nil : .string(speed.rawValue),
            "pixelFormat": pixelFormat.map { .string($0.rawValue) },
            "keyframeInterval": keyframeInterval == usual.keyframeInterval ? nil : Attoseconds.node(keyframeInterval),
            "frameRate": frameRate == usual.frameRate ? nil : .string(frameRate.rawValue),
            "maxBitrate": maxBitrate.map(JSONNode.integer),
            "threads": threads.map(JSONNode.integer),
            "options": options == usual.options ? nil : options.node,
        ])
    }
}

extension VideoSettings.Options {
    fileprivate var node: JSONNode {
        .object([
            "tune": tune.map { .string($0.rawValue) },
            "bFrames": bFrames.map(JSONNode.integer),
            "lookahead": lookahead.map(JSONNode.integer),
            "filmGrain": filmGrain.map(JSONNode.integer),
            "lowPower": lowPower.map { JSONNode(value: .bool($0)) },
            "heldPictures": heldPictures.map { JSONNode(value: .bool($0)) },
        ])
    }
}

extension VideoSettings.Quality {
    fileprivate var node: JSONNode {
        switch self {
        case .number(let value): .number(value)
        case .best: .string("best")
        case .high: .string("high")
        case .medium: .string("medium")
        case .small: .string("small")
        }
    }
}

extension AudioSettings {
    fileprivate var node: JSONNode {
        let usual = AudioSettings()
        return .object([
            "codec": codec.map { .string($0.rawValue) },
            "bitrate": bitrate == usual.bitrate ? nil : .integer(bitrate),
        ])
    }
}
