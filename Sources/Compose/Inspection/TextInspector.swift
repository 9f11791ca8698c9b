// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Libav
    internal import Typesetting

    /// A look at all texts of a plan, which notes what viewers may not be able to read.
    struct TextInspector {
        /// What was found, by kind and clip: the first three of each, and how many more there are.
        var findings: [Inspection.Finding] {
            noted.flatMap { note in
                var shown = note.first
                if note.count > shown.count {
                    shown[shown.count - 1].message += " (and \(note.count - shown.count) times more)"
                }
                return shown
            }
        }

        private struct Note {
            let path: String
            let kind: Inspection.Finding.Kind
            var first: [Inspection.Finding] = []
            var count = 0
        }

        private let plan: Plan
        private let platform: SafeArea?
        private var noted: [Note] = []
        /// What lies where of one layer.
        private struct Layer {
            let path: String
            /// The texts in order of time, which do not overlap.
            var texts: [(frames: Range<Int>, lines: [Rectangle])] = []

            /// Returns whether any of the texts at some time lies over lines.
            func lies(over lines: [Rectangle], in frames: Range<Int>) -> Bool {
                var (low, high) = (0, texts.count)
                while low < high {
                    let middle = (low + high) / 2
                    if texts[middle].frames.upperBound > frames.lowerBound { high = middle } else { low = middle + 1 }
                }
                func area(_ boxes: [Rectangle]) -> Double { boxes.reduce(0) { $0 + $1.width * $1.height } }
                for text in texts[low...].prefix(while: { $0.frames.lowerBound < frames.upperBound }) {
                    let shared = lines.flatMap { line in
                        text.lines.map { line.intersection($0) }.filter { !$0.isEmpty }
                    }
                    // Boxes of lines have room for accents, so a little does not count.
                    if area(shared) > 0.1 * min(area(lines), area(text.lines)) { return true }
                }
                return false
            }
        }

        /// The layers of text looked at, the present one last.
        private var layers: [Layer] = []
        /// How many pictures may still be composed.
        private var pictures = 60

        /// A second's characters that adults read with ease, by Netflix's Timed Text Style Guide for English: 20.
        private static let charactersPerSecond = 20.0
        /// The shortest time for which a text is shown, by the same guide: 5/6 s.
        private static let shortestTime = 5.0 / 6

        init(_ plan: Plan, platform: SafeArea?) {
            self.plan = plan
            self.platform = platform
        }

        /// Returns what a text shows in a range of output frames, and notes what is wrong with it.
        mutating func texts(
            of text: any InspectedText, start: Int, _ frames: Range<Int>, _ draw: Draw, _ path: String, contrast: Bool
        ) throws(ComposeError) -> [Inspection.Text] {
            guard case .aligned(let x, let y) = draw.view else { return [] }
            let fonts: FontSet
            do throws(TextError) { fonts = try FontSets.open(text.fonts).set } catch {
                throw ComposeError(.renderFailed, path: path, error.message)
            }
            layers.append(Layer(path: path))
            let passages = text.passages(in: frames.moved(by: -start))
            let without = contrast && pictures > 0 ? plan.without(draw.source) : nil
            // Evenly over the text, as far as pictures are left.
            let stride = max(1, (passages.count + max(1, pictures) - 1) / max(1, pictures))
            var texts: [Inspection.Text] = []
            for (place, passage) in passages.enumerated() {
                let layout: TextLayout
                do throws(TextError) { layout = try fonts.layout(passage.block) } catch {
                    throw ComposeError(.renderFailed, path: path, error.message)
                }
                let origin = text.origin(of: layout)
                let lines = layout.lines.map {
                    $0.box.rectangle.offset(x: origin.x + Double(x), y: origin.y + Double(y))
                }
                let shown = passage.frames.moved(by: start)
                var found = Inspection.Text(
                    text: passage.block.runs.map(\.text).joined(), start: seconds(shown.lowerBound),
                    end: seconds(shown.upperBound), lines: lines.map { Inspection.Box($0) },
                    size: (passage.block.runs.map(\.face.size).min() ?? 0) * layout.scale)
                if passage.isRead { checkSpeed(&found, path) }
                checkPlace(lines, layout, found, path)
                checkOverlap(lines, shown, found, path)
                if let without, place % stride == 0, pictures > 0 {
                    pictures -= 1
                    let picture = try compose((shown.lowerBound + shown.upperBound) / 2, of: without)
                    checkContrast(passage.block, lines, picture, &found, path)
                }
                texts.append(found)
            }
            return texts
        }

        private mutating func note(
            _ kind: Inspection.Finding.Kind, _ text: Inspection.Text, _ path: String, _ message: String
        ) {
            if noted.last.map({ $0.path != path || $0.kind != kind }) ?? true,
                let known = noted.firstIndex(where: { $0.path == path && $0.kind == kind })
            {
                // The kinds of one clip's findings alternate.
                noted.append(noted.remove(at: known))
            } else if noted.last.map({ $0.path != path || $0.kind != kind }) ?? true {
                noted.append(Note(path: path, kind: kind))
            }
            noted[noted.count - 1].count += 1
            guard noted[noted.count - 1].first.count < 3 else { return }
            let words = text.text.count > 40 ? text.text.prefix(39) + "…" : text.text
            noted[noted.count - 1].first.append(
                Inspection.Finding(
                    path: path, kind: kind, time: text.start,
                    message: "\(quoted(words)) at \(fixed(text.start, 2)) s \(message)"))
        }

        private mutating func checkSpeed(_ text: inout Inspection.Text, _ path: String) {
            let length = text.end - text.start
            let characters = text.text.filter { !$0.isNewline }.count
            guard length > 0, characters > 0 else { return }
            let speed = Double(characters) / length
            text.charactersPerSecond = speed
            // A word at a time is read as fast as it is spoken.
            guard text.text.contains(where: \.isWhitespace) else { return }
            if speed > Self.charactersPerSecond {
                let needed = Double(characters) / Self.charactersPerSecond
                note(
                    .readingSpeed, text, path,
                    "is shown for \(fixed(length, 2)) s, which is \(fixed(speed, 0)) characters a second; show it for \(fixed(needed, 1)) s, or say less"
                )
            } else if length < Self.shortestTime {
                note(
                    .readingSpeed, text, path,
                    "is shown for \(fixed(length, 2)) s; show a text for \(fixed(Self.shortestTime, 2)) s at least")
            }
        }

        private mutating func checkPlace(
            _ lines: [Rectangle], _ layout: TextLayout, _ text: Inspection.Text, _ path: String
        ) {
            if layout.isTruncated {
                note(.overflow, text, path, "is cut off; give it more room, fewer words or a smaller size")
            } else if max(layout.overflowX, layout.overflowY) > 0.5 {
                let excess = max(layout.overflowX, layout.overflowY)
                note(
                    .overflow, text, path,
                    "is \(pixels(excess)) larger than its box; give it more room, or set overflow to \"shrink\"")
            }
            let (width, height) = (Double(plan.size.width), Double(plan.size.height))
            func outside(_ area: Rectangle) -> Double {
                lines.map {
                    max(area.left - $0.left, area.top - $0.top, $0.right - area.right, $0.bottom - area.bottom)
                }.max() ?? 0
            }
            let beyond = outside(Rectangle(left: 0, top: 0, right: width, bottom: height))
            if beyond > 0.5 {
                note(.offCanvas, text, path, "reaches \(pixels(beyond)) beyond the picture; move it inwards")
                return
            }
            guard let platform else { return }
            let margins = platform.margins
            let excess = outside(
                Rectangle(
                    left: margins.left * width, top: margins.top * height, right: (1 - margins.right) * width,
                    bottom: (1 - margins.bottom) * height))
            if excess > 0.5 {
                note(
                    .unsafe, text, path,
                    "reaches \(pixels(excess)) into what \(platform.rawValue) covers with its own controls; move it inwards"
                )
            }
        }

        private mutating func checkOverlap(
            _ lines: [Rectangle], _ frames: Range<Int>, _ text: Inspection.Text, _ path: String
        ) {
            if let other = layers.dropLast().first(where: { $0.lies(over: lines, in: frames) }) {
                note(.overlap, text, path, "lies over the text of \(other.path); move one of them")
            }
            layers[layers.count - 1].texts.append((frames, lines))
        }

        private mutating func checkContrast(
            _ block: TextBlock, _ lines: [Rectangle], _ picture: Frame, _ text: inout Inspection.Text, _ path: String
        ) {
            let contrast = Contrast(with: picture, in: lines)
            let shown = block.runs.filter { run in run.text.contains { !$0.isWhitespace } }
            let ratios = shown.compactMap { run in
                contrast.ratio(of: run, on: block.background).map { (ratio: $0, run: run) }
            }
            guard let worst = ratios.min(by: { $0.ratio < $1.ratio }) else { return }
            text.contrast = worst.ratio
            // 24 of the 360 pixels that CSS has across a phone, or 18.66 in bold: WCAG 2.2's large text.
            let side = Double(min(plan.size.width, plan.size.height))
            let isLarge = text.size >= (worst.run.face.weight >= 700 ? 18.66 : 24) / 360 * side
            let least = isLarge ? 3 : 4.5
            if worst.ratio < least {
                note(
                    .contrast, text, path,
                    "has a contrast of \(fixed(worst.ratio, 1)) with what lies behind it, and needs \(shortest(least)); give it an outline, a background or another colour"
                )
            }
        }

        private func pixels(_ count: Double) -> String { count < 1.5 ? "1 pixel" : "\(fixed(count, 0)) pixels" }

        private func seconds(_ frame: Int) -> Double {
            Double(frame) * Double(plan.frameRate.denominator) / Double(plan.frameRate.numerator)
        }
    }

    extension Plan {
        /// Returns the plan of the same pictures without one of its sources, over a solid background.
        fileprivate func without(_ source: Int) -> Plan {
            let passes = Passes(sources: sources)
            return Plan(
                size: size, frameRate: frameRate, frameCount: frameCount,
                output: changed(output) { $0.format = .mp4 }, folder: folder, files: files, backgroundAlpha: 255,
                sources: sources, sourcePaths: sourcePaths,
                spans: spans.map { span in
                    passes.held(
                        Span(
                            frames: span.frames,
                            composition: passes.simplified(span.composition.without([source]), over: span.frames)))
                }, audio: AudioPlan(buses: [], sampleCount: 0), segmentFrames: [0..<frameCount],
                encoderThreads: encoderThreads, isEnd: true, origin: nil, decoding: decoding)
        }
    }
#endif
