// SPDX-License-Identifier: Apache-2.0

package import Libav

/// One colour that changes with time.
package struct AnimatedColorSource: PictureSource {
    /// The colour; its frame 0 is the source's.
    var colors: ColorCurve

    package var isStill: Bool { false }
    package var bytes: Int { 0 }

    package func isSteady(over frames: Range<Int>) -> Bool { colors.isConstant(over: frames) }

    package func mark(_ hash: inout StableHash) {
        let color = colors.value(at: 0)
        for part in [color.red, color.green, color.blue, color.alpha] { hash.add(Int(part)) }
    }

    package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(11)
        bytes.add(colors)
    }

    package var description: String { "color \(colors.text)" }

    package var json: [String: JSONValue] { ["kind": .string("color"), "color": colors.json] }

    package func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
        AnimatedColorReader(colors: colors)
    }
}

private final class AnimatedColorReader: PictureReader {
    private let colors: ColorCurve

    init(colors: ColorCurve) { self.colors = colors }

    func picture(at frame: Int) -> SourcePicture {
        let color = colors.value(at: frame)
        return .color(YUVColor(color), alpha: Int(color.alpha))
    }
}
