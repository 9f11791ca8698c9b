// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Typesetting

    extension CaptionsClip: PlannedLayer {
        func box(_ sources: SourceList) -> Rectangle {
            if looks == .file { return sources.canvasRectangle }
            guard let fonts = try? FontSets.open(sources.media.fonts),
                let place = try? CaptionsPlace(self, on: sources.canvas, fonts.set)
            else { return sources.box(of: visual) }
            return place.box
        }

        func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
            if looks == .file { return scriptDraws(over: frames, &sources) }
            guard let captions = captions(sources.media), let fonts = try? FontSets.open(sources.media.fonts) else {
                return []
            }
            let clock = FrameClock(rate: sources.rate)
            let looks = Dictionary(speakers.map { ($0.name, $0.style) }) { $1 }
            // Where the clip says where captions lie, the file does not.
            let zones = Dictionary(grouping: captions.cues) { visual.position == nil ? $0.zone : .bottom }
            return CaptionsPlace.Zone.allCases.flatMap { zone -> [Draw] in
                guard let cues = zones[zone], let place = try? CaptionsPlace(self, zone, on: sources.canvas, fonts.set)
                else { return [] }
                let weight = place.style.characters.weight ?? CharacterStyle.defaultWeight
                let states = CaptionStates(
                    cues.compactMap { PlannedCue($0, looks, weight: weight, clock: clock, count: frames.count) },
                    CaptionLook(
                        place.style, active, box: (place.inner.width, place.inner.height), on: sources.canvas,
                        sources.rate))
                if states.cues.isEmpty { return [] }
                return sources.draws(states, place, place.style, fonts, start: frames.lowerBound, in: window)
            }
        }

        func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
            guard let captions = captions(media) else { return [] }  // its file is reported
            if looks == .file { return scriptProblems(media, on: canvas, at: path()) }
            return TextCheck.problems(media.fonts, at: path()) { check, fonts in
                check.family(of: style.characters, at: "style")
                for (index, speaker) in speakers.enumerated() {
                    check.family(of: speaker.style.characters, at: "speakers[\(index)]")
                }
                if let active { check.family(of: active.style.characters, at: "active") }
                let field = if case .file = content { "src" } else { "words" }
                if captions.cues.isEmpty { check.add("there are no captions in it", at: field) }
                if let cue = captions.cues.first(where: { !fonts.unknown(in: $0.text).isEmpty }) {
                    check.characters(of: cue.text, at: field, "the caption at \(rounded(cue.start))")
                }
                guard check.problems.isEmpty else { return }
                do throws(TextError) { _ = try CaptionsPlace(self, on: canvas, fonts) } catch {
                    check.add("the captions cannot be laid out: \(error.message)", at: "style")
                }
            }
        }
    }

    /// The place of captions on the canvas.
    struct CaptionsPlace: TextPlace {
        /// The style, with what captions have by default.
        let style: TextStyle
        let box: Rectangle
        let inner: Rectangle
        let painted: Rectangle

        /// The lines that a box without a height has room for.
        private static let lines = 3

        /// The part of the canvas in which a file wants its cues.
        enum Zone: CaseIterable { case top, middle, bottom }

        init(
            _ clip: CaptionsClip, _ zone: Zone = .bottom, on canvas: PixelSize, _ fonts: FontSet
        ) throws(TextError) {
            let letters = (clip.style.characters.size ?? CharacterStyle.defaultSize).resolved(along: canvas.height)
            let style = changed(clip.style) {
                $0.characters = $0.characters.inheriting(CaptionsClip.defaultCharacters(size: letters))
                $0.verticalAlign = zone == .top ? .top : zone == .middle ? .middle : $0.verticalAlign ?? .bottom
            }
            self.style = style
            let (width, height) = (Double(canvas.width), Double(canvas.height))
            let margins = clip.safeArea?.margins ?? (top: 0.05, bottom: 0.06, left: 0.05, right: 0.05)
            let safe = Rectangle(
                left: margins.left * width, top: margins.top * height, right: (1 - margins.right) * width,
                bottom: (1 - margins.bottom) * height)
            let padding = style.padding
            let size = clip.visual.size
            let wide = (size?.width ?? style.maxWidth)?.resolved(along: canvas.width) ?? safe.width
            let high: Double
            if let limit = size?.height ?? style.maxHeight {
                high = max(1, limit.resolved(along: canvas.height) - 2 * padding.y)
            } else {
                let line = try fonts.layout(TextBlock([TextSpan("x")], style, in: nil, on: canvas))
                high = min(line.height * Double(style.maxLines ?? clip.grouping?.mostLines ?? Self.lines), safe.height)
            }
            let visual = changed(clip.visual) {
                guard $0.position == nil else { return }
                let (y, anchor): (Double, Anchor) =
                    switch zone {
                    case .top: (safe.top, .top)
                    case .middle: ((safe.top + safe.bottom) / 2, .center)
                    case .bottom: (safe.bottom, .bottom)
                    }
                $0.position = .constant(Position(x: .pixels((safe.left + safe.right) / 2), y: .pixels(y)))
                $0.anchor = anchor
            }
            inner = visual.inner(width: max(1, wide - 2 * padding.x), height: high, padding, on: canvas)
            box = inner.padded(padding)
            let reach = Self.reach(style, clip, on: canvas)
            painted = box.padded((reach, reach))
        }

        /// Returns how far anything is painted outside of the box.
        private static func reach(_ style: TextStyle, _ clip: CaptionsClip, on canvas: PixelSize) -> Double {
            let looks =
                [style.characters] + clip.speakers.map(\.style.characters)
                + [clip.active?.style.characters].compactMap { $0 }
            let size =
                looks.compactMap(\.size).map { $0.resolved(along: canvas.height) }.max()
                ?? CharacterStyle.defaultSize.resolved(along: canvas.height)
            let strokes = looks.compactMap(\.stroke?.width).max() ?? 0
            let shadows = style.shadows.map { max(abs($0.x), abs($0.y)) + 1.5 * $0.blur }.max() ?? 0
            let boxes = (clip.speakers.map(\.style) + [clip.active?.style].compactMap { $0 }).compactMap(\.background)
            let padding = boxes.map { max($0.paddingX, $0.paddingY) }.max() ?? 0
            // Letters overhang by less than half their size, also where one is drawn larger, with an overshoot of a tenth.
            let scale = (clip.active?.scale ?? 1) * 1.1
            return ((strokes + shadows + padding + size / 2) * scale + (scale - 1) * 4 * size).rounded(.up)
        }
    }

    extension Captions.Cue {
        /// The part of the canvas in which the file wants the cue.
        fileprivate var zone: CaptionsPlace.Zone {
            switch placement?.line {
            case .row(let row): row >= 0 ? .top : .bottom
            case .percent(let height): height < 34 ? .top : height < 67 ? .middle : .bottom
            case nil: .bottom
            }
        }
    }
#else
    extension CaptionsClip: PlannedLayer {
        func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
            [.noText(at: path())]
        }
    }
#endif
