// SPDX-License-Identifier: Apache-2.0

extension Form<Animated<Length>> {
    /// Returns the form of a distance, constant or with keyframes, whose number of pixels lies in a range.
    static func animatedDistance(_ range: ClosedRange<Double>) -> Form {
        .animated(
            .distance(range), "a number of pixels, a percentage",
            suffix: "Distance\(shortest(range.lowerBound))to\(shortest(range.upperBound))",
            ofKeyframe: "distance, in the field's range")
    }
}

extension Form<Animated<Color>> {
    /// The form of a colour, constant or with keyframes.
    static let animatedColor = Form.animated(.color, "a colour", suffix: "Color")
}

extension Form<Animated<Scale>> {
    /// The form of an enlargement, constant or with keyframes.
    static let animatedScale: Form = {
        let number = Form<Double>.number(Scale.range)
        let axes = ObjectForm(
            "scale", "An enlargement along each axis.", usual: Scale(1),
            [
                .optional("x", \.x, number, "The factor for widths."),
                .optional("y", \.y, number, "The factor for heights."),
            ])
        let scale = Form<Scale>(
            expected: "a number or {\"x\", \"y\"}", kind: "number 0…100, or object *scale*",
            schema: { .any([number.schema(), axes.schema()]) },
            read: { node, reader in
                if case .object = node.value { return axes.form.read(node, reader) }
                return number.read(node, reader).map { Scale($0) }
            },
            write: { $0.x == $0.y ? number.write($0.x) : axes.form.write($0) },
            check: { scale, report in
                if scale.x == scale.y || (scale.x.isNaN && scale.y.isNaN) {
                    number.check?(scale.x, &report)
                } else {
                    axes.check(scale, &report)
                }
            })
        return .animated(scale, "a number, {\"x\", \"y\"}", suffix: "Scale", kind: "animated number 0…100, or *scale*")
    }()
}

extension Form<Animated<Position>> {
    /// The form of a point of the canvas, constant or with keyframes.
    static let animatedPosition = Form.animated(
        Position.form.form, "a point {\"x\", \"y\"}", suffix: "Position", canCurve: true)
}

extension Crop {
    static let form = ObjectForm(
        "crop", "What is cut off each side.", usual: Crop(),
        [
            .optional("left", \.left, side, "Cut off the left side, in pixels or percent of the content."),
            .optional("top", \.top, side, "Cut off the top."),
            .optional("right", \.right, side, "Cut off the right side."),
            .optional("bottom", \.bottom, side, "Cut off the bottom."),
        ],
        rules: { crop, report in
            for (first, second, name) in [(crop.left, crop.right, "right"), (crop.top, crop.bottom, "bottom")] {
                guard let most = largestPercent(first), let other = largestPercent(second), most + other >= 100 else {
                    continue
                }
                report.add("together with the side opposite nothing is left; cut off less", at: .field(name))
            }
        })

    private static let side = Form<Animated<Length>>.animatedDistance(0...32768)

    private static func largestPercent(_ length: Animated<Length>) -> Double? {
        guard case .constant(.percent(let value)) = length else { return nil }
        return value
    }
}

extension Corners {
    /// The form of a radius for all corners, or of one for each.
    static let form: Form<Corners> = {
        let radius = Form<Animated<Length>>.animatedDistance(0...32768)
        let each = ObjectForm(
            "corners", "The radius of each corner.", usual: Corners(),
            [
                .optional("topLeft", \.topLeft, radius, "The radius of the top left corner."),
                .optional("topRight", \.topRight, radius, "The radius of the top right corner."),
                .optional("bottomRight", \.bottomRight, radius, "The radius of the bottom right corner."),
                .optional("bottomLeft", \.bottomLeft, radius, "The radius of the bottom left corner."),
            ])
        let names = Set(each.fields.flatMap(\.names))
        return Form(
            expected: radius.expected + ", or one for each corner", kind: radius.kind + ", or object *corners*",
            schema: { .any([radius.schema(), each.schema()]) },
            read: { node, reader in
                if case .object(let members) = node.value,
                    members.isEmpty || members.contains(where: { names.contains($0.name) })
                {
                    return each.form.read(node, reader)
                }
                return radius.read(node, reader).map { Corners($0) }
            },
            write: { $0 == Corners($0.topLeft) ? radius.write($0.topLeft) : each.form.write($0) },
            check: { corners, report in
                if corners == Corners(corners.topLeft) {
                    radius.check?(corners.topLeft, &report)
                } else {
                    each.check(corners, &report)
                }
            })
    }()
}

extension Border {
    static let form = ObjectForm(
        "border", "A line along the inside of a box's edge.", usual: Border(width: 0),
        [
            .required(
                "width", \.width, .animatedDistance(0...1000), "Its width, in pixels or percent of the shorter side."),
            .optional("color", \.color, .animatedColor, "Its colour."),
        ])
}

extension Shadow {
    static let form = ObjectForm(
        "shadow", "A shadow on what lies below.", usual: Shadow(),
        [
            .optional("color", \.color, .animatedColor, "The shadow's colour."),
            .optional("blur", \.blur, .animatedDistance(0...1000), "Its soft edge, as in CSS."),
            .optional("x", \.x, .animatedDistance(-10000...10000), "Its offset to the right."),
            .optional("y", \.y, .animatedDistance(-10000...10000), "Its offset downwards."),
            .optional("spread", \.spread, .animatedDistance(-200...200), "By how much it is larger on each side."),
        ])
}
