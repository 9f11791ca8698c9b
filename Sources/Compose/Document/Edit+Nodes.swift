// SPDX-License-Identifier: Apache-2.0

// The other direction: values as trees. What equals its default is left out.

extension Edit {
    var node: JSONNode {
        .object([
            "version": .integer(Self.documentVersion),
            "timeline": timeline.node,
            "output": output == Output() ? nil : output.node,
        ])
    }
}

extension Timeline {
    var node: JSONNode {
        .object([
            "size": .object(["width": .integer(size.width), "height": .integer(size.height)]),
            "frameRate": frameRate == 30 ? nil : frameRate.node,
            "background": background == .black ? nil : .string(background.description),
            "tracks": .array(tracks.map(\.node)),
        ])
    }
}

extension FrameRate {
    fileprivate var node: JSONNode {
        if denominator == 1 { return .integer(numerator) }
        // A rate that no document can hold becomes a number that none can, which the writer reports.
        return denominator > 0 ? .string(description) : JSONNode(value: .number(description))
    }
}

extension Track {
    var node: JSONNode {
        .object([
            "id": id.map(JSONNode.string),
            "clips": .array(clips.map(\.node)),
            "metadata": metadata.map { JSONNode($0) },
        ])
    }
}

extension Clip {
    var node: JSONNode {
        switch self {
        case .image(let clip): clip.node
        case .color(let clip): clip.node
        case .gap(let clip): clip.node
        case .audio(let clip): clip.node
        case .transition(let clip): clip.node
        }
    }
}

extension JSONNode {
    /// The members of both objects.
    fileprivate func followed(by other: JSONNode) -> JSONNode {
        guard case .object(let first) = value, case .object(let second) = other.value else { return self }
        return JSONNode(value: .object(first + second))
    }
}

extension Image {
    fileprivate var node: JSONNode {
        JSONNode.object(["type": .string("image"), "src": .string(src)])
            .followed(by: visual.node)
            .followed(
                by: .object([
                    "fit": fit == .cover ? nil : .string(fit.rawValue),
                    "motion": motion?.node,
                    "id": id.map(JSONNode.string),
                    "metadata": metadata.map { JSONNode($0) },
                ]))
    }
}

extension ColorClip {
    fileprivate var node: JSONNode {
        JSONNode.object(["type": .string("color"), "color": .string(color.description)])
            .followed(by: visual.node)
            .followed(by: .object(["id": id.map(JSONNode.string), "metadata": metadata.map { JSONNode($0) }]))
    }
}

extension Gap {
    fileprivate var node: JSONNode {
        .object([
            "type": .string("gap"),
            "duration": Attoseconds.node(duration),
            "id": id.map(JSONNode.string),
            "metadata": metadata.map { JSONNode($0) },
        ])
    }
}

extension Audio {
    fileprivate var node: JSONNode {
        .object([
            "type": .string("audio"),
            "src": .string(src),
            "start": start.map(Attoseconds.node),
            "duration": duration.map(Attoseconds.node),
            "source": source?.node,
            "loop": loop ? JSONNode(value: .bool(true)) : nil,
            "volume": volume == 1 ? nil : volume.node,
            "fadeIn": fadeIn == .zero ? nil : Attoseconds.node(fadeIn),
            "fadeOut": fadeOut == .zero ? nil : Attoseconds.node(fadeOut),
            "id": id.map(JSONNode.string),
            "metadata": metadata.map { JSONNode($0) },
        ])
    }
}

extension Transition {
    fileprivate var node: JSONNode {
        var src: String?
        if case .map(let path) = style { src = path }
        return .object([
            "type": .string("transition"),
            "name": .string(style.name),
            "src": src.map(JSONNode.string),
            "duration": Attoseconds.node(duration),
            "easing": easing == .linear ? nil : easing.node,
            "softness": softness.map(JSONNode.number),
            "id": id.map(JSONNode.string),
            "metadata": metadata.map { JSONNode($0) },
        ])
    }
}
