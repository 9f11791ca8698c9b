// SPDX-License-Identifier: Apache-2.0

internal import CTextShim

/// A block in the shim's form, with all that it points to.
@safe final class BlockMemory {
    private let memory = CMemory()
    private(set) var block = unsafe cts_block()

    init(_ source: TextBlock, fonts: FontSet) {
        var text: [CChar] = []
        let runs = unsafe source.runs.map { run in
            text += run.text.utf8.map { CChar(bitPattern: $0) }
            return unsafe convert(run, fonts)
        }
        unsafe block.length = text.count
        unsafe block.text = memory.array(text + [0])
        unsafe block.runs = memory.array(runs)
        unsafe block.run_count = runs.count
        unsafe block.align = source.align.code
        unsafe block.direction = source.direction.code
        unsafe block.language = source.language.flatMap { unsafe memory.string($0) }
        unsafe block.max_width = source.maxWidth ?? 0
        unsafe block.max_height = source.maxHeight ?? 0
        unsafe block.max_lines = Int32(clamping: source.maxLines ?? 0)
        unsafe block.wraps = source.wraps ? 1 : 0
        unsafe block.ellipsis = source.ellipsis ? 1 : 0
        unsafe block.shrinks = source.shrinkToFit ? 1 : 0
        unsafe block.line_height = source.lineHeight ?? 0
        let shadows = source.shadows.map {
            cts_shadow(x: $0.x, y: $0.y, blur: $0.blur, color: stop(0, $0.color))
        }
        unsafe block.shadows = memory.array(shadows)
        unsafe block.shadow_count = shadows.count
        if let background = source.background { unsafe block.background = convert(background) }
        unsafe block.background_per_line = source.backgroundPerLine ? 1 : 0
    }

    private func convert(_ run: TextRun, _ fonts: FontSet) -> cts_run {
        var result = unsafe cts_run()
        let face = run.face
        unsafe result.length = run.text.utf8.count
        unsafe result.families = memory.string(families(of: face, fonts))
        unsafe result.weight = Int32(clamping: face.weight)
        unsafe result.width = face.width
        unsafe result.italic = face.italic ? 1 : 0
        unsafe result.size = face.size
        unsafe result.letter_spacing = face.letterSpacing
        if !face.features.isEmpty { unsafe result.features = memory.string(face.features.joined(separator: ",")) }
        unsafe result.variations = memory.string(variations(of: face))
        unsafe result.underline = face.underline ? 1 : 0
        unsafe result.strikethrough = face.strikethrough ? 1 : 0
        unsafe result.fill = convert(run.paint)
        if let stroke = run.stroke {
            unsafe result.stroke = stroke.width
            unsafe result.stroke_paint = convert(stroke.paint)
        }
        if let box = run.box { unsafe result.box = convert(box) }
        unsafe result.scale = run.scale
        if let sweep = run.sweep {
            unsafe result.sweep = sweep.fraction
            unsafe result.sweep_paint = convert(sweep.paint)
        }
        return unsafe result
    }

    /// The families that are asked for, then the bundled one, and emoji last: or else they would draw digits and hearts.
    private func families(of face: TextFace, _ fonts: FontSet) -> String {
        let all = face.families + [FontSet.defaultFamily] + (fonts.emojiFamily.map { [$0] } ?? [])
        return all.map { String($0.map { $0 == "," ? " " : $0 }) }.joined(separator: ",")
    }

    /// The axes' values: weight and width as they are asked for, which Pango rounds, unless they are set by name.
    private func variations(of face: TextFace) -> String {
        var axes = ["wght": Double(face.weight)]
        if face.width != 100 { axes["wdth"] = face.width }
        axes.merge(face.variations) { $1 }
        return axes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    private func convert(_ paint: TextPaint) -> cts_paint {
        switch paint {
        case .color(let color):
            unsafe cts_paint(stops: memory.array([stop(0, color)]), count: 1, angle: 0)
        case .gradient(let stops, let angle):
            unsafe cts_paint(stops: memory.array(stops.map { stop($0.at, $0.color) }), count: stops.count, angle: angle)
        }
    }

    private func convert(_ box: TextBox) -> cts_box {
        unsafe cts_box(
            paint: convert(box.paint), padding_x: box.paddingX, padding_y: box.paddingY, radius: box.radius)
    }

    private func stop(_ at: Double, _ color: TextColor) -> cts_stop {
        cts_stop(at: at, red: color.red, green: color.green, blue: color.blue, alpha: color.alpha)
    }
}

extension TextBlock.Alignment {
    fileprivate var code: cts_align {
        switch self {
        case .start: CTS_START
        case .center: CTS_CENTER
        case .end: CTS_END
        case .left: CTS_LEFT
        case .right: CTS_RIGHT
        case .justify: CTS_JUSTIFY
        }
    }
}

extension TextBlock.Direction {
    fileprivate var code: cts_direction {
        switch self {
        case .auto: CTS_AUTO
        case .leftToRight: CTS_LEFT_TO_RIGHT
        case .rightToLeft: CTS_RIGHT_TO_LEFT
        }
    }
}
