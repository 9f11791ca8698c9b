// SPDX-License-Identifier: Apache-2.0

internal import Encoders

extension Edit {
    /// The version of the document format that is read and written.
    static let documentVersion = 1
}

extension DocumentForm<Edit> {
    static var edit: DocumentForm {
        .object("an object with the edit's version and timeline") { fields in
            let newest = Edit.documentVersion
            let version = fields.required("version", .integer("the format's version, \(newest)"), or: newest)
            if version > newest {
                // Its other fields mean what only a newer program knows.
                fields.refuse(
                    "version", "version \(version) is newer than \(newest), the newest known here; update compose")
                return nil
            }
            if version < newest { fields.refuse("version", "there is no version \(version); write \(newest)") }
            return Edit(
                timeline: fields.required(
                    "timeline", .timeline, or: Timeline(size: PixelSize(width: 0, height: 0))),
                output: fields.optional("output", .output) ?? Output())
        }
    }
}

extension DocumentForm<Timeline> {
    static var timeline: DocumentForm {
        // Paths begin inside the timeline: nearly all of them would begin with its name.
        .object("an object with the timeline's size and tracks", at: "") { fields in
            Timeline(
                size: fields.required("size", .pixelSize, or: PixelSize(width: 0, height: 0)),
                frameRate: fields.optional("frameRate", .frameRate) ?? 30,
                background: fields.optional("background", .color) ?? .black,
                tracks: fields.required("tracks", .list("an array of tracks", of: .track), or: []))
        }
    }
}

extension DocumentForm<Output> {
    static var output: DocumentForm {
        .object("{\"format\", \"video\", \"audio\"}") { fields in
            Output(
                format: fields.optional("format", .word("format")) ?? .mp4,
                video: fields.optional("video", .video) ?? VideoSettings(),
                audio: fields.optional("audio", .audio) ?? AudioSettings())
        }
    }
}

extension DocumentForm<VideoSettings> {
    fileprivate static var video: DocumentForm {
        .object("{\"codec\", \"encoder\", \"quality\", \"speed\", \"pixelFormat\", \"threads\"}") { fields in
            let usual = VideoSettings()
            return VideoSettings(
                codec: fields.optional("codec", .word("codec")) ?? usual.codec,
                encoder: fields.optional("encoder", .word("encoder")) ?? usual.encoder,
                quality: fields.optional("quality", .quality) ?? usual.quality,
                speed: fields.optional("speed", .word("speed")) ?? usual.speed,
                pixelFormat: fields.optional("pixelFormat", .word("pixel format")) ?? usual.pixelFormat,
                threads: fields.optional("threads", .integer("a whole number of threads")))
        }
    }
}

extension DocumentForm<AudioSettings> {
    fileprivate static var audio: DocumentForm {
        .object("{\"codec\", \"bitrate\"}") { fields in
            let usual = AudioSettings()
            return AudioSettings(
                codec: fields.optional("codec", .word("codec")) ?? usual.codec,
                bitrate: fields.optional("bitrate", .integer("a whole number of bits per second")) ?? usual.bitrate)
        }
    }
}
