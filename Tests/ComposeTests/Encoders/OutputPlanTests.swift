// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose
@testable import Encoders

@Suite struct OutputPlanTests {
    @Test func `a chapter begins before the end`() async throws {
        let edit = Edit(
            size: .hd720,
            output: Output(chapters: [Output.Chapter("a", at: .zero), Output.Chapter("b", at: .seconds(1))])
        ) { Track { ColorClip(.white, duration: .seconds(1)) } }
        #expect(
            await edit.problems().map(\.description) == [
                "output.chapters[1].start: 1 s is not before the end of the timeline, which lasts 1 s; begin it earlier"
            ])
    }

    @Test func `a plan is rendered into a file of its format`() async throws {
        let edit = Edit(size: PixelSize(width: 64, height: 64)) { Track { ColorClip(.white, duration: .seconds(1)) } }
        try await Fixtures.withTemporaryFolder { folder in
            let plan = try await edit.plan()
            let error = await #expect(throws: ComposeError.self) {
                try await Renderer().render(plan, to: folder + "/a.webm").result
            }
            #expect(error?.code == .invalidEdit && error?.problems.first?.path == "output.format")
            _ = try await Renderer().render(try await edit.plan(for: "a.webm"), to: folder + "/a.webm").result
            #expect(try probe(folder + "/a.webm", stream: "v:0")["codec_name"] == "vp9")
        }
    }

    @Test func `the quality scale meets its words, and goes on between and beyond`() {
        let scale = QualityScale(words: [10, 20, 30, 50], range: 0...63)
        #expect([17.0, 20, 23, 28].map { scale.value(at: $0) } == [10, 20, 30, 50])
        #expect(scale.value(at: 21.5) == 25)
        #expect(scale.value(at: 15.5) == 5)
        #expect(scale.value(at: 1) == 0 && scale.value(at: 51) == 63)
    }
}
