// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Libav
    internal import Typesetting

    /// A text, which is drawn once for everything that it shows.
    package struct TextSource<States: TextStates>: PictureSource {
        var fonts: EditFonts
        /// What identifies the fonts' contents.
        package var fontIdentity: [UInt8]
        package var states: States
        /// The box that the text lies in, without padding, in pixels of the canvas from the picture's corner.
        package var box: Rectangle
        package var align: TextStyle.Align
        package var verticalAlign: TextStyle.VerticalAlign
        /// The picture's pixels for each of the canvas's.
        package var scale: Double
        /// The size of the picture in pixels; both sides are even.
        package var size: PixelSize

        package var bytes: Int { size.width * size.height * (isStill ? 5 : 10) / 2 }
        package var isStill: Bool { states.isStill }

        package func isSteady(over frames: Range<Int>) -> Bool {
            frames.isEmpty || (states.end(of: frames.lowerBound) ?? .max) >= frames.upperBound
        }

        package func changes(in frames: Range<Int>) -> [Int]? {
            var changes: [Int] = []
            var frame = frames.lowerBound
            while let next = states.end(of: frame), next < frames.upperBound {
                changes.append(next)
                frame = next
            }
            return changes
        }

        package func blanks(in frames: Range<Int>) -> [Range<Int>] {
            if isStill { return [] }
            var blanks: [Range<Int>] = []
            var frame = frames.lowerBound
            while frame < frames.upperBound {
                let end = min(states.end(of: frame) ?? .max, frames.upperBound)
                if states.isBlank(at: frame) { blanks.append(frame..<end) }
                frame = end
            }
            return blanks
        }

        package func part(_ frames: Range<Int>) -> (any PictureSource)? {
            isStill ? nil : changed(self) { $0.states = states.part(frames) }
        }

        /// Returns where a text's own box begins, in pixels of the canvas from the picture's corner.
        func origin(of layout: TextLayout) -> (x: Double, y: Double) {
            (
                box.left + align.space(before: layout, in: box.width),
                box.top + verticalAlign.space(above: layout.height, in: box.height)
            )
        }

        package func mark(_ hash: inout StableHash) {
            hash.add(states.description)
            hash.add(size.width)
        }

        package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
            bytes.tag(5)
            bytes.add(fontIdentity)
            states.add(to: &bytes)
            for side in [box.left, box.top, box.width, box.height] { bytes.add(side) }
            bytes.add(align.rawValue)
            bytes.add(verticalAlign.rawValue)
            bytes.add(scale)
            bytes.add(size)
        }

        package var description: String { "\(states), \(size), alpha, \(fixed(Double(bytes) / 1e6, 1)) MB" }

        package var json: [String: JSONValue] {
            [
                "kind": .string("text"), "text": .string(states.description), "copy": size.json,
                "hasAlpha": .flag(true), "bytes": .int(bytes),
            ]
        }
    }

    extension TextStyle.VerticalAlign {
        /// Returns the space above a text in a box, in whole pixels, so that letters are as sharp wherever they lie.
        func space(above height: Double, in room: Double) -> Double {
            switch self {
            case .top: 0
            case .middle: ((room - height) / 2).rounded()
            case .bottom: (room - height).rounded()
            }
        }
    }

    extension TextStyle.Align {
        /// Returns the space to the left of a text in a box; a text from right to left starts on the right.
        func space(before layout: TextLayout, in room: Double) -> Double {
            let isRightToLeft = layout.lines.first?.isRightToLeft ?? false
            return switch self {
            case .start: isRightToLeft ? room - layout.width : 0
            case .center: (room - layout.width) / 2
            case .end: isRightToLeft ? 0 : room - layout.width
            }
        }
    }
#endif
