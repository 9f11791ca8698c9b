// SPDX-License-Identifier: Apache-2.0

#if Text
    package import Typesetting

    /// A cue of captions, in frames.
    package struct PlannedCue: Sendable, Hashable {
        /// The frames in which it is shown.
        package var frames: Range<Int>
        /// The pieces of its text.
        package var pieces: [Piece]

        /// A piece of a cue's text that looks the same.
        package struct Piece: Sendable, Hashable {
            package var text: String
            /// What differs from the captions' style, and then from the active word's.
            package var look: SpanStyle
            /// The word it belongs to; `nil` for what stands between words.
            package var word: Word?
        }

        /// The time of a word.
        package struct Word: Sendable, Hashable {
            /// The first frame at which it is spoken, and the first at which it has been.
            package var frames: Range<Int>
        }

        /// Returns the cue moved by an offset.
        func moved(by offset: Int) -> PlannedCue {
            PlannedCue(
                frames: frames.moved(by: offset),
                pieces: pieces.map { piece in
                    changed(piece) { $0.word = piece.word.map { Word(frames: $0.frames.moved(by: offset)) } }
                })
        }

        /// Returns the last piece whose word has begun at a frame; `nil` if none has.
        func current(at frame: Int) -> Int? { pieces.lastIndex { ($0.word?.frames.lowerBound ?? .max) <= frame } }
    }

    /// The cues of captions.
    package struct CaptionStates: TextStates {
        /// The cues, by their first frames; those that are shown at once stand below each other in this order.
        var cues: [PlannedCue]
        /// The parts of time in which the same cues are shown, in order.
        private var slices: [Slice]
        var look: CaptionLook

        private struct Slice: Sendable, Hashable {
            var frames: Range<Int>
            var cues: [Int]
        }

        init(_ cues: [PlannedCue], _ look: CaptionLook) {
            self.cues = cues.enumerated().filter { !$0.element.frames.isEmpty }
                .sorted { ($0.element.frames.lowerBound, $0.offset) < ($1.element.frames.lowerBound, $1.offset) }
                .map(\.element)
            self.look = look
            slices = []
            var shown: [Int] = []
            var next = 0
            var frame = 0
            while next < self.cues.count || !shown.isEmpty {
                if shown.isEmpty { frame = self.cues[next].frames.lowerBound }
                while next < self.cues.count, self.cues[next].frames.lowerBound <= frame {
                    shown.append(next)
                    next += 1
                }
                var end = shown.map { self.cues[$0].frames.upperBound }.min() ?? frame
                if next < self.cues.count { end = min(end, self.cues[next].frames.lowerBound) }
                slices.append(Slice(frames: frame..<end, cues: shown))
                frame = end
                shown.removeAll { self.cues[$0].frames.upperBound <= frame }
            }
        }

        package var isStill: Bool { false }

        /// Returns the index of the first slice that ends after a frame.
        private func slice(endingAfter frame: Int) -> Int {
            var (low, high) = (0, slices.count)
            while low < high {
                let middle = (low + high) / 2
                if slices[middle].frames.upperBound > frame { high = middle } else { low = middle + 1 }
            }
            return low
        }

        private func slice(at frame: Int) -> Slice? {
            let index = slice(endingAfter: frame)
            return index < slices.count && slices[index].frames.contains(frame) ? slices[index] : nil
        }

        package func isBlank(at frame: Int) -> Bool { slice(at: frame) == nil }

        package func end(of frame: Int) -> Int? {
            let index = slice(endingAfter: frame)
            guard index < slices.count else { return nil }
            let slice = slices[index]
            guard slice.frames.contains(frame) else { return slice.frames.lowerBound }
            guard let active = look.active else { return slice.frames.upperBound }
            return slice.cues.reduce(slice.frames.upperBound) { min($0, active.end(of: frame, in: cues[$1])) }
        }

        package func block(at frame: Int) -> TextBlock? {
            guard let slice = slice(at: frame) else { return nil }
            var runs: [TextRun] = []
            for index in slice.cues {
                if !runs.isEmpty { runs.append(look.run("\n", SpanStyle())) }
                runs += look.runs(of: cues[index], at: frame)
            }
            return changed(look.block) { $0.runs = runs }
        }

        package func part(_ frames: Range<Int>) -> CaptionStates {
            // Cues are cut, so that equal parts are equal wherever they come from.
            CaptionStates(
                cues.filter { $0.frames.overlaps(frames) }.map { cue in
                    changed(cue.moved(by: -frames.lowerBound)) { $0.frames = $0.frames.clamped(to: 0..<frames.count) }
                }, look)
        }

        package func add(to bytes: inout CanonicalBytes) {
            bytes.tag(1)
            bytes.add(look.block)
            bytes.add(look.base)
            bytes.add(look.rate.numerator)
            bytes.add(look.rate.denominator)
            bytes.add(look.canvas)
            bytes.add(look.active?.mode.rawValue ?? "")
            if let active = look.active {
                bytes.add(look.run("", active.style))
                bytes.add(active.scale)
                bytes.add(active.popFrames)
            }
            bytes.add(cues.count)
            for cue in cues {
                bytes.add(cue.frames)
                bytes.add(cue.pieces.count)
                for piece in cue.pieces {
                    bytes.add(look.run(piece.text, piece.look))
                    bytes.add(piece.word?.frames ?? 0..<0)
                }
            }
        }

        package var description: String {
            let first = cues.first.map { quoted($0.pieces.map(\.text).joined()) } ?? ""
            return "\(cues.count) captions from \(first)"
        }
    }
#endif
