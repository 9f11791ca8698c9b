// SPDX-License-Identifier: Apache-2.0

/// The rules that a JSON Schema can express: what a format or a codec that the document names allows.
extension OutputRules {
    private static func words(_ list: [some RawRepresentable<String>]) -> JSONNode {
        .object(["enum": .array(list.map { .string($0.rawValue) })])
    }

    private static func when(_ field: String, _ value: String, _ properties: [JSONNode.Member]) -> JSONNode {
        .object([
            "if": .object([
                "properties": .object([field: .object(["const": .string(value)])]),
                "required": .array([.string(field)]),
            ]),
            "then": .object(["properties": JSONNode(value: .object(properties))]),
        ])
    }

    /// The schema's conditions for each format.
    static var outputConditions: [JSONNode] {
        Output.Format.allCases.map { format in
            let container = format.container
            func codec(_ list: JSONNode) -> JSONNode { .object(["properties": .object(["codec": list])]) }
            var properties = [JSONNode.Member(name: "audio", value: codec(words(container.audio + [.noSound])))]
            if !container.video.isEmpty {
                properties.append(.init(name: "video", value: codec(words(container.video))))
            }
            if !container.hasTags {
                properties.append(.init(name: "tags", value: .object(["maxProperties": .integer(0)])))
            }
            if !container.hasChapters {
                properties.append(.init(name: "chapters", value: .object(["maxItems": .integer(0)])))
            }
            if !container.hasCaptions {
                properties.append(.init(name: "captions", value: .object(["maxItems": .integer(0)])))
            }
            return when("format", format.rawValue, properties)
        }
    }

    /// The schema's conditions for each codec.
    static var videoConditions: [JSONNode] {
        VideoSettings.Codec.allCases.map { codec in
            let choices = VideoSettings.EncoderChoice.allCases.filter { !Backend.candidates(for: codec, $0).isEmpty }
            var properties = [
                JSONNode.Member(name: "encoder", value: words(choices)),
                JSONNode.Member(name: "pixelFormat", value: words(codec.pixelFormats)),
            ]
            if !Backend.candidates(for: codec, .automatic).contains(where: \.hasMaxBitrate) {
                properties.append(.init(name: "maxBitrate", value: JSONNode(value: .bool(false))))
            }
            if !codec.hasSegments {
                properties.append(.init(name: "frameRate", value: words([VideoSettings.FrameRateMode.constant])))
            }
            return when("codec", codec.rawValue, properties)
        } + [
            when("frameRate", "variable", [.init(name: "maxBitrate", value: JSONNode(value: .bool(false)))])
        ]
    }
}
