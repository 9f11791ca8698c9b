// SPDX-License-Identifier: Apache-2.0

#if Text
    package import Typesetting

    /// A number that runs.
    package struct CounterStates: TextStates {
        var from: Double
        var to: Double
        var easing: Easing
        var format: NumberFormat
        /// The number of frames in which it runs, and the frame of it that the source begins with.
        var count: Int
        var offset = 0
        /// The frames in which it is shown.
        var shown: Range<Int>
        var rate: FrameRate
        /// Everything but the text of the only run.
        var look: TextBlock

        package var isStill: Bool { false }

        func text(at frame: Int) -> String {
            let place = min(max(frame + offset, 0), max(count - 1, 0))
            let progress = count > 1 ? easing(Double(place) / Double(count - 1)) : 1
            let value = format.countsFrames ? from : from + (to - from) * progress
            return format.text(of: value, frame: place, rate: rate, runsDown: to < from)
        }

        package func block(at frame: Int) -> TextBlock? {
            isBlank(at: frame) ? nil : changed(look) { $0.runs[0].text = text(at: frame) }
        }

        package func isBlank(at frame: Int) -> Bool { !shown.contains(frame) }

        package func end(of frame: Int) -> Int? {
            if frame < shown.lowerBound { return shown.lowerBound }
            guard frame < shown.upperBound else { return nil }
            let now = text(at: frame)
            return (frame + 1..<max(frame + 1, shown.upperBound)).first { text(at: $0) != now } ?? shown.upperBound
        }

        package func part(_ frames: Range<Int>) -> CounterStates {
            changed(self) {
                $0.offset += frames.lowerBound
                $0.shown = shown.moved(by: -frames.lowerBound).clamped(to: 0..<frames.count)
            }
        }

        package func add(to bytes: inout CanonicalBytes) {
            bytes.tag(2)
            bytes.add(look)
            // What is shown, however it comes about.
            bytes.add(shown)
            var frame = shown.lowerBound
            while frame < shown.upperBound {
                bytes.add(frame)
                bytes.add(text(at: frame))
                frame = end(of: frame) ?? shown.upperBound
            }
        }

        package var description: String {
            "counter from \(quoted(text(at: -offset))) to \(quoted(text(at: count - 1 - offset)))"
        }
    }
#endif
