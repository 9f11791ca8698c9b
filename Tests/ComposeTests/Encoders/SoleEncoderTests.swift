// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose
@testable import Encoders

/// SVT-AV1's encoders share tables that each one rebuilds when it is opened, so they must not be open at once.
@Suite struct SoleEncoderTests {
    private static let request = EncoderRequest(
        VideoSettings(codec: .av1, encoder: .software, speed: .ultrafast), width: 128, height: 128,
        rate: Encoder.Rate(25, 1))

    private static var edit: Edit {
        Edit(
            size: PixelSize(width: 128, height: 128), frameRate: 25,
            output: Output(
                video: VideoSettings(codec: .av1, encoder: .software, speed: .ultrafast, keyframeInterval: .seconds(1)))
        ) {
            Track { ImageClip("inputs/gradient.png", duration: .seconds(4)).motion(.zoom(to: 1.3)) }
        }
    }

    @Test func `AV1 videos that are made at once are the ones that are made alone`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            _ = try await Renderer().render(Self.edit, in: Fixtures.folder, to: folder + "/alone.mp4").result
            let alone = try Data(contentsOf: URL(fileURLWithPath: folder + "/alone.mp4"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        let path = folder + "/\(index).mp4"
                        _ = try await Renderer(segmentWorkers: 2).render(Self.edit, in: Fixtures.folder, to: path)
                            .result
                    }
                }
                try await group.waitForAll()
            }
            for index in 0..<6 {
                let made = try Data(contentsOf: URL(fileURLWithPath: folder + "/\(index).mp4"))
                #expect(made == alone)
            }
        }
    }

    // The others are in processes of their own: threads that tests share would wait for other tests' encoders.

    @Test func `an encoder waits until the one before is closed, and a wait can be cancelled`() async {
        await #expect(processExitsWith: .success) {
            var search = EncoderSearch(Self.request)
            let found = search.next()
            let opened = try #require(found)
            var other = EncoderSearch(Self.request)
            var asked = 0
            let none = other.next(isCancelled: {
                asked += 1
                return asked > 2
            })
            #expect(none == nil)
            #expect(other.rejected.isEmpty)
            withExtendedLifetime(opened.encoder) {}
        }
    }

    @Test func `a render that waits for another's encoder is cancelled at once`() async {
        await #expect(processExitsWith: .success) {
            try await Fixtures.withTemporaryFolder { folder in
                var search = EncoderSearch(Self.request)
                let found = search.next()
                let opened = try #require(found)
                let render = Renderer().render(Self.edit, in: Fixtures.folder, to: folder + "/out.mp4")
                try await Task.sleep(for: .milliseconds(100))
                render.cancel()
                let error = await #expect(throws: ComposeError.self) { _ = try await render.result }
                #expect(error?.code == .cancelled)
                withExtendedLifetime(opened.encoder) {}
            }
        }
    }

    @Test func `listing the encoders does not wait for a render`() async {
        await #expect(processExitsWith: .success) {
            var search = EncoderSearch(Self.request)
            let found = search.next()
            let opened = try #require(found)
            let status = try #require(encoderStatuses().first { $0.backend == .svtav1 })
            #expect(status.isUsable)
            #expect(status.detail.contains("preset="))
            withExtendedLifetime(opened.encoder) {}
        }
    }
}
