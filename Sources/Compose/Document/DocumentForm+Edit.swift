// SPDX-License-Identifier: Apache-2.0

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
