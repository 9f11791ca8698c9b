// SPDX-License-Identifier: Apache-2.0

extension DocumentForm<Track> {
    static var track: DocumentForm {
        .object("a track {\"clips\": […]}") { fields in
            let id = fields.optional("id", .text)
            var track = Track(id: id, clips: fields.required("clips", .list("an array of clips", of: .clip), or: []))
            track.metadata = fields.optional("metadata", .json)
            return track
        }
    }
}

extension DocumentForm<Clip> {
    static var clip: DocumentForm {
        typealias Make = (DocumentFields) -> Clip
        let types: KeyValuePairs<String, Make> = [
            "image": { .image(Image($0)) },
            "color": { .color(ColorClip($0)) },
            "gap": { .gap(Gap($0)) },
            "audio": { .audio(Audio($0)) },
            "transition": { .transition(Transition($0)) },
        ]
        let type = DocumentForm<Make>.word("clip type", types.map(\.key)) { name in
            types.first { $0.key == name }?.value
        }
        return .object("a clip {\"type\", …}") { fields in
            // Without its type nothing can be said about a clip's other fields.
            fields.required("type", type)?(fields)
        }
    }
}

extension Visual {
    /// `duration` is read by the clip, for which it may be required.
    fileprivate init(_ fields: DocumentFields, duration: Duration?) {
        self.init(
            start: fields.optional("start", .time),
            duration: duration,
            size: fields.optional("size", .boxSize),
            position: fields.optional("position", .position),
            anchor: fields.optional("anchor", .word("anchor")) ?? .center,
            opacity: fields.optional("opacity", .animated) ?? 1)
    }
}

extension Image {
    fileprivate init(_ fields: DocumentFields) {
        self.init(
            src: fields.required("src", .path, or: ""),
            visual: Visual(fields, duration: fields.required("duration", .time, or: .zero)),
            fit: fields.optional("fit", .word("fit")) ?? .cover,
            motion: fields.optional("motion", .motion))
        id = fields.optional("id", .text)
        metadata = fields.optional("metadata", .json)
    }
}

extension ColorClip {
    fileprivate init(_ fields: DocumentFields) {
        self.init(fields.required("color", .color, or: .black))
        visual = Visual(fields, duration: fields.optional("duration", .time))
        id = fields.optional("id", .text)
        metadata = fields.optional("metadata", .json)
    }
}

extension Gap {
    fileprivate init(_ fields: DocumentFields) {
        self.init(fields.required("duration", .time, or: .zero))
        id = fields.optional("id", .text)
        metadata = fields.optional("metadata", .json)
    }
}

extension Audio {
    fileprivate init(_ fields: DocumentFields) {
        self.init(fields.required("src", .path, or: ""))
        start = fields.optional("start", .time)
        duration = fields.optional("duration", .time)
        source = fields.optional("source", .sourceRange)
        loop = fields.optional("loop", .flag) ?? false
        volume = fields.optional("volume", .animated) ?? 1
        fadeIn = fields.optional("fadeIn", .time) ?? .zero
        fadeOut = fields.optional("fadeOut", .time) ?? .zero
        id = fields.optional("id", .text)
        metadata = fields.optional("metadata", .json)
    }
}

extension Transition {
    fileprivate init(_ fields: DocumentFields) {
        let style = fields.required("name", .transitionStyle)
        self.init(
            style ?? .fade,
            fields.required("duration", .time, or: .zero),
            easing: fields.optional("easing", .easing) ?? .linear,
            softness: fields.optional("softness", .number("a fraction 0…1")))
        switch style {
        case .map: self.style = .map(fields.required("src", .path, or: ""))
        case .some(let style):
            fields.forbid("src", "only the transition \"map\" has a picture; remove src from \"\(style.name)\"")
        // Of a name that is wrong nobody knows whether "map" was meant.
        case nil: _ = fields.optional("src", .path)
        }
        id = fields.optional("id", .text)
        metadata = fields.optional("metadata", .json)
    }
}

extension DocumentForm<Transition.Style> {
    fileprivate static var transitionStyle: DocumentForm {
        .word("transition", Transition.Style.all.map(\.name) + ["map"]) { name in
            name == "map" ? .map("") : Transition.Style(name: name)
        }
    }
}

extension DocumentForm<String> {
    fileprivate static var path: DocumentForm { text("the path of a file") }
}
