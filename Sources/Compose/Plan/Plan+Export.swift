// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import Libav

extension Plan {
    /// Returns the plan as JSON, with everything that ``init(json:)`` needs to make it again under `recipe`.
    ///
    /// The article <doc:ThePlanDocument> describes the fields. Keys are sorted, so equal plans give equal bytes. Throws
    /// ``ComposeError`` only if the edit cannot be written as JSON.
    public func json() throws(ComposeError) -> Data {
        var members = exported
        if !audio.effects.isEmpty || audio.loudness.target != nil {
            var master = Self.json(audio.effects, nil)
            if let target = audio.loudness.target {
                master["loudness"] = .real(target)
                master["truePeak"] = .real(audio.loudness.truePeak)
            }
            members["master"] = .object(master)
        }
        if let origin { members["recipe"] = try Recipe(origin, folder: folder).json }
        return try JSONValue.object(members).json()
    }

    private var exported: [String: JSONValue] {
        [
            "size": size.json,
            "frameRate": .object(["numerator": .int(frameRate.numerator), "denominator": .int(frameRate.denominator)]),
            "duration": .real(duration / .seconds(1)), "frameCount": .int(frameCount), "sampleCount": .int(sampleCount),
            "foldedFrameCount": .int(foldedFrameCount), "segmentMemory": .int(segmentMemory),
            "files": .array(
                files.map {
                    .object([
                        "src": .string($0.reference.src), "use": .string($0.reference.use.rawValue),
                        "path": .string($0.reference.path),
                    ])
                }),
            "sources": .array(sources.map(\.json)), "spans": .array(spans.map(\.json)),
            "segments": .array(segments.map { $0.frames.json(["index": .int($0.index)]) }),
            "buses": .array(
                audio.buses.map { bus in
                    .object(
                        ["path": .string(bus.path)].merging(bus.id.map { ["track": .string($0)] } ?? [:]) { $1 }
                            .merging(bus.into.map { ["into": .int($0)] } ?? [:]) { $1 }
                            .merging(bus.crossfade.map { ["crossfade": $0.json] } ?? [:]) { $1 }
                            .merging(Self.json(bus.effects, bus.duck)) { $1 })
                }),
            "sounds": .array(audio.sounds.map(\.json)),
            "soundChunks": .array(
                soundChunks.map {
                    .object([
                        "index": .int($0.index), "firstSample": .int($0.samples.lowerBound),
                        "sampleCount": .int($0.samples.count),
                    ])
                }),
        ]
    }

    /// Returns what is done to a bus or a sound.
    fileprivate static func json(_ effects: [SoundEffect], _ duck: PlannedDuck?) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if !effects.isEmpty {
            members["effects"] = .array(
                effects.map(\.filter).map { filter in
                    .object(
                        ["filter": JSONValue.string(filter.name)].merging(
                            filter.options.map { ($0.name, JSONValue.real($0.value)) }
                        ) { $1 })
                })
        }
        if let duck {
            members["duck"] = .object([
                "bus": .int(duck.bus), "by": .real(duck.by), "threshold": .real(duck.threshold),
                "attack": .int(duck.attack),
                "release": .int(duck.release), "hold": .int(duck.hold), "lookAhead": .int(duck.lookAhead),
            ])
        }
        return members
    }

    /// The plan as a graph in Graphviz's DOT language: the spans, in order, and the sources that each draws.
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
            for source in span.composition.sources { lines.append("    source\(source) -> span\(index)") }
            if index > 0 { lines.append("    span\(index - 1) -> span\(index) [style=dotted]") }
        }
        return (lines + ["}"]).joined(separator: "\n")
    }
}

extension JSONValue {
    static func int(_ value: Int) -> JSONValue { .number(String(value)) }
    static func real(_ value: Double) -> JSONValue { .number(shortest(value)) }
    static func flag(_ value: Bool) -> JSONValue { .bool(value) }
}

extension Range<Int> {
    /// Returns the range as its first frame and its count, with further members.
    func json(_ members: [String: JSONValue] = [:]) -> JSONValue {
        .object(members.merging(["firstFrame": .int(lowerBound), "frameCount": .int(count)]) { $1 })
    }
}

extension PixelSize {
    var json: JSONValue { .object(["width": .int(width), "height": .int(height)]) }
}

extension YUVColor {
    var json: JSONValue { .object(["y": .int(y), "u": .int(u), "v": .int(v)]) }
}

extension PlannedSource {
    var json: JSONValue {
        .object(source.json.merging(start == 0 ? [:] : ["firstFrame": .int(start)]) { $1 })
    }
}

extension PlannedSound {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "src": .string(src), "path": .string(path), "firstSample": .int(samples.lowerBound),
            "sampleCount": .int(samples.count), "sourceStart": .int(sourceStart), "loop": .flag(loop),
            "volume": volume.json, "fadeIn": .int(fadeIn), "fadeOut": .int(fadeOut), "crossFadeIn": .int(crossIn),
            "crossFadeOut": .int(crossOut),
        ]
        members["sourceCount"] = sourceCount.map(JSONValue.int)
        if anchor != 0 { members["clipStart"] = .int(anchor) }
        if !isPlain {
            members["speed"] = speed.speed.json
            members["keepsPitch"] = .flag(keepsPitch)
        }
        if loopCrossfade > 0 { members["loopCrossfade"] = .int(loopCrossfade) }
        if pan != 0 { members["pan"] = pan.json }
        if fadeCurve != .linear { members["fadeCurve"] = .string(fadeCurve.rawValue) }
        if cutIn > 0 { members["cutIn"] = .int(cutIn) }
        if cutOut > 0 { members["cutOut"] = .int(cutOut) }
        members.merge(Plan.json(effects, duck)) { $1 }
        return .object(members)
    }
}

extension Animated<Double> {
    /// A number, or keyframes with times in seconds.
    var json: JSONValue { json(JSONValue.real) }
}

extension Animated {
    /// A value, or keyframes with times in seconds.
    func json(_ value: (Value) -> JSONValue) -> JSONValue {
        if case .constant(let constant) = self { return value(constant) }
        var members: [String: JSONValue] = [
            "keyframes": .array(
                frames.map {
                    .object([
                        "time": .real($0.time.resolved(over: .zero) / .seconds(1)), "value": value($0.value),
                        "easing": $0.easing.json,
                    ])
                })
        ]
        if case .path = self { members["path"] = .string("smooth") }
        return .object(members)
    }
}

extension Easing {
    var json: JSONValue {
        switch self {
        case .cubicBezier(let x1, let y1, let x2, let y2): .array([x1, y1, x2, y2].map(JSONValue.real))
        case .steps(let count, let atStart): .object(["steps": .int(count), "atStart": .flag(atStart)])
        case .spring(let spring):
            .object([
                "spring": .object([
                    "mass": .real(spring.mass), "stiffness": .real(spring.stiffness), "damping": .real(spring.damping),
                    "velocity": .real(spring.velocity),
                ])
            ])
        default: .string(name ?? "linear")
        }
    }
}

extension AudioPlan.Crossfade {
    fileprivate var json: JSONValue {
        .object([
            "firstSample": .int(samples.lowerBound), "sampleCount": .int(samples.count), "in": .int(crossIn),
            "out": .int(crossOut),
        ])
    }
}
