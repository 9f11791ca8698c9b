// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// What Compose itself renders, of which a check finds nothing wrong.
@Suite struct CheckCleanTests {
    private func edit(_ folder: String, size: PixelSize = PixelSize(width: 320, height: 240)) throws -> Edit {
        var file = CheckedFile()
        file.seconds = 4
        try file.write(to: folder + "/clip.mp4")
        return Edit(size: size) {
            Track {
                VideoClip("clip.mp4", duration: .seconds(3)).volume(0)
                Transition(.fade, .seconds(1))
                ImageClip(Fixtures.photos + "/photo1.jpg", duration: .seconds(3)).motion(.zoom(to: 1.3))
                Transition(.fade, .seconds(1))
                ImageClip(Fixtures.photos + "/photo2.jpg", duration: .seconds(3)).motion(.zoom(to: 1.3))
            }
            Track { AudioClip(Fixtures.photos + "/music.m4a", duration: .seconds(7)).fadeOut(.seconds(1)) }
        }
    }

    @Test(arguments: ["out.mp4", "out.mov", "out.webm", "out.mkv"])
    func `a render is clean`(name: String) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = try edit(folder)
            _ = try await Renderer().render(edit, in: folder, to: folder + "/" + name).result
            let report = try await MediaFile.check(folder + "/" + name)
            #expect(report.findings.isEmpty, "\(report)")
            #expect(report.pictures?.count == 210, "\(report)")
            #expect(abs(report.sync?.end ?? 1) < 0.04 && abs(report.sync?.offset ?? 1) < 0.01, "\(report)")
        }
    }

    @Test func `a render of Instagram's size is nothing that Instagram refuses`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var edit = try edit(folder, size: PixelSize(width: 270, height: 480))
            edit.output.audio.bitrate = 128_000
            _ = try await Renderer().render(edit, in: folder, to: folder + "/out.mp4").result
            for platform in [Platform.instagramReels, .instagramFeed, .youtube, .youtubeShorts] {
                let report = try await MediaFile.check(folder + "/out.mp4", platform: platform)
                #expect(report.findings.isEmpty, "\(platform): \(report)")
            }
        }
    }
}
