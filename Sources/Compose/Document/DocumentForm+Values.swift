// SPDX-License-Identifier: Apache-2.0

internal import Encoders

extension DocumentForm<FrameRate> {
    static var frameRate: DocumentForm {
        let expected = "a whole number of frames per second or a fraction such as \"30000/1001\""
        return DocumentForm(expected: expected) { item in
            switch item.node.value {
            case .number(let text):
                if let whole = Attoseconds.integer(text) { return FrameRate(whole) }
            case .string(let text):
                let terms = text.split(separator: "/", omittingEmptySubsequences: false)
                if terms.count == 2, terms.allSatisfy({ $0.first != "+" }), let numerator = Int(terms[0]),
                    let denominator = Int(terms[1]), denominator > 0
                {
                    return FrameRate(numerator, denominator)
                }
            default: break
            }
            item.mismatch(expected)
            return nil
        }
    }
}

extension DocumentForm<Color> {
    static var color: DocumentForm {
        let expected = "a colour such as \"#ffcc00\" or, with opacity, \"#ffcc0080\""
        return DocumentForm(expected: expected) { item in
            if case .string(let text) = item.node.value, let color = Color(hex: text) { return color }
            item.mismatch(expected)
            return nil
        }
    }
}

extension DocumentForm<Length> {
    static var length: DocumentForm {
        let expected = "a number of pixels or a percentage such as \"80%\""
        return DocumentForm(expected: expected) { item in
            guard case .string(let text) = item.node.value else {
                return DocumentForm<Double>.number(expected).read(item).map(Length.pixels)
            }
            if text.hasSuffix("%"), JSONReader.isNumber(text.dropLast()), let value = Double(text.dropLast()),
                value.isFinite
            {
                return .percent(value)
            }
            item.mismatch(expected)
            return nil
        }
    }
}

extension DocumentForm<BoxSize> {
    static var boxSize: DocumentForm {
        .object("{\"width\", \"height\"}") { fields in
            BoxSize(
                width: fields.required("width", .length, or: .pixels(0)),
                height: fields.required("height", .length, or: .pixels(0)))
        }
    }
}

extension DocumentForm<Position> {
    static var position: DocumentForm {
        .object("{\"x\", \"y\"}") { fields in
            Position(
                x: fields.required("x", .length, or: .pixels(0)), y: fields.required("y", .length, or: .pixels(0)))
        }
    }
}

extension DocumentForm<PixelSize> {
    static var pixelSize: DocumentForm {
        .object("{\"width\", \"height\"} in pixels") { fields in
            PixelSize(
                width: fields.required("width", .integer("a whole number of pixels"), or: 0),
                height: fields.required("height", .integer("a whole number of pixels"), or: 0))
        }
    }
}

extension DocumentForm<Easing> {
    static var easing: DocumentForm {
        let expected = "an easing's name such as \"easeOutCubic\" or four numbers [x1, y1, x2, y2]"
        return DocumentForm(expected: expected) { item in
            switch item.node.value {
            case .string: return DocumentForm.word("easing", Easing.names, Easing.init(name:)).read(item)
            case .array(let nodes) where nodes.count == 4:
                let points = DocumentForm<[Double]>.list(expected, of: .number("a number")).read(item)
                guard let points, points.count == 4 else { return nil }
                return .cubicBezier(points[0], points[1], points[2], points[3])
            default:
                item.mismatch(expected)
                return nil
            }
        }
    }
}

extension DocumentForm<Animated> {
    static var animated: DocumentForm {
        let expected = "a number or {\"keyframes\": […]}"
        return DocumentForm(expected: expected) { item in
            guard case .object = item.node.value else {
                return DocumentForm<Double>.number(expected).read(item).map(Animated.constant)
            }
            return DocumentForm.object(expected) { fields in
                .keyframes(fields.required("keyframes", .list("an array of keyframes", of: .keyframe), or: []))
            }.read(item)
        }
    }
}

extension DocumentForm<Keyframe> {
    static var keyframe: DocumentForm {
        .object("a keyframe {\"time\", \"value\", \"easing\"}") { fields in
            Keyframe(
                fields.required("time", .time, or: .zero), fields.required("value", .number("a number"), or: 0),
                easing: fields.optional("easing", .easing) ?? .linear)
        }
    }
}

extension DocumentForm<Motion> {
    static var motion: DocumentForm {
        .object("{\"from\", \"to\", \"easing\"}") { fields in
            Motion(
                from: fields.optional("from", .view) ?? Motion.View(),
                to: fields.optional("to", .view) ?? Motion.View(),
                easing: fields.optional("easing", .easing) ?? .linear)
        }
    }
}

extension DocumentForm<Motion.View> {
    static var view: DocumentForm {
        .object("{\"zoom\", \"x\", \"y\"}") { fields in
            let whole = Motion.View()
            return Motion.View(
                zoom: fields.optional("zoom", .number("a number")) ?? whole.zoom,
                x: fields.optional("x", .number("a fraction 0…1")) ?? whole.x,
                y: fields.optional("y", .number("a fraction 0…1")) ?? whole.y)
        }
    }
}

extension DocumentForm<SourceRange> {
    static var sourceRange: DocumentForm {
        .object("{\"start\", \"duration\"}") { fields in
            SourceRange(
                start: fields.optional("start", .time) ?? .zero, duration: fields.optional("duration", .time))
        }
    }
}

extension DocumentForm<VideoSettings.Quality> {
    static var quality: DocumentForm {
        let words: KeyValuePairs<String, VideoSettings.Quality> = [
            "best": .best, "high": .high, "medium": .medium, "small": .small,
        ]
        let expected = "a number 1…51 or one of \(words.map(\.key).joined(separator: ", "))"
        return DocumentForm(expected: expected) { item in
            guard case .string = item.node.value else {
                return DocumentForm<Double>.number(expected).read(item).map(VideoSettings.Quality.number)
            }
            return DocumentForm.word("quality", words.map(\.key)) { name in
                words.first { $0.key == name }?.value
            }.read(item)
        }
    }
}
