// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Typesetting

/// Fonts that tests share.
enum Fonts {
    /// The bundled family, and emoji where they are installed.
    static let plain: Result<FontSet, TextError> = opened([])
    /// DejaVu besides, which has Arabic, Hebrew and Greek, and measures of its own.
    static let mixed: Result<FontSet, TextError> = opened([FontFile(path: dejaVu ?? "", family: "Mixed")])

    /// DejaVu Sans, which fontconfig's own package needs on Debian; `nil` where it is not installed.
    static let dejaVu = ["/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/TTF", "/usr/share/fonts/dejavu"]
        .map { $0 + "/DejaVuSans.ttf" }.first { FileManager.default.isReadableFile(atPath: $0) }
    static let hasDejaVu = dejaVu != nil
    static let hasEmoji = (try? plain.get())?.emojiPath != nil

    private static func opened(_ files: [FontFile]) -> Result<FontSet, TextError> {
        do throws(TextError) { return .success(try FontSet(files)) } catch { return .failure(error) }
    }
}

/// Returns a block of one run.
func block(
    _ text: String, size: Double = 72, families: [String] = [FontSet.defaultFamily],
    _ change: (inout TextBlock) -> Void = { _ in }
) -> TextBlock {
    var block = TextBlock([TextRun(text, face: TextFace(families: families, size: size))])
    change(&block)
    return block
}

func layout(_ block: TextBlock, _ fonts: Result<FontSet, TextError> = Fonts.plain) throws -> TextLayout {
    try fonts.get().layout(block)
}

/// A drawn text's planes.
struct Drawn: Equatable {
    let width, height: Int
    let luma, u, v, alpha: [UInt8]

    init(_ frame: Frame) {
        (width, height) = (frame.width, frame.height)
        (luma, u, v, alpha) = (frame.plane(0), frame.plane(1), frame.plane(2), frame.plane(3))
    }

    init(
        _ block: TextBlock, x: Double = 20, y: Double = 20, scale: Double = 1, width: Int = 400, height: Int = 160,
        _ fonts: Result<FontSet, TextError> = Fonts.plain
    ) throws {
        self.init(try fonts.get().draw(block, x: x, y: y, scale: scale, width: width, height: height))
    }

    func alpha(_ x: Int, _ y: Int) -> Int { Int(alpha[y * width + x]) }
    func luma(_ x: Int, _ y: Int) -> Int { Int(luma[y * width + x]) }
    func chroma(_ x: Int, _ y: Int) -> (u: Int, v: Int) {
        let index = y / 2 * ((width + 1) / 2) + x / 2
        return (Int(u[index]), Int(v[index]))
    }

    /// The sum of alpha, its centre, and its variance about it, over all pixels or those of some columns.
    func moments(columns: Range<Int>? = nil) -> (
        sum: Double, x: Double, y: Double, varianceX: Double, varianceY: Double
    ) {
        var (sum, x, y, xx, yy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for row in 0..<height {
            for column in columns ?? 0..<width where alpha[row * width + column] > 0 {
                let weight = Double(alpha[row * width + column]) / 255
                let (px, py) = (Double(column) + 0.5, Double(row) + 0.5)
                sum += weight
                x += weight * px
                y += weight * py
                xx += weight * px * px
                yy += weight * py * py
            }
        }
        return (sum, x / sum, y / sum, xx / sum - (x / sum) * (x / sum), yy / sum - (y / sum) * (y / sum))
    }

    /// The smallest rectangle of pixels that are not clear; `nil` if all are.
    var extent: (left: Int, top: Int, right: Int, bottom: Int)? {
        var result: (left: Int, top: Int, right: Int, bottom: Int)?
        for row in 0..<height {
            for column in 0..<width where alpha[row * width + column] > 0 {
                let found = result ?? (column, row, column, row)
                result = (min(found.left, column), found.top, max(found.right, column), row)
            }
        }
        return result
    }
}

/// Returns the message of the error that a call throws.
func message(_ body: () throws -> some Any) -> String? {
    do {
        _ = try body()
        return nil
    } catch {
        return String(describing: error)
    }
}
