// SPDX-License-Identifier: Apache-2.0

internal import CTextShim
package import Libav

extension FontSet {
    /// Lays a block out; throws for what is out of range, and for families that the set lacks.
    package func layout(_ block: TextBlock) throws(TextError) -> TextLayout {
        let laidOut = try LaidOut(block, fonts: self)
        return laidOut.layout
    }

    /// Draws a block into a new, transparent, premultiplied frame of even sides.
    ///
    /// The top left of its logical box lies at (`x`, `y`), which need not be whole pixels. All of it is `scale` times as
    /// large, as sharp as if its sizes were.
    package func draw(
        _ block: TextBlock, x: Double, y: Double, scale: Double = 1, width: Int, height: Int
    ) throws(TextError) -> Frame {
        guard width > 0, height > 0, width % 2 == 0, height % 2 == 0, width <= 32000, height <= 32000,
            width * height <= 1 << 26
        else { throw TextError(.outOfRange, "\(width) × \(height) is no size for a drawn text; use even sides") }
        guard abs(x) <= 1e6, abs(y) <= 1e6, scale > 0, scale <= 1000 else {
            throw TextError(.outOfRange, "a text cannot be drawn at (\(x), \(y)), \(scale) times as large")
        }
        let laidOut = try LaidOut(block, fonts: self)
        var drawn: OpaquePointer?
        let status = unsafe cts_layout_draw(laidOut.pointer, x, y, scale, Int32(width), Int32(height), &drawn)
        guard let picture = unsafe drawn else { throw TextError.of(status) }
        defer { unsafe cts_picture_free(picture) }
        var stride = 0
        guard let pixels = unsafe cts_picture_pixels(picture, &stride) else { throw .outOfMemory }
        do {
            let frame = try FramePool(.alpha, width: width, height: height).frame()
            try unsafe frame.draw(pixels: pixels, stride: stride)
            return frame
        } catch {
            throw TextError(.machine, error.description)
        }
    }
}

extension TextError {
    static func of(_ status: Int32) -> TextError {
        switch status {
        case Int32(CTS_DAMAGED_GLYPHS), Int32(CTS_UNKNOWN_FONT):
            TextError(.damagedFont, "a font of this text is damaged: its letters cannot be drawn; use another file")
        default: .outOfMemory
        }
    }
}

/// A block that is laid out, with the memory behind it.
@safe private final class LaidOut {
    let pointer: OpaquePointer
    private let memory: BlockMemory
    private let block: UnsafeMutablePointer<cts_block>
    private let fonts: FontSet
    private let runCount: Int

    init(_ source: TextBlock, fonts: FontSet) throws(TextError) {
        try source.check()
        for run in source.runs {
            if let missing = run.face.families.first(where: { !fonts.has(family: $0) }) {
                throw TextError(
                    .missingFamily(missing),
                    "no font of the edit is called “\(missing)”; there are \(fonts.families.joined(separator: ", "))")
            }
        }
        memory = BlockMemory(source, fonts: fonts)
        self.fonts = fonts
        runCount = source.runs.count
        unsafe block = UnsafeMutablePointer<cts_block>.allocate(capacity: 1)
        unsafe block.initialize(to: memory.block)
        var created: OpaquePointer?
        let status = unsafe cts_layout_create(fonts.pointer, block, &created)
        guard let created = unsafe created else {
            unsafe block.deallocate()
            throw TextError.of(status)
        }
        unsafe pointer = created
    }

    deinit {
        unsafe cts_layout_free(pointer)
        unsafe block.deallocate()
    }

    var layout: TextLayout {
        let info = unsafe cts_layout_info_of(pointer)
        let lines = (0..<info.line_count).map { index in
            let line = unsafe cts_layout_line(pointer, index)
            return TextLayout.Line(
                box: .init(line.box), baseline: line.baseline, text: line.start..<line.start + line.length,
                isRightToLeft: line.right_to_left != 0)
        }
        var runs = [[TextLayout.Part]](repeating: [], count: runCount)
        let parts = (0..<info.part_count).map { unsafe cts_layout_part(pointer, $0) }
        for part in parts.sorted(by: { ($0.line, $0.start) < ($1.line, $1.start) }) {
            runs[part.run].append(TextLayout.Part(line: part.line, box: .init(part.box)))
        }
        return TextLayout(
            width: info.width, height: info.height, bounds: .init(info.bounds), lines: lines, runs: runs,
            isTruncated: info.is_truncated != 0, overflowX: info.overflow_x, overflowY: info.overflow_y,
            scale: info.scale)
    }
}

extension TextLayout.Rectangle {
    fileprivate init(_ box: cts_rectangle) { self.init(x: box.x, y: box.y, width: box.width, height: box.height) }
}
