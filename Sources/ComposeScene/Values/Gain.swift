// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Gains, which documents give as factors or in decibels.
enum Gain {
    /// The most a gain may be, as a factor: 40 dB.
    static let most = 100.0

    /// Returns the factor of a text such as `-6 dB`; `nil` if it is none.
    static func factor(_ text: String) -> Double? {
        guard let level = decibels(text) else { return nil }
        return pow(10, level / 20)
    }

    /// Returns the number in a text such as `-6 dB`; `nil` if there is none.
    static func decibels(_ text: String) -> Double? {
        guard text.utf8.count <= 40, text.hasSuffix("dB") else { return nil }
        var number = text.dropLast(2)
        if number.last == " " { number.removeLast() }
        let digits = number.drop { $0 == "+" || $0 == "-" }
        // `Double` would also take hexadecimal numbers, infinity and more.
        guard number.count - digits.count <= 1, digits.first?.isNumber == true,
            digits.allSatisfy({ $0 == "." || ($0.isASCII && $0.isNumber) }), let value = Double(number)
        else { return nil }
        return value
    }
}

extension Form<Double> {
    /// The form of a gain: a factor, or a text in decibels, which is written back as a factor.
    static var gain: Form {
        let number = Form<Double>.number(0...Gain.most)
        let expected = "a number or decibels such as \"-6 dB\""
        return Form(
            expected: expected, kind: "number 0…100, or decibels such as `\"-6 dB\"`",
            schema: {
                .any([
                    number.schema(),
                    Schema([
                        "type": .string("string"),
                        "pattern": .string("^[+-]?[0-9]+([.][0-9]*)? ?dB$"),
                    ]),
                ])
            },
            read: { node, reader in
                guard case .string(let text) = node.value else {
                    guard case .number = node.value else {
                        reader.mismatch(node, expected)
                        return nil
                    }
                    return number.read(node, reader)
                }
                guard let level = Gain.decibels(text), let factor = Gain.factor(text) else {
                    reader.refuse(node, "\(quoted(text)) is no gain; expected \(expected)")
                    return nil
                }
                guard level <= 40 else {
                    reader.refuse(node, "\(shortest(level)) dB is too loud; use at most 40 dB")
                    return nil
                }
                return factor
            },
            write: number.write, check: number.check)
    }
}
