// SPDX-License-Identifier: Apache-2.0

import Libav

/// The pixels of a golden in planes of Y, U and V, and how they are compared.
struct GoldenPlanes {
    /// In which way two pictures differ.
    struct Difference: CustomStringConvertible {
        /// What differs of all that is drawn, in brightness, as a fraction.
        let mean: Double
        /// The largest difference of a neighbourhood's mean, as a fraction of white.
        let worst: Double

        /// Whether shapes are the same, and only their edges may have been drawn in another way.
        ///
        /// Edges that move by a fraction of a pixel take from one side what they give to the other, so neighbourhoods
        /// hardly change. A mark or a letter of another form changes them all the more.
        var isSlight: Bool { mean < Self.mostMean && worst < Self.mostWorst }

        static let (mostMean, mostWorst) = (0.05, 0.06)

        var description: String { "\(mean * 100) % of the ink, \(worst * 100) % in one place" }
    }

    let width, height: Int
    private let planes: [[Int]]

    init(_ frame: Frame) {
        (width, height) = (frame.width, frame.height)
        planes = (0..<3).map { frame.plane($0).map(Int.init) }
    }

    private init(width: Int, height: Int, planes: [[Int]]) {
        (self.width, self.height, self.planes) = (width, height, planes)
    }

    /// Returns a picture of one pixel for so many in both directions, which has their mean.
    func reduced(by factor: Int) -> GoldenPlanes {
        let reduced = planes.indices.map { index in
            let columns = index == 0 ? width : width / 2
            let (wide, rows) = (columns / factor, planes[index].count / columns / factor)
            var sums = [Int](repeating: 0, count: wide * rows)
            for row in 0..<rows * factor {
                for column in 0..<wide * factor {
                    sums[row / factor * wide + column / factor] += planes[index][row * columns + column]
                }
            }
            let count = factor * factor
            return sums.map { ($0 + count / 2) / count }
        }
        return GoldenPlanes(width: width / factor, height: height / factor, planes: reduced)
    }

    /// Returns how this picture differs from another one; `nil` if their sizes do.
    func difference(from other: GoldenPlanes) -> Difference? {
        guard width == other.width, height == other.height else { return nil }
        let (luma, otherLuma) = (planes[0], other.planes[0])
        let changed = zip(luma, otherLuma).reduce(0) { $0 + abs($1.0 - $1.1) }
        func ink(_ plane: [Int]) -> Int { plane.reduce(0) { $0 + abs($1 - GoldenPicture.background.y) } }
        let worst = planes.indices.map { index in
            let changes = zip(planes[index], other.planes[index]).map { $0 - $1 }
            return largestMean(changes, columns: index == 0 ? width : width / 2, reach: 2)
        }
        return Difference(
            mean: Double(changed) / Double(max(ink(luma), ink(otherLuma), 1)), worst: (worst.max() ?? 0) / 219)
    }

    /// Returns the largest mean, without its sign, of the squares that reach so far from each pixel.
    private func largestMean(_ values: [Int], columns: Int, reach: Int) -> Double {
        let rows = values.count / columns
        // The sum of all values above and to the left of each corner.
        var sums = [Int](repeating: 0, count: (columns + 1) * (rows + 1))
        for row in 0..<rows {
            for column in 0..<columns {
                let corner = (row + 1) * (columns + 1) + column + 1
                sums[corner] =
                    values[row * columns + column] + sums[corner - 1] + sums[corner - columns - 1]
                    - sums[corner - columns - 2]
            }
        }
        let side = 2 * reach + 1
        var largest = 0
        for row in 0...max(rows - side, 0) where rows >= side && columns >= side {
            for column in 0...columns - side {
                let (top, bottom) = (row * (columns + 1), (row + side) * (columns + 1))
                let sum =
                    sums[bottom + column + side] - sums[bottom + column] - sums[top + column + side]
                    + sums[top + column]
                largest = max(largest, abs(sum))
            }
        }
        return Double(largest) / Double(side * side)
    }
}
