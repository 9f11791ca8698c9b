// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Typesetting

    extension CounterClip: PlannedLayer {
        func box(_ sources: SourceList) -> Rectangle {
            guard let fonts = try? FontSets.open(sources.media.fonts),
                let text = try? PlacedText(
                    widest(of: states(100, sources.rate, on: sources.canvas)), on: sources.canvas, fonts.set)
            else { return sources.box(of: visual) }
            return text.box
        }

        func draws(over frames: Range<Int>, in window: LayerWindow, _ sources: inout SourceList) -> [Draw] {
            guard let fonts = try? FontSets.open(sources.media.fonts) else { return [] }
            let states = states(frames.count, sources.rate, on: sources.canvas)
            guard let place = try? PlacedText(widest(of: states), on: sources.canvas, fonts.set) else { return [] }
            return sources.draws(states, place, style, fonts, start: frames.lowerBound, in: window)
        }

        func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
            TextCheck.problems(media.fonts, at: path()) { check, fonts in
                check.family(of: style.characters, at: "style")
                let states = states(100, 30, on: canvas)
                check.characters(of: states.text(at: 0) + states.text(at: 99), at: "format")
                guard check.problems.isEmpty else { return }
                do throws(TextError) { _ = try PlacedText(widest(of: states), on: canvas, fonts) } catch {
                    check.add("the number cannot be laid out: \(error.message)", at: "style")
                }
            }
        }

        private func states(_ count: Int, _ rate: FrameRate, on canvas: PixelSize) -> CounterStates {
            let text = asText("")
            let size = PlacedText.size(of: text, on: canvas)
            return CounterStates(
                from: from, to: to ?? from, easing: easing, format: format, count: count, shown: 0..<count, rate: rate,
                look: TextBlock(text.spans, text.style, in: size, on: canvas))
        }

        /// Returns the number as a text, with digits of equal width unless the style says otherwise.
        private func asText(_ text: String) -> TextClip {
            changed(TextClip(text, style: style)) {
                $0.visual = visual
                if $0.style.features == nil { $0.style.features = ["tnum"] }
            }
        }

        /// Returns the longest of the numbers, as far as a look at some of them tells.
        private func widest(of states: CounterStates) -> TextClip {
            let steps = min(states.count, 200)
            let texts = (0..<max(1, steps)).map { states.text(at: $0 * (states.count - 1) / max(1, steps - 1)) }
            return asText(texts.max { $0.count < $1.count } ?? "")
        }
    }
#else
    extension CounterClip: PlannedLayer {
        func mediaProblems(_ media: Media, on canvas: PixelSize, at path: () -> String) -> [Problem] {
            [.noText(at: path())]
        }
    }
#endif
