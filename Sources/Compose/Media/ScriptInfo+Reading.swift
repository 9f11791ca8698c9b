// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Libav
    internal import Typesetting

    extension ScriptInfo {
        /// The files read last: services plan the same edit again and again.
        private static let known = Remembered<FileFingerprint, ScriptInfo>(most: 20)

        /// Creates what planning needs of a script from its text, which is asked for if the file is not known.
        ///
        /// The error's message is for the user.
        static func of(
            _ fingerprint: FileFingerprint, _ text: () throws(TextError) -> [UInt8]
        ) throws(TextError) -> ScriptInfo {
            try known.value(for: fingerprint) { () throws(TextError) in try ScriptInfo(reading: text()) }
        }

        /// Reads a script.
        init(reading text: [UInt8]) throws(TextError) {
            guard text.count <= Self.mostBytes else {
                throw TextError(.outOfRange, "it has more than \(Self.mostBytes >> 20) MiB; split it into several")
            }
            let script = try Script(text)
            guard script.eventCount <= Self.mostEvents else {
                throw TextError(
                    .outOfRange,
                    "it has \(script.eventCount) events, and at most \(Self.mostEvents) can be drawn; split it into several"
                )
            }
            let styles = script.styles
            let named = Dictionary(styles.dropFirst().map { ($0.name, $0) }) { $1 }
            var families = Families()
            do throws(LibavError) {
                for index in 0..<script.eventCount {
                    let event = script.event(index)
                    guard styles.indices.contains(event.style) else { continue }
                    let read = ScriptText(event, styles[event.style], isKnown: event.style > 0, named)
                    // What is shown for no time is never shown.
                    guard event.length > 0 else { continue }
                    for run in read.runs { families.add(run, at: event.start) }
                    events.append(
                        Event(
                            start: event.start, end: event.start.addingClamped(event.length),
                            isAnimated: read.isAnimated, collides: !read.isPlaced, resizes: read.resizes,
                            digest: try Digest128(of: event.bytes), extent: read.extent))
                }
                head = try Digest(of: Self.head(of: text)).bytes
            } catch {
                throw TextError(.machine, error.description)
            }
            self.families = families.all
            (width, height) = Self.size(script.resolution)
        }

        /// Returns the size that sizes are meant for, which follows from the half of it that a file says.
        private static func size(_ said: (width: Int, height: Int)) -> (Double, Double) {
            let (width, height) = (Double(said.width), Double(said.height))
            switch (said.width > 0, said.height > 0) {
            case (true, true): return (width, height)
            case (true, false): return (width, said.width == 1280 ? 1024 : max(1, width * 3 / 4))
            case (false, true): return (said.height == 1024 ? 1280 : max(1, height * 4 / 3), height)
            case (false, false): return (384, 288)
            }
        }

        /// Returns the lines of a file that are no events.
        private static func head(of text: [UInt8]) -> [UInt8] {
            var head: [UInt8] = []
            for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
                let ink = line.drop { $0 == 0x20 || $0 == 0x09 }
                if ink.starts(with: "Dialogue:".utf8) || ink.starts(with: "Comment:".utf8) { continue }
                head += line + [0x0A]
            }
            return head
        }
    }

    /// The families of a script, with what is set in them.
    private struct Families {
        private var order: [String] = []
        private var found: [String: (family: ScriptInfo.Family, seen: Set<Unicode.Scalar>)] = [:]

        mutating func add(_ run: (family: String, place: String, text: String), at time: Int) {
            let key = run.family.lowercased()
            if found[key] == nil {
                order.append(key)
                let family = ScriptInfo.Family(name: run.family, place: run.place, characters: "", time: time)
                found[key] = (family, [])
            }
            for scalar in run.text.unicodeScalars where found[key]?.seen.insert(scalar).inserted == true {
                found[key]?.family.characters.unicodeScalars.append(scalar)
            }
        }

        var all: [ScriptInfo.Family] { order.compactMap { found[$0]?.family } }
    }

    extension Script.Event {
        /// Everything that determines how it looks.
        fileprivate var bytes: [UInt8] {
            var bytes: [UInt8] = []
            for number in [start, length, layer] + margins + [style] { bytes += Array("\(number),".utf8) }
            for text in [name, effect, text] { bytes += Array("\(text.utf8.count):\(text)".utf8) }
            return bytes
        }
    }

    extension Int {
        fileprivate func addingClamped(_ other: Int) -> Int {
            let (sum, overflow) = addingReportingOverflow(other)
            return overflow ? .max : sum
        }
    }
#endif
