// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Foundation
    package import Typesetting

    /// The look of captions on a canvas.
    package struct CaptionLook: Sendable, Hashable {
        /// Everything but the runs.
        package var block: TextBlock
        /// A run in the captions' style.
        package var base: TextRun
        package var canvas: PixelSize
        package var rate: FrameRate
        package var active: Active?
        private let style: TextStyle

        /// How a word looks while it is spoken.
        package struct Active: Sendable, Hashable {
            package var style: SpanStyle
            package var scale: Double
            package var popFrames: Int
            package var mode: ActiveWord.Mode
        }

        init(
            _ style: TextStyle, _ active: ActiveWord?, box: (width: Double, height: Double), on canvas: PixelSize,
            _ rate: FrameRate
        ) {
            self.style = style
            self.canvas = canvas
            self.rate = rate
            self.active = active.map { word in
                // An outline that is meant for what lies behind the captions only blurs letters on a box of their own.
                let look = changed(word.style) {
                    if $0.background != nil, $0.characters.stroke == nil {
                        $0.characters.stroke = ComposeScene.TextStroke(.black, width: 0)
                    }
                }
                return Active(
                    style: look, scale: word.scale,
                    popFrames: Int(
                        (word.pop / .seconds(1) * Double(rate.numerator) / Double(rate.denominator)).rounded()),
                    mode: word.mode)
            }
            base = TextRun(TextSpan(""), in: style, on: canvas)
            block = changed(TextBlock([], style, in: box, on: canvas)) {
                if !$0.ellipsis { $0.shrinkToFit = true }
            }
        }

        /// Returns a run of text.
        func run(_ text: String, _ look: SpanStyle) -> TextRun {
            if look == SpanStyle() { return changed(base) { $0.text = (style.letterCase ?? .none).applied(to: text) } }
            return TextRun(TextSpan(text, look), in: style, on: canvas)
        }

        /// Returns the runs of a cue at a frame.
        func runs(of cue: PlannedCue, at frame: Int) -> [TextRun] {
            guard let active, let current = cue.current(at: frame), let word = cue.pieces[current].word else {
                return cue.pieces.map { run($0.text, $0.look) }
            }
            return cue.pieces.indices.map { index in
                let piece = cue.pieces[index]
                let plain = run(piece.text, piece.look)
                // A word may be in several pieces.
                let isCurrent = piece.word == word
                guard piece.word != nil, isCurrent || (active.mode != .word && index < current) else { return plain }
                let look = changed(active.style) { $0.characters = $0.characters.inheriting(piece.look.characters) }
                var run = run(piece.text, look)
                if isCurrent { run.scale = active.scale(frame - word.frames.lowerBound) }
                if isCurrent, active.mode == .fill {
                    let spoken = Double(frame + 1 - word.frames.lowerBound) / Double(max(1, word.frames.count))
                    if spoken < 1 {
                        run = changed(plain) {
                            $0.scale = run.scale
                            $0.sweep = TextRun.Sweep(paint: run.paint, fraction: spoken)
                        }
                    }
                }
                return run
            }
        }
    }

    extension CaptionLook.Active {
        /// Returns how much larger a word is, a number of frames after it began.
        ///
        /// It overshoots as easings.net's easeOutBack does.
        func scale(_ frames: Int) -> Double {
            guard frames < popFrames else { return scale }
            let progress = Double(frames + 1) / Double(popFrames + 1)
            return max(1, 1 + (scale - 1) * Easing.named(.back, .easeOut)(progress))
        }

        /// Returns the first frame after `frame` at which a cue looks different, or the cue's end.
        func end(of frame: Int, in cue: PlannedCue) -> Int {
            let next = cue.pieces.compactMap { $0.word?.frames.lowerBound }.filter { $0 > frame }.min()
            let end = min(next ?? .max, cue.frames.upperBound)
            guard let current = cue.current(at: frame), let word = cue.pieces[current].word else { return end }
            let isMoving =
                frame - word.frames.lowerBound < popFrames
                || (mode == .fill && frame + 1 < word.frames.upperBound)
            return isMoving ? frame + 1 : end
        }
    }
#endif
