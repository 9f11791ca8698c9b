// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Typesetting

    extension CanonicalBytes {
        /// Adds everything that determines a text's picture, but for the fonts.
        mutating func add(_ block: TextBlock) {
            add(block.runs.count)
            for run in block.runs { add(run) }
            for number in [block.maxWidth ?? -1, block.maxHeight ?? -1, block.lineHeight ?? -1] { add(number) }
            add(block.maxLines ?? -1)
            add(TextBlock.Alignment.allCases.firstIndex(of: block.align) ?? 0)
            add(TextBlock.Direction.allCases.firstIndex(of: block.direction) ?? 0)
            add(block.language ?? "")
            for flag in [block.wraps, block.ellipsis, block.shrinkToFit, block.backgroundPerLine] { add(flag) }
            add(block.shadows.count)
            for shadow in block.shadows {
                for number in [shadow.x, shadow.y, shadow.blur] { add(number) }
                add(shadow.color)
            }
            add(block.background)
        }

        mutating func add(_ run: TextRun) {
            add(run.text)
            add(run.face.families.count)
            for family in run.face.families { add(family) }
            add(run.face.weight)
            for number in [run.face.width, run.face.size, run.face.letterSpacing, run.scale] { add(number) }
            for flag in [run.face.italic, run.face.underline, run.face.strikethrough] { add(flag) }
            add(run.face.features.count)
            for feature in run.face.features { add(feature) }
            add(run.face.variations.count)
            for (axis, value) in run.face.variations.sorted(by: { $0.key < $1.key }) {
                add(axis)
                add(value)
            }
            add(run.paint)
            add(run.stroke?.width ?? -1)
            if let stroke = run.stroke { add(stroke.paint) }
            add(run.box)
            add(run.sweep?.fraction ?? -1)
            if let sweep = run.sweep { add(sweep.paint) }
        }

        private mutating func add(_ box: TextBox?) {
            add(box != nil)
            guard let box else { return }
            add(box.paint)
            for number in [box.paddingX, box.paddingY, box.radius] { add(number) }
        }

        private mutating func add(_ paint: TextPaint) {
            switch paint {
            case .color(let color):
                tag(0)
                add(color)
            case .gradient(let stops, let angle):
                tag(1)
                add(stops.count)
                for stop in stops {
                    add(stop.at)
                    add(stop.color)
                }
                add(angle)
            }
        }

        private mutating func add(_ color: TextColor) {
            for channel in [color.red, color.green, color.blue, color.alpha] { tag(channel) }
        }
    }
#endif
