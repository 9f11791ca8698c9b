// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Typesetting

    /// The place of a text on the canvas.
    protocol TextPlace {
        /// The part of the clip's box in which the text lies: the box without its padding.
        var inner: Rectangle { get }
        /// Everything that may be painted.
        var painted: Rectangle { get }
    }

    extension TextStyle {
        /// The space between a text and the edges of its box.
        var padding: (x: Double, y: Double) { (background?.paddingX ?? 0, background?.paddingY ?? 0) }
    }

    extension Visual {
        /// Returns the box of a text without its padding.
        ///
        /// It begins on whole pixels, because the edges of boxes are sharp there.
        func inner(
            width: Double, height: Double, _ padding: (x: Double, y: Double), on canvas: PixelSize
        ) -> Rectangle {
            let position = position?.first ?? .center
            let x = position.x.resolved(along: canvas.width) - anchor.x * (width + 2 * padding.x)
            let y = position.y.resolved(along: canvas.height) - anchor.y * (height + 2 * padding.y)
            let (left, top) = (x.rounded() + padding.x, y.rounded() + padding.y)
            return Rectangle(left: left, top: top, right: left + width, bottom: top + height)
        }
    }

    extension Rectangle {
        /// Returns the rectangle with space around it.
        func padded(_ padding: (x: Double, y: Double)) -> Rectangle {
            Rectangle(
                left: left - padding.x, top: top - padding.y, right: right + padding.x, bottom: bottom + padding.y)
        }
    }

    extension TextLayout.Rectangle {
        var rectangle: Rectangle { Rectangle(left: x, top: y, right: x + width, bottom: y + height) }
    }

    extension SourceList {
        /// Adds a text, and returns its drawing; none if nothing of it can be seen.
        mutating func draws(
            _ states: some TextStates, _ place: some TextPlace, _ style: TextStyle, _ fonts: OpenFonts, start: Int = 0,
            in window: LayerWindow
        ) -> [Draw] {
            let visible = place.painted.intersection(window.reach)
            guard !visible.isEmpty else { return [] }
            var area = visible.evenBounds.rectangle
            var scale = 1.0
            var size = PixelSize(width: Int(area.width), height: Int(area.height))
            if !window.isAligned {
                // As sharp as it is shown at its largest, in at most as many pixels as four canvases have.
                let most = Double(max(4 * canvas.width * canvas.height, 16 << 20))
                scale = min(max(window.density.x, window.density.y), (most / (area.width * area.height)).squareRoot())
                scale = max(scale, 4 / min(area.width, area.height))
                func side(_ length: Double) -> Int { min(Int((length * scale / 2).rounded(.up)) * 2, 16384) }
                size = PixelSize(width: side(area.width), height: side(area.height))
                scale = min(scale, Double(size.width) / area.width, Double(size.height) / area.height)
                area.right = area.left + Double(size.width) / scale
                area.bottom = area.top + Double(size.height) / scale
            }
            let source = TextSource(
                fonts: media.fonts, fontIdentity: fonts.identity, states: states,
                box: place.inner.offset(x: -area.left, y: -area.top), align: style.align,
                verticalAlign: style.verticalAlign ?? .middle, scale: scale, size: size)
            return [
                Draw(
                    source: index(of: source, start: start),
                    view: window.isAligned
                        ? .aligned(x: Int(area.left), y: Int(area.top)) : .placed(area, copy: size),
                    clip: area, covers: false)
            ]
        }
    }

    /// A check of what texts need of the fonts.
    struct TextCheck {
        private(set) var problems: [Problem] = []
        private let fonts: FontSet
        private let path: String

        /// Returns the problems that `body` finds of a clip at `path`.
        static func problems(
            _ fonts: EditFonts, at path: String, _ body: (inout TextCheck, FontSet) -> Void
        ) -> [Problem] {
            do throws(TextError) {
                let set = try FontSets.open(fonts).set
                var check = TextCheck(fonts: set, path: path)
                body(&check, set)
                return check.problems
            } catch {
                // A font that cannot be opened is reported at its own place.
                if !fonts.files.isEmpty { return [] }
                return [Problem(path: path, message: "the fonts cannot be opened: \(error.message)")]
            }
        }

        private init(fonts: FontSet, path: String) {
            self.fonts = fonts
            self.path = path
        }

        mutating func add(_ message: String, at place: String) {
            problems.append(Problem(path: "\(path).\(place)", message: message))
        }

        /// Reports a family that is not there.
        mutating func family(of look: CharacterStyle, at place: String) {
            guard let family = look.font, !fonts.has(family: family) else { return }
            add(
                "\(quoted(family)) is none of the edit's fonts\(didYouMean(family, among: fonts.families)); "
                    + "add its file to the timeline's fonts, or use \(quoted(CharacterStyle.defaultFont))",
                at: place + ".font")
        }

        /// Reports the first character that no font has.
        mutating func characters(of text: String, at place: String, _ where: String? = nil) {
            guard let missing = fonts.unknown(in: text).first else { return }
            let code = String(missing.value, radix: 16, uppercase: true)
            let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
            let number = text.firstIndex { $0.unicodeScalars.contains(missing) }.map {
                text.distance(from: text.startIndex, to: $0) + 1
            }
            add(
                "no font has “\(missing)” (U+\(digits)), character \(number ?? 1)\(`where`.map { " of " + $0 } ?? ""); "
                    + "add a font that has it to the timeline's fonts",
                at: place)
        }
    }
#endif
