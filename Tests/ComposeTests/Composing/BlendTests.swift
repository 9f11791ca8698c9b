// SPDX-License-Identifier: Apache-2.0

import Libav
import Testing

@testable import Compose

/// Blend modes of layers, against the formulas of W3C's Compositing and Blending Level 1 written out once more.
struct BlendTests {
    /// Returns a channel of 0…1 of a layer over a backdrop.
    private func mixed(_ backdrop: Double, _ source: Double, _ mode: BlendMode) -> Double {
        let (b, s) = (backdrop, source)
        switch mode {
        case .normal: return s
        case .multiply: return b * s
        case .screen: return b + s - b * s
        case .overlay: return b <= 0.5 ? 2 * b * s : 1 - 2 * (1 - b) * (1 - s)
        case .hardLight: return s <= 0.5 ? 2 * b * s : 1 - 2 * (1 - b) * (1 - s)
        case .darken: return min(b, s)
        case .lighten: return max(b, s)
        case .add: return min(b + s, 1)
        case .subtract: return max(b - s, 0)
        case .difference: return abs(b - s)
        case .colorDodge: return b == 0 ? 0 : s == 1 ? 1 : min(1, b / (1 - s))
        case .colorBurn: return b == 1 ? 1 : s == 0 ? 0 : 1 - min(1, (1 - b) / s)
        case .softLight:
            if s <= 0.5 { return b - (1 - 2 * s) * b * (1 - b) }
            let d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : b.squareRoot()
            return b + (2 * s - 1) * (d - b)
        }
    }

    @Test(arguments: BlendMode.allCases, [1.0, 0.5])
    func `a layer is mixed with what is below by its mode`(mode: BlendMode, opacity: Double) throws {
        // Soft colours: those of 4:2:0 in eight bits are a level or two beside theirs, which steep formulas multiply.
        let (below, above) = (Color(red: 150, green: 110, blue: 90), Color(red: 80, green: 130, blue: 170))
        let planes = try composed(
            Edit(size: PixelSize(width: 64, height: 48), frameRate: 10, background: below) {
                Track {
                    ColorClip(above, duration: .seconds(1)).size(width: 40, height: 24).blend(mode)
                        .opacity(.constant(opacity))
                }
            }, frame: 0)
        func channel(_ b: UInt8, _ s: UInt8) -> Double {
            let (b, s) = (Double(b) / 255, Double(s) / 255)
            return b + (mixed(b, s, mode) - b) * opacity
        }
        let (red, green, blue) = (
            channel(below.red, above.red), channel(below.green, above.green), channel(below.blue, above.blue)
        )
        // BT.709, limited range.
        let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        let (u, v) = (128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748)
        let found = (Double(planes.luma(32, 24)), planes.chroma(32, 24))
        #expect(abs(found.0 - (16 + 219 * luma)) <= 3, "luma \(found.0), wanted \(16 + 219 * luma)")
        #expect(abs(Double(found.1.u) - u) <= 3 && abs(Double(found.1.v) - v) <= 3, "\(found.1), wanted \(u), \(v)")
        // Outside nothing changes.
        let ground = YUVColor(red: below.red, green: below.green, blue: below.blue)
        #expect(planes.luma(4, 4) == ground.y)
    }
}
