// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

extension Picture {
    /// How dark a picture is, and how much it differs from another one.
    package struct Values: Sendable, Hashable {
        /// The mean of the luma, from 0, black, to 1, white.
        package var mean: Double
        /// The part of the pixels that are black.
        package var dark: Double
        /// The mean luma of the brightest 16 × 16 pixels.
        package var brightest: Double
        /// The mean difference of all samples, 1 for full scale; `nil` without another picture, or one of another size or format.
        package var difference: Double?
        /// The mean difference of the most different 16 × 16 samples.
        package var greatestDifference: Double
    }

    /// Measures the picture, and compares it with another one.
    ///
    /// Pixels are black up to a luma of `black`.
    package func values(comparedWith other: Picture?, black: Double) throws(LibavError) -> Values {
        var values = cfs_picture_values()
        try check("measure picture") { unsafe cfs_picture_measure(pointer, other?.pointer, black, &values) }
        return Values(
            mean: values.mean, dark: values.dark, brightest: values.brightest,
            difference: values.difference < 0 ? nil : values.difference, greatestDifference: values.greatest)
    }

    /// Returns four bytes for each pixel, red, green, blue and straight alpha, as the bytes of a PNG file.
    package static func png(_ pixels: [UInt8], width: Int, height: Int) throws(LibavError) -> [UInt8] {
        precondition(width > 0 && height > 0 && pixels.count == width * height * 4)
        var bytes: UnsafeMutablePointer<UInt8>?
        var size = 0
        try check("write PNG") {
            unsafe pixels.withUnsafeBufferPointer {
                unsafe cfs_png_encode($0.baseAddress, Int32(width), Int32(height), &bytes, &size)
            }
        }
        defer { unsafe cfs_png_free(bytes) }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: size))
    }
}
