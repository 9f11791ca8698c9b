// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct DocumentTimeTests {
    func read(_ json: String) throws -> Duration {
        let edit = try Edit(json: document(clips: #"{"type": "gap", "duration": \#(json)}"#))
        guard case .gap(let gap) = try #require(edit.timeline.tracks.first?.clips.first) else { return .zero }
        return gap.duration
    }

    @Test(arguments: [
        ("0.1", 100_000_000_000_000_000 as Int128),
        ("4", 4_000_000_000_000_000_000),
        ("-0", 0), ("0e999999999999999999999", 0), ("-2.5", -2_500_000_000_000_000_000),
        ("1e-18", 1), ("4e-19", 0), ("5e-19", 1), ("-5e-19", -1), ("1e-999999999999999999999", 0),
        ("1.5E+1", 15_000_000_000_000_000_000), ("0.000000000000000001", 1),
        ("0.1234567890123456785", 123_456_789_012_345_679),
        ("9007199254740993.000000000000000001", 9_007_199_254_740_993_000_000_000_000_000_001),
        ("170141183460469231731.687303715884105727", .max),
        ("-170141183460469231731.687303715884105728", .min),
        (#""1001/30000""#, 33_366_666_666_666_667), (#""-1/3""#, -333_333_333_333_333_333),
        (#""2/3""#, 666_666_666_666_666_667), (#""0/7""#, 0), (#""1/18446744073709551615""#, 0),
        (#""10/4""#, 2_500_000_000_000_000_000),
    ])
    func `times are read exactly, to the nearest attosecond`(json: String, attoseconds: Int128) throws {
        #expect(try read(json).attoseconds == attoseconds)
    }

    @Test(arguments: [
        "170141183460469231731.687303715884105728", "1e21", "1e30", "1e400", "-1e400", "1e99999999999999999999",
        #""1""#, #""1/""#, #""/1""#, #""1/2/3""#, #""1/-2""#, #""--1/2""#, #""+1/2""#, #""1/0""#, #"" 1/2""#, #""١/٢""#,
        #""1.5/2""#, #""1/18446744073709551616""#, #""999999999999999999999999999999999999999999/1""#, #""""#,
    ])
    func `a time no Duration can hold, or no fraction, is refused and never traps`(json: String) {
        #expect(throws: ComposeError.self) { try read(json) }
    }

    @Test(arguments: [
        (Duration.milliseconds(1500), "1.5"), (.zero, "0"), (.seconds(-3), "-3"),
        (Duration(attoseconds: 1), "0.000000000000000001"),
        (Duration(attoseconds: 33_366_666_666_666_667), #""1001/30000""#),
        (Duration(attoseconds: -666_666_666_666_666_667), #""-2/3""#),
        (.seconds(86400), "86400"),
    ])
    func `a time is written as a short number, else as the simplest fraction`(time: Duration, json: String) throws {
        let text = try #require(String(data: Edit(size: .hd720) { Track { Gap(time) } }.json(), encoding: .utf8))
        #expect(text.contains("\"duration\": \(json)\n"))
        #expect(try read(json) == time)
    }

    @Test func `every time survives a round trip, through plain coders too`() throws {
        var generator = SystemRandomNumberGenerator()
        var times: [Int128] = [.max, .min, 0, 1, -1]
        for bits in 1..<127 { times.append(Int128.random(in: -(1 << bits)...(1 << bits), using: &generator)) }
        for numerator in 1...200 { times.append(Int128(numerator) * 1_001_000_000_000_000_000 / 30000) }
        let edit = Edit(size: .hd720) { Track(clips: times.map { .gap(Gap(Duration(attoseconds: $0))) }) }
        #expect(try Edit(json: edit.json()) == edit)
        #expect(try JSONDecoder().decode(Edit.self, from: edit.json()) == edit)
        #expect(try JSONDecoder().decode(Edit.self, from: JSONEncoder().encode(edit)) == edit)
    }

    @Test(arguments: [
        (Duration.milliseconds(500), "0.5 s"), (.seconds(1), "1 s"), (.zero, "0 s"), (.milliseconds(-1250), "-1.25 s"),
        (Duration(attoseconds: 33_366_666_666_666_667), "0.033367 s"), (.nanoseconds(1), "0.000000001 s"),
        (Duration(attoseconds: .max), "170141183460469231731.687303715884105727 s"),
        (Duration(attoseconds: .min), "-170141183460469231731.687303715884105728 s"),
    ])
    func `times in messages are short`(time: Duration, text: String) {
        #expect(seconds(time) == text)
    }
}
