// SPDX-License-Identifier: Apache-2.0

#if Text
    package import Libav
    internal import Typesetting

    /// An ASS file in its own looks, over the whole canvas.
    package struct ScriptSource: PictureSource {
        /// The file's path as written in the edit.
        package var src: String
        /// The file's fingerprint when the plan was made.
        package var fingerprint: FileFingerprint
        var fonts: EditFonts
        /// What identifies the fonts' contents.
        package var fontIdentity: [UInt8]
        var script: ScriptInfo
        /// The frames from the clip's start that the source shows, the first of which is its frame 0.
        package var frames: Range<Int>
        package var rate: FrameRate
        /// The canvas.
        package var size: PixelSize
        let slices: ScriptSlices

        init(
            src: String, fingerprint: FileFingerprint, fonts: EditFonts, fontIdentity: [UInt8], script: ScriptInfo,
            frames: Range<Int>, rate: FrameRate, size: PixelSize
        ) {
            self.src = src
            self.fingerprint = fingerprint
            self.fonts = fonts
            self.fontIdentity = fontIdentity
            self.script = script
            self.frames = frames
            self.rate = rate
            self.size = size
            slices = ScriptSlices(script.events, ScriptClock(rate: rate), count: frames.upperBound)
        }

        package static func == (a: ScriptSource, b: ScriptSource) -> Bool {
            // The slices follow from the rest.
            a.src == b.src && a.fingerprint == b.fingerprint && a.fontIdentity == b.fontIdentity && a.frames == b.frames
                && a.rate == b.rate && a.size == b.size && a.script == b.script
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(fingerprint)
            hasher.combine(frames)
            hasher.combine(size)
        }

        package var file: String? { src }
        package var fileFingerprint: FileFingerprint? { fingerprint }
        package var isStill: Bool { false }
        /// The canvas while it is drawn, the picture before and the one that is made, and what libass keeps.
        package var bytes: Int { size.width * size.height * 9 + 16 << 20 }

        package func isSteady(over range: Range<Int>) -> Bool {
            range.isEmpty || (end(of: range.lowerBound) ?? .max) >= range.upperBound
        }

        /// Returns the first later frame at which something else may be shown.
        private func end(of frame: Int) -> Int? {
            slices.end(of: frame + frames.lowerBound).map { $0 - frames.lowerBound }
        }

        package func changes(in range: Range<Int>) -> [Int]? {
            var changes: [Int] = []
            var frame = range.lowerBound
            while let next = end(of: frame), next < range.upperBound {
                changes.append(next)
                frame = next
            }
            return changes
        }

        package func blanks(in range: Range<Int>) -> [Range<Int>] {
            var blanks: [Range<Int>] = []
            var frame = range.lowerBound
            while frame < range.upperBound {
                let end = min(end(of: frame) ?? .max, range.upperBound)
                if slices.index(at: frame + frames.lowerBound) == nil { blanks.append(frame..<end) }
                frame = end
            }
            return blanks
        }

        package func part(_ range: Range<Int>) -> (any PictureSource)? {
            let own = range.moved(by: frames.lowerBound).clamped(to: frames)
            return changed(self) { $0.frames = own }
        }

        package func mark(_ hash: inout StableHash) {
            hash.add(src)
            hash.add(frames.lowerBound)
        }

        package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
            // Of the contents only the events that can be seen count, and those that say where lines lie.
            bytes.tag(6)
            bytes.add(Script.libraryVersion)
            bytes.add(fontIdentity)
            bytes.add(script.head)
            bytes.add(size)
            bytes.add(rate.numerator)
            bytes.add(rate.denominator)
            bytes.add(frames.lowerBound)
            let first = slices.index(endingAfter: frames.lowerBound)
            guard first < slices.all.count else { return }
            let start = slices.all[slices.all[first].since].frames.lowerBound
            let clock = ScriptClock(rate: rate)
            for event in script.events where clock.frames(of: event).overlaps(start..<max(start, frames.upperBound)) {
                bytes.add(event.digest.first)
                bytes.add(event.digest.second)
            }
            let span = start..<max(start, frames.upperBound)
            for slice in slices.all where slice.forgets && span.contains(slice.frames.lowerBound) {
                bytes.add(slice.frames.lowerBound)
            }
        }

        package var description: String {
            "script \(src), frames \(frames.lowerBound)–\(frames.upperBound), \(size), alpha, "
                + "\(fixed(Double(bytes) / 1e6, 1)) MB"
        }

        package var json: [String: JSONValue] {
            [
                "kind": .string("script"), "src": .string(src), "copy": size.json, "hasAlpha": .flag(true),
                "bytes": .int(bytes),
            ]
        }
    }
#endif
