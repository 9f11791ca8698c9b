// SPDX-License-Identifier: Apache-2.0

#if Text
    internal import Foundation
    internal import Libav
    internal import Typesetting

    /// The contrast of text with a picture, by WCAG 2.2.
    struct Contrast {
        /// What is looked at: linear light of sRGB's primaries, 0…1.
        struct Light {
            var red, green, blue: Double

            /// Creates the light of a colour, by WCAG 2.2's definition of relative luminance.
            init(_ color: TextColor) {
                self.init(
                    red: Double(color.red) / 255, green: Double(color.green) / 255, blue: Double(color.blue) / 255)
            }

            /// Creates the light of encoded values, 0…1.
            init(red: Double, green: Double, blue: Double) {
                func linear(_ value: Double) -> Double {
                    let value = min(max(value, 0), 1)
                    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
                }
                (self.red, self.green, self.blue) = (linear(red), linear(green), linear(blue))
            }

            var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }
        }

        /// Encoded colours behind the text, 0…1 each.
        private var pixels: [(red: Double, green: Double, blue: Double)] = []

        /// Creates the contrast with what lies in boxes of an opaque picture.
        init(with picture: Frame, in boxes: [Rectangle]) {
            let (luma, u, v) = (picture.plane(0), picture.plane(1), picture.plane(2))
            let (width, height) = (picture.width, picture.height)
            for box in boxes {
                let seen = box.intersection(
                    Rectangle(left: 0, top: 0, right: Double(width), bottom: Double(height)))
                guard !seen.isEmpty else { continue }
                // A few thousand pixels say as much as all.
                let step = max(1, Int((seen.width * seen.height / 4000).squareRoot()))
                for y in stride(from: Int(seen.top), to: Int(seen.bottom), by: step) {
                    for x in stride(from: Int(seen.left), to: Int(seen.right), by: step) {
                        let chroma = (y / 2) * ((width + 1) / 2) + x / 2
                        pixels.append(Self.rgb(luma[y * width + x], u[chroma], v[chroma]))
                    }
                }
            }
        }

        /// Converts from BT.709 limited range, by ITU-R BT.709-6.
        private static func rgb(_ y: UInt8, _ u: UInt8, _ v: UInt8) -> (red: Double, green: Double, blue: Double) {
            let luma = (Double(y) - 16) / 219
            let (blue, red) = (luma + 1.8556 * (Double(u) - 128) / 224, luma + 1.5748 * (Double(v) - 128) / 224)
            return (red, (luma - 0.2126 * red - 0.0722 * blue) / 0.7152, blue)
        }

        /// Returns the contrast that nine tenths of a run's surroundings have at least; `nil` if nothing is behind it.
        ///
        /// Letters stand out by themselves, or by their outline.
        func ratio(of run: TextRun, on background: TextBox?) -> Double? {
            if pixels.isEmpty { return nil }
            let ratios = pixels.map { pixel -> Double in
                var behind = pixel
                for box in [background, run.box].compactMap({ $0 }) {
                    guard let color = box.paint.colors.first else { continue }
                    behind = Self.mixed(color, over: behind)
                }
                let surroundings = Light(red: behind.red, green: behind.green, blue: behind.blue)
                var best = Self.lowest(run.paint, over: behind, against: surroundings)
                if let stroke = run.stroke, stroke.width * 30 >= run.face.size, let color = stroke.paint.colors.first {
                    let edge = Self.mixed(color, over: behind)
                    best = max(
                        best,
                        Self.lowest(
                            run.paint, over: behind, against: Light(red: edge.red, green: edge.green, blue: edge.blue)))
                }
                return best
            }.sorted()
            return ratios[ratios.count / 10]
        }

        private static func lowest(
            _ paint: TextPaint, over behind: (red: Double, green: Double, blue: Double), against other: Light
        ) -> Double {
            paint.colors.map { color in
                let shown = mixed(color, over: behind)
                return ratio(Light(red: shown.red, green: shown.green, blue: shown.blue), other)
            }.min() ?? 1
        }

        private static func mixed(
            _ color: TextColor, over behind: (red: Double, green: Double, blue: Double)
        ) -> (red: Double, green: Double, blue: Double) {
            let alpha = Double(color.alpha) / 255
            func mix(_ own: UInt8, _ other: Double) -> Double { Double(own) / 255 * alpha + other * (1 - alpha) }
            return (mix(color.red, behind.red), mix(color.green, behind.green), mix(color.blue, behind.blue))
        }

        /// Returns the contrast ratio of WCAG 2.2, 1…21.
        static func ratio(_ a: Light, _ b: Light) -> Double {
            let (high, low) = (max(a.luminance, b.luminance), min(a.luminance, b.luminance))
            return (high + 0.05) / (low + 0.05)
        }
    }

    extension TextPaint {
        fileprivate var colors: [TextColor] {
            switch self {
            case .color(let color): [color]
            case .gradient(let stops, _): stops.map(\.color)
            }
        }
    }
#endif
