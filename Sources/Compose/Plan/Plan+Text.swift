// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension Plan: CustomStringConvertible {
    /// The plan as text: the output, the sources with their memory use, the spans with what they draw, and the sounds.
    public var description: String {
        var lines = [
            "plan   \(size) at \(frameRate): \(frameCount) frames, \(sampleCount) samples, \(spans.count) spans, \(foldedFrameCount) frames folded"
        ]
        for (index, source) in sources.enumerated() { lines.append("source \(index)  \(source)") }
        for span in spans {
            lines.append(
                "span   \(span.frames.lowerBound)…\(span.frames.upperBound - 1)" + (span.isHeld ? "  held" : ""))
            lines += span.composition.lines(over: span.frames).map { "       " + $0 }
        }
        if segmentFrames.count > 1 {
            for (index, frames) in segmentFrames.enumerated() {
                lines.append("segment \(index)  \(frames.lowerBound)…\(frames.upperBound - 1)")
            }
            lines.append("memory about \(fixed(Double(segmentMemory) / 1e6, 0)) MB for each segment at work")
        }
        for sound in audio.sounds { lines.append("sound  \(sound)") }
        for bus in audio.buses where !bus.effects.isEmpty || bus.duck != nil || bus.into != nil {
            lines.append("bus    \(bus.path)" + audio.text(of: bus))
        }
        if !audio.effects.isEmpty { lines.append("master" + audio.text(of: audio.effects, nil)) }
        if let target = audio.loudness.target {
            lines.append("master, \(shortest(target)) LUFS, at most \(shortest(audio.loudness.truePeak)) dBTP")
        }
        let chunks = soundChunks
        for chunk in chunks where chunks.count > 1 {
            lines.append("chunk \(chunk.index)  samples \(chunk.samples.lowerBound)…\(chunk.samples.upperBound - 1)")
        }
        return lines.joined(separator: "\n")
    }
}

extension AudioPlan {
    /// Returns what is done to a bus, in words.
    fileprivate func text(of bus: Bus) -> String {
        var text = text(of: bus.effects, bus.duck)
        if let fade = bus.crossfade {
            text += ", samples \(fade.samples.lowerBound)…\(fade.samples.upperBound - 1)"
            if fade.crossIn > 0 { text += ", cross-fade in \(fade.crossIn)" }
            if fade.crossOut > 0 { text += ", cross-fade out \(fade.crossOut)" }
        }
        return text + (bus.into.map { ", into \(buses[$0].path)" } ?? "")
    }

    /// Returns what is done to a bus or a sound, in words.
    func text(of effects: [SoundEffect], _ duck: PlannedDuck?) -> String {
        var text = ""
        for effect in effects { text += ", " + effect.filter.name }
        if let duck { text += ", \(shortest(duck.by)) dB under \(buses[duck.bus].path)" }
        return text
    }
}

extension PlannedSound: CustomStringConvertible {
    package var description: String {
        var text = "\(src): samples \(samples.lowerBound)…\(samples.upperBound - 1)"
        if sourceStart > 0 || sourceCount != nil {
            text += " from \(sourceStart)" + (sourceCount.map { " for \($0)" } ?? "")
        }
        if loop { text += ", looped" + (loopCrossfade > 0 ? " with cross-fades \(loopCrossfade)" : "") }
        if !isPlain { text += ", at another speed" + (keepsPitch ? " and its pitch" : "") }
        switch volume {
        case .constant(1): break
        case .constant(let value): text += ", volume \(shortest(value))"
        case .keyframes(let frames), .path(let frames): text += ", volume of \(frames.count) keyframes"
        }
        switch pan {
        case .constant(0): break
        case .constant(let value): text += ", pan \(shortest(value))"
        case .keyframes(let frames), .path(let frames): text += ", pan of \(frames.count) keyframes"
        }
        if fadeIn > 0 { text += ", fade in \(fadeIn)" }
        if fadeOut > 0 { text += ", fade out \(fadeOut)" }
        if crossIn > 0 { text += ", cross-fade in \(crossIn)" }
        if crossOut > 0 { text += ", cross-fade out \(crossOut)" }
        for effect in effects { text += ", " + effect.filter.name }
        if let duck { text += ", ducked by \(shortest(duck.by)) dB" }
        if cutIn > 0 { text += ", cut in" }
        if cutOut > 0 { text += ", cut out" }
        return text
    }
}

extension Composition {
    /// Returns the composition as a tree, one line for each operation, with operands indented below it.
    ///
    /// Operations that are composed once and held are marked.
    func lines(over frames: Range<Int>) -> [String] {
        switch self {
        case .below: return ["below"]
        case .held(let inner): return inner.lines(over: frames)
        case .shared(let inner, let outer):
            // `below` refers to the result of the previous lines.
            return inner.marked(over: frames) + outer.lines(over: frames)
        case .canvas(let color): return ["canvas \(color.y),\(color.u),\(color.v)"]
        case .clear: return ["clear"]
        case .effect(let inner, let effect): return [effect.text] + inner.marked(over: frames).map { "  " + $0 }
        case .lifted(let inner, let base):
            return base.marked(over: frames) + ["lifted"] + inner.marked(over: frames).map { "  " + $0 }
        case .full(let draw): return [draw.text(over: frames, as: "full")]
        case .over(let base, let draws):
            return base.marked(over: frames) + draws.map { $0.text(over: frames, as: "over") }
        case .merge(let from, let to, let mask):
            return ["merge \(mask.text)"] + from.marked(over: frames).map { "  from " + $0 }
                + to.marked(over: frames).map { "  to   " + $0 }
        }
    }

    private func marked(over frames: Range<Int>) -> [String] {
        var lines = lines(over: frames)
        if case .held = self { lines[0] += "  (composed once)" }
        return lines
    }
}

extension Draw {
    func text(over frames: Range<Int>, as operation: String) -> String {
        var text = "\(operation) \(source)"
        switch view {
        case .aligned(let x, let y): text += x == 0 && y == 0 ? "" : " at \(x),\(y)"
        case .placed(let area, _): text += " over \(area.text)"
        case .moving(let path):
            text +=
                " moving \(path.frames.lowerBound)…\(path.frames.upperBound - 1) zoom \(shortest(path.motion.from.zoom))→\(shortest(path.motion.to.zoom))"
        }
        if operation == "over" {
            text += " in \(clip.text)"
        }
        text += opacity.text("opacity", unless: 1) + shiftX.text("x", unless: 0) + shiftY.text("y", unless: 0)
        for reveal in reveals { text += reveal.amount.text("revealed from \(reveal.from.rawValue)", unless: 1) }
        if let look { text += look.value.text }
        if let tint { text += tint.amount.text("tint \(tint.color.y),\(tint.color.u),\(tint.color.v)", unless: 0) }
        return text
    }
}

extension Rectangle {
    fileprivate var text: String { "\(fixed(width, 2))x\(fixed(height, 2))+\(fixed(left, 2))+\(fixed(top, 2))" }
}

extension LayerLook {
    /// What is unusual about it, as `, turned 45 about 960,540`.
    fileprivate var text: String {
        var text = scaleX == scaleY ? scaleX.text("scaled", unless: 1) : ""
        if scaleX != scaleY { text += scaleX.text("scaled across", unless: 1) + scaleY.text("scaled down", unless: 1) }
        text += rotation.text("turned", unless: 0)
        if !text.isEmpty { text += " about \(fixed(anchorX, 2)),\(fixed(anchorY, 2))" }
        if flipsX || flipsY { text += ", mirrored " + (flipsX ? flipsY ? "twice" : "left to right" : "upside down") }
        for (name, curve) in zip(["left", "top", "right", "bottom"], insets) {
            text += curve.text("less \(name)", unless: 0)
        }
        if let first = radii.first {
            text +=
                radii.allSatisfy { $0 == first }
                ? first.text("corners", unless: 0) : radii.map { $0.text("corner", unless: -1) }.joined()
        }
        if let border { text += border.width.text("border \(border.color.text)", unless: 0) }
        if let shadow { text += ", shadow \(shadow.color.text)" + shadow.sigma.text("soft", unless: 0) }
        text += blur.text("blurred", unless: 0)
        if let mask {
            let what =
                switch mask.content {
                case .shape(let points, _): "a shape of \(points.count) points"
                case .picture(let picture): "\(picture.source)"
                }
            text += ", masked by \(mask.isInverted ? "the rest of " : "")\(what)"
            if mask.sigma > 0 { text += " with a soft edge of \(shortest(2 * mask.sigma))" }
        }
        return text + (blend == .normal ? "" : ", \(blend.rawValue)")
    }
}

extension ColorCurve {
    var text: String {
        switch self {
        case .constant(let color): color.description
        case .keyframes(let animated, let start, _): "of \(animated.values.count) keyframes from \(start)"
        }
    }
}

extension Curve {
    /// Returns `, opacity 0.5`, or an empty string if the value is constant and the usual one.
    fileprivate func text(_ name: String, unless usual: Double) -> String {
        switch self {
        case .constant(let value): return value == usual ? "" : ", \(name) \(shortest(value))"
        case .ramp(let from, let to, let ramp):
            return
                ", \(name) \(fixed(from, 2))→\(fixed(to, 2)) over \(ramp.frames.lowerBound)…\(ramp.frames.upperBound - 1)"
        case .bent(let from, let to, let bend, let ramp):
            return
                ", \(name) \(fixed(from, 2))→\(fixed(to, 2)) \(bend.rawValue) over \(ramp.frames.lowerBound)…\(ramp.frames.upperBound - 1)"
        case .keyframes(let animated, let start, _):
            return ", \(name) of \(animated.values.count) keyframes from \(start)"
        case .sum(let curves), .product(let curves):
            return curves.map { $0.text(name, unless: usual) }.joined()
        }
    }
}

extension CanvasEffect {
    fileprivate var text: String {
        curves.reduce(name) { $0 + $1.curve.text($1.name, unless: $1.neutral) }
    }
}

extension Mask {
    fileprivate var text: String {
        let name =
            switch map {
            case .flat: "flat"
            case .shape(let shape): shape.rawValue
            case .file(let source): "map \(source)"
            }
        let edge = map == .flat ? "" : " softness \(shortest(softness))"
        switch amount {
        case .constant(let value): return name + edge + " at \(shortest(value))"
        case .bent(_, _, let bend, let ramp):
            return name + edge + " \(bend.rawValue) over \(ramp.frames.lowerBound)…\(ramp.frames.upperBound - 1)"
        case .ramp(_, _, let ramp):
            let easing = ramp.easing == .linear ? "" : " \(ramp.easing.name ?? "bezier")"
            return name + edge + " over \(ramp.frames.lowerBound)…\(ramp.frames.upperBound - 1)" + easing
        case .keyframes(let animated, _, _): return name + edge + " by \(animated.values.count) keyframes"
        case .sum(let curves), .product(let curves): return name + edge + " by \(curves.count) curves"
        }
    }
}
