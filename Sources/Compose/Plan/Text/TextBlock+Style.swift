// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Typesetting

    /// The conversion of texts with styles to blocks, in pixels of a canvas.
    extension TextBlock {
        /// Creates a block of spans with a style, to be set in a box of `size`, or without one wherever there is room.
        init(_ spans: [TextSpan], _ style: TextStyle, in size: (width: Double, height: Double)?, on canvas: PixelSize) {
            var block = TextBlock(spans.flatMap(\.withoutSpaceInBox).map { TextRun($0, in: style, on: canvas) })
            let limit = style.maxWidth?.resolved(along: canvas.width)
            block.maxWidth = [limit, size?.width].compactMap { $0 }.min() ?? 0.9 * Double(canvas.width)
            let height = style.maxHeight?.resolved(along: canvas.height)
            block.maxHeight = [height, size?.height].compactMap { $0 }.min()
            block.maxLines = style.maxLines
            block.lineHeight = style.lineHeight
            block.align =
                switch style.align {
                case .start: .start
                case .center: .center
                case .end: .end
                }
            block.ellipsis = style.overflow == .ellipsis
            block.shrinkToFit = style.overflow == .shrink
            block.shadows = style.shadows.map {
                Typesetting.TextShadow(x: $0.x, y: $0.y, blur: $0.blur, color: $0.color.paint)
            }
            if let background = style.background {
                block.background = TextBox(background)
                block.backgroundPerLine = background.perLine
            }
            self = block
        }
    }

    extension TextSpan {
        /// The span in pieces: a box behind it does not reach over the space at its ends.
        fileprivate var withoutSpaceInBox: [TextSpan] {
            guard style.background != nil, let first = text.firstIndex(where: { !$0.isWhitespace }),
                let last = text.lastIndex(where: { !$0.isWhitespace })
            else { return [self] }
            let bare = SpanStyle(style.characters)
            let pieces = [
                TextSpan(String(text[..<first]), bare), TextSpan(String(text[first...last]), style),
                TextSpan(String(text[text.index(after: last)...]), bare),
            ]
            return pieces.filter { !$0.text.isEmpty }
        }
    }

    extension TextRun {
        /// Creates a run of a span in a text's style.
        init(_ span: TextSpan, in style: TextStyle, on canvas: PixelSize) {
            let look = span.style.characters.inheriting(style.characters)
            self.init(
                (look.letterCase ?? .none).applied(to: span.text), face: TextFace(look, on: canvas),
                paint: look.gradient.map { TextPaint($0) } ?? .color((look.color ?? .white).paint))
            stroke = look.stroke.flatMap { $0.width > 0 ? $0 : nil }.map {
                Typesetting.TextStroke(width: $0.width, paint: .color($0.color.paint))
            }
            box = span.style.background.map { TextBox($0) }
        }
    }

    extension TextFace {
        init(_ look: CharacterStyle, on canvas: PixelSize) {
            self.init(
                families: [look.font ?? CharacterStyle.defaultFont],
                size: (look.size ?? CharacterStyle.defaultSize).resolved(along: canvas.height))
            weight = look.weight ?? CharacterStyle.defaultWeight
            width = look.width ?? 100
            italic = look.italic ?? false
            letterSpacing = look.letterSpacing ?? 0
            features = look.features ?? []
            underline = look.underline ?? false
            strikethrough = look.strikethrough ?? false
        }
    }

    extension TextPaint {
        init(_ gradient: TextGradient) {
            self = .gradient(
                stops: gradient.stops.map { TextPaint.Stop(at: $0.at, color: $0.color.paint) }, angle: gradient.angle)
        }
    }

    extension TextBox {
        init(_ background: TextBackground) {
            self.init(
                paint: .color(background.color.paint), paddingX: background.paddingX, paddingY: background.paddingY,
                radius: background.cornerRadius)
        }
    }

    extension Color {
        var paint: TextColor { TextColor(red: red, green: green, blue: blue, alpha: alpha) }
    }

    extension CharacterStyle.LetterCase {
        /// Returns a text in this case; upper and lower case are Unicode's, of no language.
        func applied(to text: String) -> String {
            switch self {
            case .none: return text
            case .upper: return text.uppercased()
            case .lower: return text.lowercased()
            case .title:
                var isStart = true
                return text.reduce(into: "") { title, letter in
                    title += isStart && letter.isLetter ? letter.uppercased() : String(letter)
                    isStart = !letter.isLetter && !letter.isNumber && letter != "'" && letter != "’"
                }
            }
        }
    }
#endif
