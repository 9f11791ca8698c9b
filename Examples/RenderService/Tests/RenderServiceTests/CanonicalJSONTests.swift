// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import Testing

@testable import RenderService

/// Tests of the form of JSON that Inngest signs.
struct CanonicalJSONTests {
    @Test("JSON has one canonical form, as RFC 8785 has it")
    func canonical() throws {
        func text(_ json: String) throws -> String? { CanonicalJSON.text(of: try JSONValue(json: Data(json.utf8))) }
        #expect(
            try text(
                #"{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }"#
            )
                == #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
        )
        #expect(
            try text(#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#)
                == "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}")
        for (number, form) in [
            (0, "0"), (-0.0, "0"), (.leastNonzeroMagnitude, "5e-324"),
            (-1.7976931348623157e308, "-1.7976931348623157e+308"),
            (9007199254740992, "9007199254740992"), (295_147_905_179_352_825_856, "295147905179352830000"),
            (1e21, "1e+21"), (1e20, "100000000000000000000"), (9.999999999999997e22, "9.999999999999997e+22"),
            (0.000001, "0.000001"), (1e-7, "1e-7"), (-1234.5, "-1234.5"), (1e23, "1e+23"), (123e-20, "1.23e-18"),
            (333333333.33333343, "333333333.33333343"), (10, "10"), (100.25, "100.25"),
        ] as [(Double, String)] { #expect(CanonicalJSON.text(of: number) == form) }
        #expect(CanonicalJSON.text(of: .infinity) == nil && CanonicalJSON.text(of: .nan) == nil)
        #expect(CanonicalJSON.text(of: JSONValue.number("1e999")) == nil)
    }
}
