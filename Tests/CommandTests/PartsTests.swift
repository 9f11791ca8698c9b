// SPDX-License-Identifier: Apache-2.0

import Compose
import Encoders
import Foundation
import Testing

@testable import ComposeCommand

@Suite struct PartsTests {
    @Test(arguments: [
        ("0", Duration.zero), ("4", .seconds(4)), ("2.5", .milliseconds(2500)), (".5", .milliseconds(500)),
        ("0.001", .milliseconds(1)), ("17/30", .seconds(17) / 30), ("0.000000000000000001", Duration(attoseconds: 1)),
        ("9223372036854775807", .seconds(Int64.max)),
    ])
    func `times are read exactly`(text: String, duration: Duration) {
        #expect(Seconds(argument: text)?.duration == duration)
    }

    @Test(arguments: [
        "", ".", "-1", "+1", "1.", "1e3", "1/0", "1/", "/2", "1/2/3", "1.5/2", "1,5", " 1", "٣", "99999999999999999999",
        "0.0000000000000000001", "1.2.3", "nan",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Seconds(argument: text) == nil)
    }

    @Test func `options of the library's types are read as they are documented`() {
        #expect(FrameRate(argument: "30000/1001") == .ntsc)
        #expect(FrameRate(argument: "25") == 25)
        #expect(FrameRate(argument: "29.97") == nil)
        let sizes: [PixelSize] = [.vertical1080, .vertical720, .hd1080, .hd720, .square1080, .uhd]
        #expect(PixelSize.names.map(PixelSize.init(argument:)) == sizes)
        #expect(PixelSize(argument: "160x90") == PixelSize(width: 160, height: 90))
        for text in ["160", "160x", "160x90x2", "160X90", "a160x90", "160x90b"] {
            #expect(PixelSize(argument: text) == nil)
        }
        #expect(Color(argument: "fff") == .white)
        #expect(Color(argument: "#000000") == .black)
        #expect(Color(argument: "black") == nil)
        #expect(VideoSettings.Quality(argument: "best") == .best)
        #expect(VideoSettings.Quality(argument: "18.5") == .number(18.5))
        #expect(VideoSettings.Quality(argument: "good") == nil)
        #expect(TransitionName(argument: "wipeUpLeft")?.style == .wipeCorner(.upLeft))
        #expect(TransitionName(argument: "none").map { $0.style == nil } == true)
        #expect(TransitionName(argument: "map") == nil)
    }

    @Test func `the bar shows how far a render is, and how long it takes still`() throws {
        func bar(_ json: String) throws -> String {
            ProgressPrinter.bar(try JSONDecoder().decode(Render.Progress.self, from: Data(json.utf8)))
        }
        #expect(
            try bar(#"{"frame": 0, "totalFrames": 750, "framesPerSecond": 0}"#)
                == "░░░░░░░░░░░░░░░░░░░░░░░░ 0%  0/750")
        #expect(
            try bar(#"{"frame": 375, "totalFrames": 750, "framesPerSecond": 5.1, "secondsRemaining": 73.5}"#)
                == "████████████░░░░░░░░░░░░ 50%  375/750  5 frames/s  1:14 left")
        #expect(
            try bar(#"{"frame": 750, "totalFrames": 750, "framesPerSecond": 100, "secondsRemaining": 0}"#)
                == "████████████████████████ 100%  750/750  100 frames/s  0:00 left")
        #expect(
            try bar(#"{"frame": 1, "totalFrames": 9, "framesPerSecond": 1e-3, "secondsRemaining": 7999.5}"#)
                .hasSuffix("2:13:20 left"))
    }
}
