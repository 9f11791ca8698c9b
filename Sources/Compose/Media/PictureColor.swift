// SPDX-License-Identifier: Apache-2.0

/// The colour space that a picture file says its pixels are in.
package enum PictureColor: Sendable, Hashable, Codable {
    /// sRGB, or nothing said.
    case sRGB
    /// That of an ICC profile in the file.
    case profile
    /// Primaries and a transfer function.
    case primaries(Primaries, Transfer)
    /// BT.2020 with more light than a screen shows, which is mapped to what it shows.
    case hdr(HDR)

    /// White, red, green and blue as x and y of CIE 1931.
    package struct Primaries: Sendable, Hashable, Codable {
        package let xy: [Double]

        /// IEC 61966-2-1, and ITU-R BT.709-6.
        static let sRGB = Primaries(xy: [0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06])
        /// SMPTE EG 432-1, with the white of D65.
        static let displayP3 = Primaries(xy: [0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060])
        /// Adobe RGB (1998), 4.3.1.
        static let adobeRGB = Primaries(xy: [0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06])
        /// ITU-R BT.2020-2.
        static let bt2020 = Primaries(xy: [0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046])
        /// ITU-R BT.601-7, 525 lines.
        static let smpte170M = Primaries(xy: [0.3127, 0.3290, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070])
        /// ITU-R BT.601-7, 625 lines.
        static let bt470BG = Primaries(xy: [0.3127, 0.3290, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06])
    }

    package enum Transfer: Sendable, Hashable, Codable {
        case gamma(Double)
        case sRGB
        case bt709
    }

    /// The transfer functions of ITU-R BT.2100.
    package enum HDR: String, Sendable, Hashable, Codable { case pq = "PQ", hlg = "HLG" }

    /// Adobe RGB, as EXIF marks it (DCF 2.0 §4.2.1: an interoperability index of R03); its gamma is 563/256.
    static let adobeRGB = PictureColor.primaries(.adobeRGB, .gamma(563 / 256.0))

    /// Creates the colour space of code points (ITU-T H.273, tables 2 and 3); `nil` for those that are not converted.
    init?(codePoints primaries: Int, transfer: Int) {
        if primaries == 9, transfer == 16 || transfer == 18 {
            self = .hdr(transfer == 16 ? .pq : .hlg)
            return
        }
        let space: Primaries
        switch primaries {
        case 1: space = .sRGB
        case 5: space = .bt470BG
        case 6, 7: space = .smpte170M
        case 9: space = .bt2020
        case 12: space = .displayP3
        default: return nil
        }
        let curve: Transfer
        switch transfer {
        case 1, 6, 14, 15: curve = .bt709
        case 4: curve = .gamma(2.2)
        case 5: curve = .gamma(2.8)
        case 8: curve = .gamma(1)
        case 13: curve = .sRGB
        default: return nil
        }
        self = space == .sRGB && curve == .sRGB ? .sRGB : .primaries(space, curve)
    }

    /// The name in a plan.
    var name: String {
        switch self {
        case .sRGB: "sRGB"
        case .profile: "ICC profile"
        case .primaries(.adobeRGB, _): "Adobe RGB"
        case .primaries(.displayP3, _): "Display P3"
        case .primaries: "tagged RGB"
        case .hdr(let transfer): "\(transfer.rawValue), mapped to SDR"
        }
    }
}
