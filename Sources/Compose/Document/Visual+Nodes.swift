// SPDX-License-Identifier: Apache-2.0

extension Visual {
    var node: JSONNode {
        .object([
            "start": start.map(Attoseconds.node),
            "duration": duration.map(Attoseconds.node),
            "size": size.map { .object(["width": $0.width.node, "height": $0.height.node]) },
            "position": position.map { .object(["x": $0.x.node, "y": $0.y.node]) },
            "anchor": anchor == .center ? nil : .string(anchor.rawValue),
            "opacity": opacity == 1 ? nil : opacity.node,
        ])
    }
}

extension Length {
    fileprivate var node: JSONNode {
        switch self {
        case .pixels(let value): .number(value)
        // "nan%" would pass for text; as a number it is reported.
        case .percent(let value): value.isFinite ? .string(description) : .number(value)
        }
    }
}

extension Animated {
    var node: JSONNode {
        switch self {
        case .constant(let value): .number(value)
        case .keyframes(let frames): .object(["keyframes": .array(frames.map(\.node))])
        }
    }
}

extension Keyframe {
    fileprivate var node: JSONNode {
        .object([
            "time": Attoseconds.node(time), "value": .number(value), "easing": easing == .linear ? nil : easing.node,
        ])
    }
}

extension Easing {
    var node: JSONNode {
        switch self {
        case .cubicBezier(let x1, let y1, let x2, let y2): .array([x1, y1, x2, y2].map(JSONNode.number))
        default: .string(name ?? "linear")
        }
    }
}

extension Motion {
    var node: JSONNode {
        .object([
            "from": from == View() ? nil : from.node,
            "to": to == View() ? nil : to.node,
            "easing": easing == .linear ? nil : easing.node,
        ])
    }
}

extension Motion.View {
    fileprivate var node: JSONNode {
        let whole = Motion.View()
        return .object([
            "zoom": zoom == whole.zoom ? nil : .number(zoom),
            "x": x == whole.x ? nil : .number(x),
            "y": y == whole.y ? nil : .number(y),
        ])
    }
}

extension SourceRange {
    var node: JSONNode {
        .object([
            "start": start == .zero ? nil : Attoseconds.node(start), "duration": duration.map(Attoseconds.node),
        ])
    }
}
