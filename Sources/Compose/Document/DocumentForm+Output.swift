// SPDX-License-Identifier: Apache-2.0

internal import Encoders

extension DocumentForm<Output> {
    static var output: DocumentForm {
        .object("{\"format\", \"video\", \"audio\", \"tags\", \"chapters\"}") { fields in
            Output(
                format: fields.optional("format", .word("format")),
                video: fields.optional("video", .video) ?? VideoSettings(),
                audio: fields.optional("audio", .audio) ?? AudioSettings(),
                tags: fields.optional("tags", .tags) ?? [:],
                chapters: fields.optional("chapters", .list("an array of chapters", of: .chapter)) ?? [])
        }
    }
}

extension DocumentForm<VideoSettings> {
    fileprivate static var video: DocumentForm {
        .object("{\"codec\", \"encoder\", \"quality\", \"speed\", \"pixelFormat\", …}") { fields in
            let usual = VideoSettings()
            return VideoSettings(
                codec: fields.optional("codec", .word("codec")),
                encoder: fields.optional("encoder", .word("encoder")) ?? usual.encoder,
                device: fields.optional("device", .text("a GPU's number or a render node, as text")),
                quality: fields.optional("quality", .quality) ?? usual.quality,
                speed: fields.optional("speed", .word("speed")) ?? usual.speed,
                pixelFormat: fields.optional("pixelFormat", .word("pixel format")),
                keyframeInterval: fields.optional("keyframeInterval", .time) ?? usual.keyframeInterval,
                frameRate: fields.optional("frameRate", .word("kind of frame rate")) ?? usual.frameRate,
                maxBitrate: fields.optional("maxBitrate", .integer("a whole number of bits per second")),
                threads: fields.optional("threads", .integer("a whole number of threads")),
                options: fields.optional("options", .options) ?? usual.options)
        }
    }
}

extension DocumentForm<VideoSettings.Options> {
    fileprivate static var options: DocumentForm {
        .object("{\"tune\", \"bFrames\", \"lookahead\", \"filmGrain\", \"lowPower\", \"heldPictures\"}") { fields in
            VideoSettings.Options(
                tune: fields.optional("tune", .word("tune")),
                bFrames: fields.optional("bFrames", .integer("a whole number of frames")),
                lookahead: fields.optional("lookahead", .integer("a whole number of frames")),
                filmGrain: fields.optional("filmGrain", .integer("a whole number")),
                lowPower: fields.optional("lowPower", .flag), heldPictures: fields.optional("heldPictures", .flag))
        }
    }
}

extension DocumentForm<AudioSettings> {
    fileprivate static var audio: DocumentForm {
        .object("{\"codec\", \"bitrate\"}") { fields in
            AudioSettings(
                codec: fields.optional("codec", .word("codec")),
                bitrate: fields.optional("bitrate", .integer("a whole number of bits per second"))
                    ?? AudioSettings().bitrate)
        }
    }
}

extension DocumentForm<[Output.Tag: String]> {
    fileprivate static var tags: DocumentForm {
        .object("{\"title\", \"artist\", \"comment\", …}") { fields in
            var tags: [Output.Tag: String] = [:]
            for tag in Output.Tag.allCases { tags[tag] = fields.optional(tag.rawValue, .text) }
            return tags
        }
    }
}

extension DocumentForm<Output.Chapter> {
    fileprivate static var chapter: DocumentForm {
        .object("{\"start\", \"title\"}") { fields in
            Output.Chapter(
                fields.required("title", .text, or: ""), at: fields.required("start", .time, or: .zero))
        }
    }
}
