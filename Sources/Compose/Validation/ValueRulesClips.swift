// SPDX-License-Identifier: Apache-2.0

/// The rules for one clip by itself.
extension ValueRules {
    static func check(_ clip: Clip, at path: String, on canvas: PixelSize, _ report: inout ValueReport) {
        switch clip {
        case .image(let clip): check(clip, at: path, on: canvas, &report)
        case .color(let clip): check(clip.visual, at: path, on: canvas, &report)
        case .gap(let clip): report.length(clip.duration, "\(path).duration")
        case .audio(let clip): check(clip, at: path, &report)
        case .transition(let clip): check(clip, at: path, &report)
        }
    }

    private static func check(_ image: Image, at path: String, on canvas: PixelSize, _ report: inout ValueReport) {
        report.file(image.src, "\(path).src")
        if image.visual.duration == nil {
            report.add(
                "\(path).duration", "missing; a picture does not say how long it is shown, so give it a duration")
        }
        check(image.visual, at: path, on: canvas, &report)
        if let motion = image.motion {
            check(motion.from, at: "\(path).motion.from", &report)
            check(motion.to, at: "\(path).motion.to", &report)
            report.easing(motion.easing, "\(path).motion.easing")
        }
    }

    private static func check(_ view: Motion.View, at path: @autoclosure () -> String, _ report: inout ValueReport) {
        report.number(view.zoom, in: 1...100, "\(path()).zoom")
        report.number(view.x, in: 0...1, "\(path()).x")
        report.number(view.y, in: 0...1, "\(path()).y")
    }

    private static func check(_ visual: Visual, at path: String, on canvas: PixelSize, _ report: inout ValueReport) {
        if let start = visual.start { report.time(start, "\(path).start") }
        if let duration = visual.duration { report.length(duration, "\(path).duration") }
        if let size = visual.size {
            report.side(size.width, along: canvas.width, "\(path).size.width")
            report.side(size.height, along: canvas.height, "\(path).size.height")
        }
        if let position = visual.position {
            report.coordinate(position.x, along: canvas.width, "\(path).position.x")
            report.coordinate(position.y, along: canvas.height, "\(path).position.y")
        }
        report.animated(visual.opacity, in: 0...1, "\(path).opacity")
    }

    private static func check(_ audio: Audio, at path: String, _ report: inout ValueReport) {
        report.file(audio.src, "\(path).src")
        if let start = audio.start { report.time(start, "\(path).start") }
        if let duration = audio.duration { report.length(duration, "\(path).duration") }
        if let source = audio.source {
            report.time(source.start, "\(path).source.start")
            if let duration = source.duration { report.length(duration, "\(path).source.duration") }
        }
        report.animated(audio.volume, in: 0...100, "\(path).volume")
        report.time(audio.fadeIn, "\(path).fadeIn")
        report.time(audio.fadeOut, "\(path).fadeOut")
        checkFades(of: audio, at: path, &report)
    }

    private static func checkFades(of audio: Audio, at path: String, _ report: inout ValueReport) {
        let ramps = Duration.zero...ValueReport.longest
        guard let duration = audio.knownDuration, ValueReport.isLength(duration), ramps.contains(audio.fadeIn),
            ramps.contains(audio.fadeOut), audio.fadeIn + audio.fadeOut > duration
        else { return }
        let field = audio.fadeOut > .zero ? "fadeOut" : "fadeIn"
        let fades = "\(seconds(audio.fadeIn)) + \(seconds(audio.fadeOut))"
        report.add(
            "\(path).\(field)", "the fades (\(fades)) are longer than the clip (\(seconds(duration))); shorten them")
    }

    private static func check(_ transition: Transition, at path: String, _ report: inout ValueReport) {
        if case .map(let src) = transition.style { report.file(src, "\(path).src") }
        report.length(transition.duration, "\(path).duration")
        report.easing(transition.easing, "\(path).easing")
        if let softness = transition.softness {
            report.number(softness, in: 0...1, "\(path).softness")
            if !transition.style.hasEdge {
                report.add("\(path).softness", "\(transition.style.name) has no edge to soften; leave it out")
            }
        }
    }
}

extension Audio {
    /// The clip's length where the edit itself says it.
    fileprivate var knownDuration: Duration? { duration ?? (loop ? nil : source?.duration) }
}
