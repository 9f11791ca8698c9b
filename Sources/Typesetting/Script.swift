// SPDX-License-Identifier: Apache-2.0

internal import CTextShim
package import Libav

/// An ASS file in its own styles, as libass reads and draws it.
///
/// One thread at a time may use it.
@safe package final class Script {
    /// An event, with times in milliseconds.
    package struct Event: Sendable, Hashable {
        package var start: Int
        package var length: Int
        package var layer: Int
        package var margins: [Int]
        /// An index into the styles.
        package var style: Int
        package var name, effect, text: String
    }

    /// A style, in the script's pixels; scales are 1 for the usual size.
    package struct Style: Sendable, Hashable {
        package var name: String
        package var font: String
        package var size, scaleX, scaleY, spacing, angle, outline, blur: Double
    }

    /// The version of libass, for keys of what was drawn with it.
    package static var libraryVersion: Int { Int(cts_script_library_version()) }

    private let pointer: OpaquePointer
    private let size: (width: Int, height: Int)?

    /// The styles; the first one is that of events whose style is not there.
    package var styles: [Style] {
        (0..<(unsafe cts_script_style_count(pointer))).map { index in
            let style = unsafe cts_script_style_at(pointer, index)
            return unsafe Style(
                name: String(cString: style.name), font: String(cString: style.font), size: style.size,
                scaleX: style.scale_x, scaleY: style.scale_y, spacing: style.spacing, angle: style.angle,
                outline: style.outline, blur: style.blur)
        }
    }

    /// The number of events.
    package var eventCount: Int { unsafe cts_script_event_count(pointer) }

    /// Returns an event.
    package func event(_ index: Int) -> Event {
        precondition(index < eventCount, "there is no event \(index)")
        let event = unsafe cts_script_event(pointer, index)
        return unsafe Event(
            start: Int(event.start), length: Int(event.length), layer: Int(event.layer),
            margins: [event.left, event.right, event.vertical].map(Int.init), style: event.style,
            name: String(cString: event.name), effect: String(cString: event.effect), text: String(cString: event.text))
    }

    /// The size of the picture that the script's sizes are meant for; 0 for what it does not say.
    package var resolution: (width: Int, height: Int) {
        (Int(unsafe cts_script_width(pointer)), Int(unsafe cts_script_height(pointer)))
    }

    /// Reads a script, which is UTF-8, for its events and styles.
    package convenience init(_ text: [UInt8]) throws(TextError) {
        try unsafe self.init(pointer: Self.read(text), size: nil)
    }

    /// Reads a script that is to be drawn on a canvas with these fonts and no others.
    ///
    /// Copies the fonts.
    package convenience init(_ text: [UInt8], fonts: FontSet, width: Int, height: Int) throws(TextError) {
        try unsafe self.init(pointer: Self.read(text), size: (width, height))
        let status = unsafe cts_script_prepare(pointer, fonts.pointer, Int32(width), Int32(height))
        guard status == CTS_OK else { throw Self.error(status) }
    }

    private init(pointer: OpaquePointer, size: (Int, Int)?) {
        unsafe self.pointer = pointer
        self.size = size
    }

    deinit { unsafe cts_script_free(pointer) }

    private static func read(_ text: [UInt8]) throws(TextError) -> OpaquePointer {
        var opened: OpaquePointer?
        let status = unsafe text.withUnsafeBufferPointer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { unsafe cts_script_open($0.baseAddress, $0.count, &opened) }
        }
        guard let opened = unsafe opened else { throw error(status) }
        return unsafe opened
    }

    /// Lets the script be shown at a time in milliseconds without drawing it, so that later lines keep clear of those there.
    package func pass(_ time: Int) { unsafe cts_script_pass(pointer, Int64(time)) }

    /// Forgets which lines lie where.
    package func forget() { unsafe cts_script_forget(pointer) }

    /// Draws what is shown at a time in milliseconds into a new, premultiplied frame of the canvas.
    ///
    /// Returns `nil` if that is what the last call drew.
    package func draw(at time: Int) throws(TextError) -> Frame? {
        guard let size else { throw TextError(.outOfRange, "a script without a canvas cannot be drawn") }
        var hasChanged: Int32 = 0
        let status = unsafe cts_script_draw(pointer, Int64(time), &hasChanged)
        guard status == CTS_OK else { throw Self.error(status) }
        if hasChanged == 0 { return nil }
        var stride = 0
        guard let pixels = unsafe cts_script_pixels(pointer, &stride) else { throw .outOfMemory }
        do {
            let frame = try FramePool(.alpha, width: size.width, height: size.height).frame()
            try unsafe frame.draw(pixels: pixels, stride: stride)
            return frame
        } catch {
            throw TextError(.machine, error.description)
        }
    }

    /// Returns the warnings and errors of libass since the last call, some at most.
    package func messages() -> [String] {
        var lines: [String] = []
        while let line = unsafe cts_script_line(pointer) { unsafe lines.append(String(cString: line)) }
        return lines
    }

    private static func error(_ status: Int32) -> TextError {
        switch status {
        case Int32(CTS_NO_SCRIPT):
            TextError(.outOfRange, "libass does not understand the file: it has neither styles nor events")
        case Int32(CTS_TOO_INTRICATE):
            TextError(.outOfRange, "too many lines and drawings are shown at once; show fewer of them, or smaller ones")
        case Int32(CTS_TOO_LARGE): TextError(.outOfRange, "the file is too large")
        case Int32(CTS_NO_FILE), Int32(CTS_NOT_A_FONT), Int32(CTS_NOT_REGULAR):
            TextError(.damagedFont, "a font cannot be read, or has no table of names; use another file")
        default: .outOfMemory
        }
    }
}

extension FontSet {
    /// Returns whether a family can be used by scripts, which do not draw the colours of emoji.
    package func hasForScripts(family: String) -> Bool {
        has(family: family) && family.lowercased() != emojiFamily?.lowercased()
    }

    /// Returns the characters that none of these families can draw, and which are not meant to be invisible, in their order.
    package func unknown(in text: String, families: [String]) -> [Unicode.Scalar] {
        unknown(in: text) { scalar in
            families.contains { family in unsafe cts_set_family_has(self.pointer, family, scalar.value) != 0 }
        }
    }
}
