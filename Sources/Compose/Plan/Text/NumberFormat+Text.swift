// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// How numbers become text, by the locales of Unicode's CLDR as Foundation has them.
extension NumberFormat {
    /// Returns a value as text; for numbers that count frames, `frame` is the clip's.
    ///
    /// A clock that runs down shows the time that is left, rounded up.
    func text(of value: Double, frame: Int, rate: FrameRate, runsDown: Bool) -> String {
        let number: String =
            switch kind {
            case .number: value.formatted(.number.locale(region).precision(.fractionLength(decimals)))
            case .percent: value.formatted(.percent.locale(region).precision(.fractionLength(decimals)))
            case .currency:
                value.formatted(.currency(code: currency ?? "").locale(region).precision(.fractionLength(decimals)))
            case .clock: clock(value, runsDown: runsDown)
            case .timecode: Self.timecode(frame + Int((value * rate.perSecond).rounded()), rate)
            case .frame: String(Int(value) + frame)
            }
        return prefix + number + suffix
    }

    private var region: Locale { Locale(identifier: locale) }

    private func clock(_ value: Double, runsDown: Bool) -> String {
        let unit = pow(10, Double(decimals))
        // What arithmetic left over is no further unit.
        let units = max(0, Int((runsDown ? (value * unit - 1e-6).rounded(.up) : (value * unit + 1e-6).rounded(.down))))
        let (seconds, rest) = units.quotientAndRemainder(dividingBy: Int(unit))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (minutes, hours) = (seconds / 60 % 60, seconds / 3600)
        let digits = String(rest)
        let fraction =
            decimals == 0
            ? "" : (region.decimalSeparator ?? ".") + String(repeating: "0", count: decimals - digits.count) + digits
        return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":" + two(seconds % 60) + fraction
    }

    /// Returns a frame's time code by SMPTE ST 12-1.
    ///
    /// At 30000/1001 and 60000/1001 frames a second, two or four numbers are left out every minute but every tenth, and a
    /// semicolon says so.
    static func timecode(_ frame: Int, _ rate: FrameRate) -> String {
        let base = Int(rate.perSecond.rounded(.up))
        let drops = rate.denominator == 1001 && base % 30 == 0 ? base / 15 : 0
        var number = frame
        if drops > 0 {
            let tenMinutes = base * 600 - drops * 9
            let minute = base * 60 - drops
            let (tens, rest) = frame.quotientAndRemainder(dividingBy: tenMinutes)
            number += drops * 9 * tens
            if rest >= base * 60 { number += drops * (1 + (rest - base * 60) / minute) }
        }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let seconds = number / base
        return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60) + (drops > 0 ? ";" : ":")
            + two(number % base)
    }
}

extension FrameRate {
    fileprivate var perSecond: Double { Double(numerator) / Double(denominator) }
}
