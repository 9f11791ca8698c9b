// SPDX-License-Identifier: Apache-2.0

internal import Encoders

extension Edit {
    /// Everything that is wrong with the edit's values, in document order.
    ///
    /// Empty if nothing is wrong. Opens no file: what media files are is looked at by ``problems(in:for:)``. `path` is where the
    /// video is to go.
    public func valueProblems(for path: String? = nil) -> [Problem] {
        var report = ValueReport()
        let settled = settled(for: path)
        ValueRules.check(settled, &report)
        ValueRules.check(settled, asWritten: output, &report)
        return report.problems
    }
}

/// What the values of an edit have to satisfy, whether a document or a program made them.
enum ValueRules {
    /// What a side of the canvas can measure: H.264 cannot go further.
    static let sides = 2...16384

    private static let mostMegapixels = 100

    static func check(_ edit: Edit, _ report: inout ValueReport) {
        let timeline = edit.timeline
        check(timeline.size, &report)
        check(timeline.frameRate, &report)
        checkBackground(of: edit, &report)
        if !timeline.tracks.contains(where: { $0.clips.contains(where: lasts) }) {
            report.add("tracks", "the timeline is empty: add a clip with a duration")
        }
        for (index, track) in timeline.tracks.enumerated() {
            check(track, at: "tracks[\(index)].clips", on: timeline.size, &report)
        }
    }

    private static func check(_ size: PixelSize, _ report: inout ValueReport) {
        check(size.width, "size.width", &report)
        check(size.height, "size.height", &report)
        guard sides.contains(size.width), sides.contains(size.height) else { return }
        if size.width * size.height > mostMegapixels * 1_000_000 {
            let megapixels = (size.width * size.height + 999_999) / 1_000_000
            report.add("size", "\(size) is \(megapixels) megapixels; at most \(mostMegapixels) are possible")
        }
    }

    private static func check(_ side: Int, _ path: String, _ report: inout ValueReport) {
        if !sides.contains(side) {
            report.add(path, "\(side) is out of range; use \(sides.lowerBound)…\(sides.upperBound) pixels")
        } else if side % 2 != 0 {
            report.add(path, "\(side) is odd, and 4:2:0 video has only even sides; use \(side - 1) or \(side + 1)")
        }
    }

    private static func check(_ rate: FrameRate, _ report: inout ValueReport) {
        let terms = 1...1_000_000
        if !terms.contains(rate.numerator) || !terms.contains(rate.denominator) {
            report.add(
                "frameRate",
                "the terms of \(rate.numerator)/\(rate.denominator) have to lie in 1…1000000; "
                    + "use a rate such as 30 or \"30000/1001\"")
        } else if rate.numerator < rate.denominator || rate.numerator > 240 * rate.denominator {
            report.add("frameRate", "\(rate) is out of range; use 1…240 frames per second")
        }
    }

    /// Whether the clip gives the timeline a length.
    private static func lasts(_ clip: Clip) -> Bool {
        switch clip {
        case .image, .gap: true
        case .color(let clip): clip.visual.duration != nil
        case .audio(let clip): clip.duration != nil || !clip.loop
        case .transition: false
        }
    }
}
