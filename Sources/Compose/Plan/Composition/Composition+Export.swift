// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension Span {
    /// The span as a list of operations, which refer to earlier ones by index; the last one's result is shown.
    var json: JSONValue {
        var list = OperationList()
        _ = list.add(composition, below: nil)
        return frames.json([
            "held": .flag(isHeld), "sources": .array(composition.sources.map(JSONValue.int)),
            "operations": .array(list.operations),
        ])
    }
}

extension Composition {
    /// The indices of the sources that the composition uses, sorted.
    var sources: [Int] { Array(Set(draws.flatMap(\.sources) + mapFiles)).sorted() }
}

/// A flat list of a span's operations: its JSON is not nested, however deep the composition is.
private struct OperationList {
    var operations: [JSONValue] = []

    /// Adds a composition and returns its index; `below` is the index of the picture that `.below` refers to.
    mutating func add(_ composition: Composition, below: Int?, isHeld: Bool = false) -> Int {
        let isHeld = isHeld || composition.isHeld
        switch composition {
        case .below: return below ?? 0
        case .held(let inner): return add(inner, below: below, isHeld: true)
        case .shared(let inner, let outer):
            return add(outer, below: add(inner, below: below, isHeld: isHeld), isHeld: isHeld)
        case .canvas(let color): return append("canvas", ["color": color.json], isHeld)
        case .clear: return append("clear", [:], isHeld)
        case .effect(let inner, let effect):
            let picture = add(inner, below: below, isHeld: isHeld)
            return append("effect", ["picture": .int(picture), "effect": effect.json], isHeld)
        case .lifted(let inner, let base):
            let (base, inner) = (add(base, below: below, isHeld: isHeld), add(inner, below: below, isHeld: isHeld))
            return append("lifted", ["base": .int(base), "picture": .int(inner)], isHeld)
        case .full(let draw): return append("full", ["draw": draw.json], isHeld)
        case .over(let base, let draws):
            let base = add(base, below: below, isHeld: isHeld)
            return append("over", ["base": .int(base), "draws": .array(draws.map(\.json))], isHeld)
        case .merge(let from, let to, let mask):
            let (from, to) = (add(from, below: below, isHeld: isHeld), add(to, below: below, isHeld: isHeld))
            return append("merge", ["from": .int(from), "to": .int(to), "mask": mask.json], isHeld)
        }
    }

    private mutating func append(_ name: String, _ members: [String: JSONValue], _ isHeld: Bool) -> Int {
        operations.append(
            .object(members.merging(["operation": .string(name), "held": .flag(isHeld)]) { $1 }))
        return operations.count - 1
    }
}

extension Draw {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "source": .int(source), "covers": .flag(covers), "clip": clip.json, "opacity": opacity.json,
            "shift": .object(["x": shiftX.json, "y": shiftY.json]), "bleed": .real(bleed),
        ]
        switch view {
        case .aligned(let x, let y): members["at"] = .object(["x": .int(x), "y": .int(y)])
        case .placed(let area, let copy): members["over"] = .object(["area": area.json, "copy": copy.json])
        case .moving(let path): members["motion"] = path.json
        }
        if !reveals.isEmpty {
            members["reveals"] = .array(
                reveals.map { .object(["from": .string($0.from.rawValue), "amount": $0.amount.json]) })
        }
        if let look { members["look"] = look.value.json }
        if let tint { members["tint"] = .object(["color": tint.color.json, "amount": tint.amount.json]) }
        return .object(members)
    }
}

extension LayerLook {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "box": box.json, "anchor": .object(["x": .real(anchorX), "y": .real(anchorY)]),
            "scale": .object(["x": scaleX.json, "y": scaleY.json]), "rotation": rotation.json,
            "flip": .object(["x": .flag(flipsX), "y": .flag(flipsY)]), "blur": blur.json,
            "blend": .string(blend.rawValue),
        ]
        if !insets.isEmpty { members["crop"] = .array(insets.map(\.json)) }
        if !radii.isEmpty { members["cornerRadius"] = .array(radii.map(\.json)) }
        if let border {
            members["border"] = .object(["width": border.width.json, "color": border.color.json])
        }
        if let mask {
            var values: [String: JSONValue] = ["inverted": .flag(mask.isInverted), "sigma": .real(mask.sigma)]
            switch mask.content {
            case .shape(let points, _):
                values["points"] = .array(points.map { .object(["x": .real($0.x), "y": .real($0.y)]) })
            case .picture(let picture):
                values["source"] = .int(picture.source)
                values["onCanvas"] = .flag(picture.isOnCanvas)
                values["brightness"] = .flag(picture.isBright)
                values["frames"] = picture.frames.json()
            }
            members["mask"] = .object(values)
        }
        if let shadow {
            members["shadow"] = .object([
                "color": shadow.color.json, "sigma": shadow.sigma.json, "x": shadow.x.json, "y": shadow.y.json,
                "spread": shadow.spread.json,
            ])
        }
        return .object(members)
    }
}

extension ColorCurve {
    /// A colour, or keyframes with times relative to a frame.
    var json: JSONValue {
        switch self {
        case .constant(let color): return .string(color.description)
        case .keyframes(let animated, let start, _):
            let json = animated.json { .string($0.description) }
            guard case .object(let members) = json else { return json }
            return .object(members.merging(["firstFrame": .int(start)]) { $1 })
        }
    }
}

extension MotionPath {
    fileprivate var json: JSONValue {
        func view(_ view: Motion.View) -> JSONValue {
            .object(["zoom": .real(view.zoom), "x": .real(view.x), "y": .real(view.y)])
        }
        var members: [String: JSONValue] = [
            "from": view(motion.from), "to": view(motion.to), "easing": motion.easing.json, "box": picture.box.json,
            "picture": .object(["width": .real(picture.width), "height": .real(picture.height)]),
            "fit": .string(picture.fit.rawValue), "part": part.json,
        ]
        if !picture.crop.isEmpty { members["crop"] = .array(picture.crop.map(\.json)) }
        return frames.json(members)
    }
}

extension Rectangle {
    fileprivate var json: JSONValue {
        .object(["left": .real(left), "top": .real(top), "right": .real(right), "bottom": .real(bottom)])
    }
}

extension Mask {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["softness": .real(softness), "amount": amount.json]
        switch map {
        case .flat: members["shape"] = .string("flat")
        case .shape(let shape): members["shape"] = .string(shape.rawValue)
        case .file(let source): members["source"] = .int(source)
        }
        return .object(members)
    }
}

extension CanvasEffect {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["kind": .string(name)]
        for (name, curve, _) in curves { members[name] = curve.json }
        if case .turn(let turn) = self { members["edges"] = .string(turn.edges.rawValue) }
        if case .glitch(_, let start) = self { members["firstFrame"] = .int(start) }
        return .object(members)
    }
}

extension Curve {
    /// A number, a ramp over frames, or keyframes with times relative to a frame.
    fileprivate var json: JSONValue {
        switch self {
        case .constant(let value): return .real(value)
        case .ramp(let from, let to, let ramp):
            return ramp.frames.json(["from": .real(from), "to": .real(to), "easing": ramp.easing.json])
        case .bent(let from, let to, let bend, let ramp):
            return ramp.frames.json([
                "from": .real(from), "to": .real(to), "easing": ramp.easing.json, "bend": .string(bend.rawValue),
            ])
        case .keyframes(let animated, let start, _):
            guard case .object(let members) = animated.json else { return animated.json }
            return .object(members.merging(["firstFrame": .int(start)]) { $1 })
        case .sum(let curves): return .object(["sum": .array(curves.map(\.json))])
        case .product(let curves): return .object(["product": .array(curves.map(\.json))])
        }
    }
}
