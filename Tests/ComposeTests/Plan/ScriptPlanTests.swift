// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing
import Typesetting

@testable import Compose

/// Plans of ASS files in their own looks: what is refused, when pictures change, and what an edit of a line costs.
@Suite struct ScriptPlanTests {
    private let size = PixelSize(width: 320, height: 240)

    private func edit(_ src: String = "a.ass", seconds: Int = 4) -> Edit {
        Edit(size: size, frameRate: 20) {
            Track {
                for index in 0..<max(1, seconds / 4) {
                    ColorClip(Color(red: UInt8(index), green: 9, blue: 9), duration: .seconds(4))
                }
            }
            Track { CaptionsClip(src).looks(.file) }
        }
    }

    private func plan(_ file: ScriptFile, seconds: Int = 4) async throws -> Plan {
        try await Fixtures.withTemporaryFolder { folder in
            try file.write(to: folder + "/a.ass")
            return try await edit(seconds: seconds).plan(in: folder)
        }
    }

    private func problems(_ file: ScriptFile) async throws -> [String] {
        try await Fixtures.withTemporaryFolder { folder in
            try file.write(to: folder + "/a.ass")
            return await edit().problems(in: folder).map(\.description)
        }
    }

    @Test func `a family that is not in the edit is refused with the style or the tag that names it`() async throws {
        var file = ScriptFile((0.5, 1, "{\\fnIntre}a"))
        file.styles = [ScriptFile.style("Title", font: "Arial")]
        file.events.append((1, 2, "Title", "b"))
        let found = try await problems(file)
        #expect(found.count == 2)
        #expect(found[0].hasPrefix("tracks[1].clips[0].src: \\fnIntre has the font \"Intre\""), "\(found)")
        #expect(found[0].contains("did you mean Inter?") || found[0].contains("did you mean \"Inter\""), "\(found)")
        #expect(found[1].contains("the style \"Title\" has the font \"Arial\""), "\(found)")
    }

    @Test func `a style that no event has may have any font`() async throws {
        var file = ScriptFile((0, 1, "a"))
        file.styles = [ScriptFile.style("Unused", font: "Arial")]
        #expect(try await problems(file) == [])
        file.events[0].text = "a{\\rUnused}b"
        #expect(try await problems(file).first?.contains("the style \"Unused\"") == true)
    }

    @Test func `a style that is not in the file is refused`() async throws {
        var file = ScriptFile((0, 1, "a"))
        file.events[0].style = "Nowhere"
        let found = try await problems(file)
        // libass takes the file's own default for it.
        #expect(found.isEmpty)
        let text = file.text.replacingOccurrences(of: "Style: Default", with: "Style: Other")
        try await Fixtures.withTemporaryFolder { folder in
            try text.write(toFile: folder + "/a.ass", atomically: true, encoding: .utf8)
            let found = await edit().problems(in: folder).map(\.description)
            #expect(found.first?.contains("events whose style is not in the file") == true, "\(found)")
        }
    }

    @Test func `a character that the font does not have is refused`() async throws {
        let found = try await problems(ScriptFile((1, 2, "fine"), (2, 3, "a\u{0F40}")))
        #expect(found.count == 1 && found[0].contains("U+0F40"), "\(found)")
        #expect(try await problems(ScriptFile((1, 2, "{\\p1}m 0 0 l 9 0 9 9{\\p0}é\\N\\hx"))) == [])
    }

    @Test func `only ASS files have looks`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try "1\n00:00:00,000 --> 00:00:02,000\na\n".write(
                toFile: folder + "/a.srt", atomically: true, encoding: .utf8)
            let found = await edit("a.srt").problems(in: folder).map(\.description)
            #expect(found.count == 1 && found[0].hasPrefix("tracks[1].clips[0].looks: a.srt is no ASS"), "\(found)")
        }
    }

    @Test(arguments: [
        "{\\fs5000}Huge letters here", "{\\fscx10000\\fscy10000}Huge letters here", "{\\bord5000}Huge",
        "{\\fs100\\fs+99\\fs+99}Huge", "{\\t(\\fs9000)}Grows", "{\\p1}m 0 0 l 90000 0 90000 90000",
        "{\\iclip(m 0 0 l 90000 0 90000 90000)}cut",
    ]) func `what would take too much memory is refused`(_ text: String) async throws {
        let found = try await problems(ScriptFile((0, 1, text)))
        #expect(found.count == 1 && found[0].contains("too large"), "\(found)")
    }

    @Test func `sizes beyond all numbers do not hide others`() async throws {
        let endless = String(repeating: "\\fs+999999999", count: 50)
        let found = try await problems(ScriptFile((0, 1, "{\(endless)\\p1}m 0 0"), (0, 1, "{\\bord5000}Huge")))
        #expect(found.count == 1 && found[0].contains("too large"), "\(found)")
    }

    @Test func `too many events at once are refused, and as many one after the other are not`() async throws {
        var file = ScriptFile()
        file.events = (0..<1001).map { _ in (0, 1, "Default", "{\\pos(9,9)\\fs4}.") }
        #expect(try await problems(file).first?.contains("1000 events are shown at 0") == true)
        file.events = (0..<1001).map { (Double($0) / 100, Double($0 + 1) / 100, "Default", "{\\fs4}.") }
        #expect(try await problems(file) == [])
    }

    @Test func `where no event is, nothing is drawn, and lines that stay are held`() async throws {
        let plan = try await plan(ScriptFile((0.5, 1, "stays"), (1, 1.5, "too"), (2, 3, "{\\k50}mo{\\k50}ves")))
        let layers = plan.spans.map { ($0.frames, $0.composition.draws.count, $0.isHeld) }
        #expect(layers.map(\.0) == [0..<10, 10..<20, 20..<30, 30..<40, 40..<60, 60..<80], "\(layers)")
        #expect(layers.map(\.1) == [1, 2, 2, 1, 2, 1])
        #expect(layers.map(\.2) == [true, true, true, true, false, true])
    }

    @Test func `a source says whenever its picture changes`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try ScriptFile.song.write(to: folder + "/a.ass")
            let plan = try await edit().plan(in: folder)
            let source = try #require(plan.sources.compactMap { $0.source as? ScriptSource }.first)
            let reader = try source.open(at: 0, from: MediaAccess(folder: folder))
            let pictures = try (0..<source.frames.count).map { try reader.picture(at: $0).pixels?.plane(3) }
            let count = pictures.count
            let changes = (1..<count).filter { pictures[$0] != pictures[$0 - 1] }
            #expect(Set(source.changes(in: 0..<count) ?? []).isSuperset(of: changes))
            let blanks = Set(source.blanks(in: 0..<count).joined())
            #expect((0..<count).allSatisfy { !blanks.contains($0) || pictures[$0] == nil })
        }
    }

    @Test func `an edit of a line changes the segments that show it, and one of a style all`() async throws {
        var file = ScriptFile((1, 2, "first"), (9, 10, "second"), (13, 14, "third"))
        let before = try await plan(file, seconds: 16)
        #expect(before.segments.count == 4)
        file.events[1].text = "changed"
        #expect(try await plan(file, seconds: 16).segmentsShared(with: before) == [0, 1, nil, 3])
        file.styles = [ScriptFile.style("More")]
        #expect(try await plan(file, seconds: 16).segmentsShared(with: before) == [nil, 1, nil, nil])
    }

    @Test func `lines that hold places over a whole film do not make frames depend on its beginning`() {
        var events: [ScriptInfo.Event] = []
        func add(_ start: Int, _ end: Int) throws {
            events.append(
                ScriptInfo.Event(
                    start: start, end: end, isAnimated: false, collides: true, resizes: false,
                    digest: try ScriptInfo.Digest128(of: []), extent: ScriptExtent()))
        }
        try? add(0, 1_000_000)
        for second in 0..<1000 { try? add(second * 1000, second * 1000 + 500) }
        let slices = ScriptSlices(events, ScriptClock(rate: 20), count: 20_000)
        #expect(slices.all.count == 2000)
        #expect(slices.all.indices.allSatisfy { $0 - slices.all[$0].since < 257 })
        #expect(slices.all.count { $0.forgets } == 7)
    }

    /// FUZZ_SECONDS=600 goes on for longer, with other damage.
    @Test func `damaged files are refused, or drawn in a bounded time`() async throws {
        let bytes = Array(ScriptFile.song.text.utf8)
        let fonts = try FontSet([])
        let seconds = ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap(Double.init)
        var random = RepeatableRandom(seconds == nil ? 7 : UInt64(ProcessInfo.processInfo.processIdentifier))
        let start = ContinuousClock.now
        var (files, drawn, longest, worst) = (0, 0, Duration.zero, bytes)
        while seconds.map({ start.duration(to: .now) < .seconds($0) }) ?? (files < 150) {
            files += 1
            let damaged = random.damagedScript(bytes)
            guard let info = try? ScriptInfo(reading: damaged), info.problem(on: size) == nil else { continue }
            let script = try Script(damaged, fonts: fonts, width: size.width, height: size.height)
            for time in stride(from: 0, to: 4000, by: 790) {
                let begin = ContinuousClock.now
                if try script.draw(at: time) != nil { drawn += 1 }
                if begin.duration(to: .now) > longest {
                    longest = begin.duration(to: .now)
                    worst = damaged
                }
            }
        }
        #expect(drawn > 100, "only \(drawn) pictures were drawn")
        if seconds != nil { print("\(files) files, \(drawn) pictures, the longest in \(longest)") }
        // Far more than needed, so that a busy machine does not fail the test but endless work does.
        #expect(longest < .seconds(30), "\(String(decoding: worst, as: UTF8.self))")
    }
}

extension RepeatableRandom {
    /// Returns a script with some bytes changed, numbers replaced by extreme ones, and tags copied to other places.
    fileprivate mutating func damagedScript(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let extremes = ["0", "-1", "99999999999", "1e30", "-2147483648", "0.00001", "nan", "300", "65536", ""]
        let tags = [
            "{\\t(0,1,0.1,\\fscx400)}", "{\\frx89\\fry45}", "{\\be20}", "{\\clip(m 0 0 l 90 0 90 90 b 1 2 3 4 5 6)}",
            "{\\fax3}",
            "{\\org(-9,9)}", "{\\q2}", "{\\p3}", "{\\r}", "{\\kt9}", "{\\pbo-9}", "{\\fsp50}", "{\\fe1}", "{", "}",
            "\\N", "\u{202E}",
            "{\\blur90\\bord20}", "{\\xshad-99}",
        ]
        for _ in 0..<(1 + next(below: 6)) {
            let at = next(below: bytes.count)
            switch next(below: 4) {
            case 0: bytes[at] = UInt8(next(below: 256))
            case 1: bytes.insert(contentsOf: tags[next(below: tags.count)].utf8, at: at)
            case 2: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(below: 9)))
            default:
                guard let digit = bytes[at...].firstIndex(where: { $0 >= 0x30 && $0 <= 0x39 }) else { continue }
                let end = bytes[digit...].firstIndex { $0 < 0x30 || $0 > 0x39 } ?? bytes.count
                bytes.replaceSubrange(digit..<end, with: extremes[next(below: extremes.count)].utf8)
            }
        }
        return bytes
    }
}
