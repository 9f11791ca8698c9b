// SPDX-License-Identifier: Apache-2.0

public import Foundation

extension Plan {
    /// The plan as JSON: what the text says, in fields, and under `recipe` all that ``init(json:)`` needs to make it again.
    ///
    /// Keys are sorted, so equal plans give equal bytes.
    public func json() throws(ComposeError) -> Data {
        let exported = Export(
            recipe: try origin.map { origin throws(ComposeError) in try Recipe(origin, folder: folder) },
            size: size.description, frameRate: frameRate.description, frameCount: frameCount, sampleCount: sampleCount,
            foldedFrames: foldedFrameCount, sources: sources.map(\.description),
            spans: spans.map {
                Export.Span(
                    firstFrame: $0.frames.lowerBound, frameCount: $0.frames.count, held: $0.isHeld,
                    sources: Array(Set($0.composition.draws.map(\.source) + $0.composition.mapFiles)).sorted(),
                    composition: $0.composition.lines(over: $0.frames))
            },
            segments: segments.map {
                Export.Segment(firstFrame: $0.frames.lowerBound, frameCount: $0.frames.count)
            },
            sounds: audio.sounds.map {
                Export.Sound(
                    src: $0.src, firstSample: $0.samples.lowerBound, sampleCount: $0.samples.count,
                    text: $0.description)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do { return try encoder.encode(exported) } catch {
            throw ComposeError(.renderFailed, "the plan cannot be written as JSON: \(error)")
        }
    }

    /// The plan as a graph in DOT, for Graphviz: spans, in order, and the sources each draws.
    public var dot: String {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\l")
                + "\""
        }
        var lines = ["digraph plan {", "    rankdir=LR", "    node [shape=box, fontname=monospace]"]
        for (index, source) in sources.enumerated() {
            lines.append("    source\(index) [label=\(quoted(source.description))]")
        }
        for (index, span) in spans.enumerated() {
            let title = "\(span.frames.lowerBound)…\(span.frames.upperBound - 1)" + (span.isHeld ? " held" : "")
            let label = ([title] + span.composition.lines(over: span.frames)).joined(separator: "\n") + "\n"
            lines.append("    span\(index) [label=\(quoted(label))]")
            for source in Set(span.composition.draws.map(\.source) + span.composition.mapFiles).sorted() {
                lines.append("    source\(source) -> span\(index)")
            }
            if index > 0 { lines.append("    span\(index - 1) -> span\(index) [style=dotted]") }
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private struct Export: Encodable {
        struct Span: Encodable {
            let firstFrame: Int
            let frameCount: Int
            let held: Bool
            let sources: [Int]
            let composition: [String]
        }
        struct Segment: Encodable {
            let firstFrame: Int
            let frameCount: Int
        }
        struct Sound: Encodable {
            let src: String
            let firstSample: Int
            let sampleCount: Int
            let text: String
        }
        let recipe: Recipe?
        let size: String
        let frameRate: String
        let frameCount: Int
        let sampleCount: Int
        let foldedFrames: Int
        let sources: [String]
        let spans: [Span]
        let segments: [Segment]
        let sounds: [Sound]
    }
}
