// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav

/// A plane of numbers, for references that share no code with the kernels.
struct Raster {
    let width: Int
    let height: Int
    var values: [Double]

    init(width: Int, height: Int, _ value: (Int, Int) -> Double) {
        self.width = width
        self.height = height
        values = []
        values.reserveCapacity(width * height)
        for y in 0..<height { for x in 0..<width { values.append(value(x, y)) } }
    }

    /// A plane of a frame: 0…2 are Y, U and V, 3 is alpha.
    init(_ frame: Frame, _ plane: Int) {
        let halved = plane == 1 || plane == 2
        width = halved ? (frame.width + 1) / 2 : frame.width
        height = halved ? (frame.height + 1) / 2 : frame.height
        values = frame.plane(plane).map(Double.init)
    }

    /// The value at a place; those outside are the nearest ones inside.
    subscript(x: Int, y: Int) -> Double {
        values[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)]
    }

    /// The means of two by two values.
    var halved: Raster {
        Raster(width: (width + 1) / 2, height: (height + 1) / 2) { x, y in
            (self[2 * x, 2 * y] + self[2 * x + 1, 2 * y] + self[2 * x, 2 * y + 1] + self[2 * x + 1, 2 * y + 1]) / 4
        }
    }

    /// The values of half a plane, each for two by two.
    func doubled(width: Int, height: Int) -> Raster {
        Raster(width: width, height: height) { x, y in self[x / 2, y / 2] }
    }

    /// The largest difference.
    func distance(to other: Raster) -> Double {
        zip(values, other.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    /// The peak signal-to-noise ratio in decibels, of all values or of those for which `counts` is true.
    func decibels(to other: Raster, where counts: ((Int) -> Bool)? = nil) -> Double {
        var (sum, count) = (0.0, 0.0)
        for index in values.indices where counts?(index) ?? true {
            sum += (values[index] - other.values[index]) * (values[index] - other.values[index])
            count += 1
        }
        return sum == 0 || count == 0 ? 99 : 10 * log10(255 * 255 * count / sum)
    }
}

extension Frame {
    /// A picture of colours 0…1 with straight alpha, premultiplied if it has alpha.
    static func drawn(
        _ format: Format, width: Int, height: Int,
        _ color: (Int, Int) -> (red: Double, green: Double, blue: Double, alpha: Double)
    ) throws -> Frame {
        var pixels: [UInt32] = []
        for y in 0..<height {
            for x in 0..<width {
                let c = color(x, y)
                func byte(_ value: Double) -> UInt32 { UInt32((min(max(value, 0), 1) * 255).rounded()) }
                pixels.append(
                    byte(c.alpha) << 24 | byte(c.red * c.alpha) << 16 | byte(c.green * c.alpha) << 8
                        | byte(c.blue * c.alpha))
            }
        }
        let frame = try FramePool(.alpha, width: width, height: height).frame()
        try unsafe pixels.withUnsafeBufferPointer { buffer throws(LibavError) in
            if let base = buffer.baseAddress { try unsafe frame.draw(pixels: base, stride: width * 4) }
        }
        guard format == .opaque else { return frame }
        let opaque = try FramePool(.opaque, width: width, height: height).frame()
        try opaque.copy(from: frame)
        return opaque
    }

    /// A frame of one colour.
    static func filled(_ format: Format, width: Int, height: Int, _ color: YUVColor, alpha: Int = 255) throws -> Frame {
        let frame = try FramePool(format, width: width, height: height).frame()
        frame.fill(color, alpha: alpha)
        return frame
    }

    /// All bytes of all planes.
    var bytes: [[UInt8]] { (0..<(format == .alpha ? 4 : 3)).map { plane($0) } }
}

/// Returns what `draw` returns with each instruction set: plain C, AVX2 and AVX-512.
func withEachInstructionSet<Result>(_ draw: () throws -> Result) rethrows -> [Result] {
    defer { Resampler.limitInstructions(to: 2) }
    return try (0...2).map {
        Resampler.limitInstructions(to: $0)
        return try draw()
    }
}
