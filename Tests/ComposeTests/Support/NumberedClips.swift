// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

import Libav

@testable import Compose

/// Video files whose pictures carry their number, made by `Tests/Tooling/numbered_clips.py`, with the truth about them.
final class NumberedClips: Sendable {
    /// What is known of a file.
    struct Clip: Decodable, Sendable {
        /// The numbers of its pictures, with the times at which they begin.
        let frames: [Shown]
        let end: Fraction
        /// How far off its clock may be.
        let tolerance: Fraction?
        let interlaced: Bool?
        let turn: String?
        let broken: Bool?

        struct Shown: Decodable, Sendable {
            let number: Int
            let time: Fraction

            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                number = try list.decode(Int.self)
                time = try list.decode(Fraction.self)
            }
        }

        /// Returns the number shown at a time; with `before`, the one shown just before it.
        func number(at time: Fraction, before: Bool = false) -> Int {
            let index = frames.lastIndex { before ? $0.time < time : $0.time <= time }
            return frames[index ?? 0].number
        }
    }

    let folder: String
    let clips: [String: Clip]

    /// The names of the files whose every picture can be decoded, in order.
    var sound: [String] { clips.keys.filter { clips[$0]?.broken != true }.sorted() }

    func path(_ name: String) -> String { folder + "/" + name }

    private init(_ folder: String) throws {
        self.folder = folder
        clips = try JSONDecoder().decode(
            [String: Clip].self, from: try Data(contentsOf: URL(fileURLWithPath: folder + "/clips.json")))
    }

    private static let made = Result { try make() }

    /// Returns the files, which are made once and kept beside the build.
    static func shared() throws -> NumberedClips { try made.get() }

    private static func make() throws -> NumberedClips {
        let root = URL(fileURLWithPath: Fixtures.folder).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let script = root.appendingPathComponent("Tests/Tooling/numbered_clips.py")
        let version = try Digest(of: Array(try Data(contentsOf: script))).description.prefix(16)
        let folder = root.appendingPathComponent(".build/numbered-clips-\(version)").path
        if !FileManager.default.fileExists(atPath: folder) {
            // Made aside and moved, because several test processes may need them.
            let aside = folder + "-" + UUID().uuidString
            _ = try run("python3", [script.path, aside])
            try? FileManager.default.moveItem(atPath: aside, toPath: folder)
            try? FileManager.default.removeItem(atPath: aside)
        }
        return try NumberedClips(folder)
    }
}

/// An exact fraction, for times that are compared.
struct Fraction: Decodable, Sendable, Comparable {
    let numerator: Int
    let denominator: Int

    init(_ numerator: Int, _ denominator: Int = 1) {
        self.numerator = numerator
        self.denominator = denominator
    }

    init(from decoder: any Decoder) throws {
        let parts = try decoder.singleValueContainer().decode(String.self).split(separator: "/").compactMap { Int($0) }
        self.init(parts[0], parts.count > 1 ? parts[1] : 1)
    }

    var duration: Duration { .seconds(numerator) / denominator }
    var seconds: Double { Double(numerator) / Double(denominator) }

    static func == (a: Fraction, b: Fraction) -> Bool {
        Int128(a.numerator) * Int128(b.denominator) == Int128(b.numerator) * Int128(a.denominator)
    }
    static func < (a: Fraction, b: Fraction) -> Bool {
        Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
    }
    static func + (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
    }
    static func - (a: Fraction, b: Fraction) -> Fraction { a + Fraction(-b.numerator, b.denominator) }
    static func * (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.numerator * b.numerator, a.denominator * b.denominator)
    }
}

extension Planes {
    /// The number that the picture shows; `nil` if it shows none.
    var number: Int? {
        var word = 0
        for cell in 0..<20 {
            var (upper, lower) = (0, 0)
            for step in 0..<5 {
                let x = (10 * cell + 3 + step) * width / 200
                for row in 0..<2 {
                    upper += luma(x, height * (4 + row) / 100)
                    lower += luma(x, height * (14 + row) / 100)
                }
            }
            word = word << 1 | (upper > lower ? 1 : 0)
        }
        let number = word >> 5 & 4095
        let check = ((number * 11 + 5) ^ number >> 5 ^ number >> 9) & 31
        return word >> 17 == 6 && word & 31 == check ? number : nil
    }
}
