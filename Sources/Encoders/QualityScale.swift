// SPDX-License-Identifier: Apache-2.0

/// A map from x264's CRF scale to another encoder's quality scale, linear between and beyond four anchors.
///
/// The article on quality explains how the numbers for CPU encoders were measured. Those for NVENC and VA-API are
/// others' experience and were not measured on hardware.
struct QualityScale: Sendable {
    /// The values at CRF 17, 20, 23 and 28: best, high, medium and small.
    let words: [Double]
    /// The values the encoder accepts.
    let range: ClosedRange<Double>

    private static let anchors = [17.0, 20, 23, 28]

    func value(at crf: Double) -> Double {
        let index = min(max((Self.anchors.firstIndex { crf < $0 } ?? 3) - 1, 0), 2)
        let (low, high) = (Self.anchors[index], Self.anchors[index + 1])
        let value = words[index] + (crf - low) / (high - low) * (words[index + 1] - words[index])
        return min(max(value, range.lowerBound), range.upperBound)
    }

    static let x265 = QualityScale(words: [20.3, 23.8, 27.2, 32.8], range: 0...51)
    static let svtav1 = QualityScale(words: [23.7, 33.9, 42.1, 54.7], range: 1...63)
    static let vpx = QualityScale(words: [19.7, 27.2, 33.5, 43.3], range: 0...63)
    static let nvenc = QualityScale(words: [21, 25, 27.5, 33], range: 1...51)
    static let vaapi = QualityScale(words: [18, 21, 24, 29], range: 1...51)
    /// The scale of VP9 and AV1 through VA-API: 0…255.
    static let vaapiIndex = QualityScale(words: [60, 80, 105, 150], range: 1...255)
    /// WebP's scale: 0…100, where more is better.
    static let webp = QualityScale(words: [95, 90, 82, 65], range: 0...100)
    /// The scale of MJPEG's quantiser.
    static let jpeg = QualityScale(words: [2, 3, 5, 9], range: 2...31)
}
