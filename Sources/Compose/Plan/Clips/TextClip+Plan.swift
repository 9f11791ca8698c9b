// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Typesetting

    extension TextClip: PlannedLayer {
        func box(_ sources: SourceList) -> Rectangle {
            guard let fonts = try? FontSets.open(sources.media.fonts),
                let text = try? PlacedText(self, on: sources.canvas, fonts.set)
            else { return sources.box(of: visual) }
            return text.box
        }

        func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
            guard let fonts = try? FontSets.open(sources.media.fonts),
                let text = try? PlacedText(self, on: sources.canvas, fonts.set)
            else { return [] }
            return sources.draws(StillText(block: text.block), text, style, fonts, in: window)
        }

        func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
            TextCheck.problems(media.fonts, at: path()) { check, fonts in
                check.family(of: style.characters, at: "style")
                let isPlain = spans.count == 1 && spans[0].style == SpanStyle()
                for (index, span) in spans.enumerated() {
                    if !isPlain { check.family(of: span.style.characters, at: "spans[\(index)].style") }
                    check.characters(of: span.text, at: isPlain ? "text" : "spans[\(index)].text")
                }
                guard check.problems.isEmpty else { return }
                do throws(TextError) { _ = try PlacedText(self, on: canvas, fonts) } catch {
                    check.add("the text cannot be laid out: \(error.message)", at: isPlain ? "text" : "spans")
                }
            }
        }
    }

    /// A text with its boxes on the canvas.
    struct PlacedText: TextPlace {
        let block: TextBlock
        let layout: TextLayout
        /// The box of the clip, and the part of it in which the text lies.
        let box: Rectangle
        let inner: Rectangle
        let painted: Rectangle

        init(_ clip: TextClip, on canvas: PixelSize, _ fonts: FontSet) throws(TextError) {
            let (visual, style) = (clip.visual, clip.style)
            let padding = style.padding
            let size = Self.size(of: clip, on: canvas)
            block = TextBlock(clip.spans, style, in: size, on: canvas)
            layout = try fonts.layout(block)
            inner = visual.inner(
                width: size?.width ?? layout.width, height: size?.height ?? layout.height, padding, on: canvas)
            box = inner.padded(padding)
            painted = layout.bounds.rectangle.offset(
                x: inner.left + style.align.space(before: layout, in: inner.width),
                y: inner.top + (style.verticalAlign ?? .middle).space(above: layout.height, in: inner.height))
        }

        /// Returns the size of the box in which a clip's text lies, without padding; `nil` if that follows from the text.
        static func size(of clip: TextClip, on canvas: PixelSize) -> (width: Double, height: Double)? {
            let padding = clip.style.padding
            return clip.visual.size.map {
                (
                    width: max(1, $0.width.resolved(along: canvas.width) - 2 * padding.x),
                    height: max(1, $0.height.resolved(along: canvas.height) - 2 * padding.y)
                )
            }
        }
    }
#else
    extension TextClip: PlannedLayer {
        func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
            [.noText(at: path())]
        }
    }
#endif

extension Problem {
    /// A text in a build that cannot show any.
    static func noText(at path: String) -> Problem {
        Problem(path: path, message: "this build of Compose shows no text; build it with the trait Text")
    }
}
