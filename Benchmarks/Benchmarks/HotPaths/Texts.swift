// SPDX-License-Identifier: Apache-2.0

import Benchmark
import CAllocations
@_spi(Benchmarks) import Compose
import Foundation

/// Drawing a state of captions, and planning ten thousand cues of a file and of words.
func texts() throws {
    func captioned(_ captions: CaptionsClip, seconds: Int) -> Edit {
        Edit(size: .vertical1080, frameRate: 30) {
            Track { ColorClip(.black, duration: .seconds(seconds)) }
            Track { captions }
        }
    }
    let yellow = Color(red: 255, green: 210, blue: 0)
    let phrase = ["every", "word", "comes", "in", "time"]
    // Five words in two seconds, over and over.
    func words(cues: Int) -> [CaptionsClip.SpokenWord] {
        (0..<cues * 5).map { index in
            CaptionsClip.SpokenWord(
                phrase[index % 5], start: .milliseconds(400 * index), end: .milliseconds(400 * (index + 1)))
        }
    }
    func clip(_ content: CaptionsClip.Content, _ change: (inout TextStyle) -> Void = { _ in }) -> CaptionsClip {
        var style = TextStyle(size: 72)
        change(&style)
        return CaptionsClip(content, style: style, active: ActiveWord(color: yellow))
    }
    let five = CaptionGrouping(mostWords: 5, mostCharacters: nil, mostLines: 1, pause: nil, longest: nil)

    func outline(_ style: inout TextStyle) { style.stroke = TextStroke(.black, width: 4) }
    func shadow(_ style: inout TextStyle) { style.shadows = [TextShadow(.black, x: 4, y: 4, blur: 10)] }
    let looks: [(name: String, change: (inout TextStyle) -> Void)] = [
        ("", { _ in }), (", outline", outline), (", shadow", shadow),
        (
            ", outline and shadow",
            {
                outline(&$0); shadow(&$0)
            }
        ),
    ]
    for look in looks {
        let captions = clip(.words(words(cues: 1)), look.change).grouped(by: five)
        Benchmark(
            named("text", "state of five words at 72 px\(look.name)"),
            configuration: configuration([.wallClock], seconds: 2, times: 500)
        ) { benchmark in
            let text = try Workbench.Text(try await captioned(captions, seconds: 2).plan())
            try text.draw(at: 0)  // opens the fonts
            benchmark.startMeasurement()
            let before = allocations_so_far()
            try text.draw(at: 12)  // the second word is spoken
            benchmark.stopMeasurement()
            benchmark.measurement(allocations, allocations_so_far() - before)
        }
    }

    let counted = configuration([.wallClock], seconds: 4, times: 20)
    let cues = 10_000
    let file = NSTemporaryDirectory() + "compose-benchmark-\(ProcessInfo.processInfo.processIdentifier).srt"
    func time(_ second: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)),000"
    }
    for (name, content) in [("a file", CaptionsClip.Content.file(file)), ("words", .words(words(cues: cues)))] {
        Benchmark(named("plan", "\(cues) cues of \(name)"), configuration: counted) { benchmark in
            let lines = (0..<cues).map {
                "\($0 + 1)\n\(time(2 * $0)) --> \(time(2 * $0 + 2))\n\(phrase.joined(separator: " "))\n\n"
            }
            try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: file))
            defer { try? FileManager.default.removeItem(atPath: file) }
            let captions = clip(content).grouped(by: name == "words" ? five : nil)
            let edit = captioned(captions, seconds: 2 * cues)
            benchmark.startMeasurement()
            let before = allocations_so_far()
            blackHole(try await edit.plan())
            benchmark.stopMeasurement()
            benchmark.measurement(allocations, allocations_so_far() - before)
        }
    }
}
