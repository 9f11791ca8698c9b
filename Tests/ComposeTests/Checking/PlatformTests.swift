// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// What platforms refuse.
@Suite struct PlatformTests {
    private func refused(_ report: MediaReport) -> [String] {
        report.findings.filter { $0.kind == .platform && $0.severity == .error }.map(\.message)
    }

    @Test func `every limit has a source and something to compare`() {
        for platform in Platform.allCases {
            #expect(!platform.limits.isEmpty)
            for limit in platform.limits {
                #expect(limit.source.hasPrefix("https://"))
                #expect((limit.words == nil) != (limit.least == nil && limit.most == nil), "\(limit)")
                if let least = limit.least, let most = limit.most { #expect(least <= most) }
            }
        }
        #expect(PlatformLimit.asOf.count == 10)
    }

    @Test func `Instagram refuses an index at the end, a short video and a slow one`() async throws {
        let report = try await CheckedFile.report(platform: .instagramReels) {
            $0.size = "180x320"
            $0.rate = "10"
            $0.seconds = 2.5
            $0.flags = []
        }
        let messages = refused(report)
        #expect(messages.count == 3, "\(report)")
        #expect(messages.contains { $0.contains("the index at the end; use front") }, "\(messages)")
        #expect(
            messages.contains { $0.contains("10.00 pictures a second; use 23.00 pictures a second to 60.00") },
            "\(messages)")
        #expect(messages.contains { $0.contains("a duration of 2.500 s; use 3.000 s to 900.000 s") }, "\(messages)")
        #expect(report.findings.allSatisfy { $0.kind != .platform || $0.source?.contains("facebook") == true })
    }

    @Test func `what is wide is no short, and one with 4:4:4 nothing for X`() async throws {
        let wide = try await CheckedFile.report(platform: .youtubeShorts)
        #expect(refused(wide).map { $0.contains("an aspect ratio of 1.3333; use 1.0000 or less") } == [true], "\(wide)")
        let full = try await CheckedFile.report(platform: .x) {
            $0.videoFilter = "format=yuv444p"
            $0.options = ["-pix_fmt", "yuv444p"]
        }
        #expect(refused(full).map { $0.contains("chroma subsampling 4:4:4; use 4:2:0") } == [true], "\(full)")
        let small = try await CheckedFile.report(platform: .tiktok)
        #expect(
            refused(small).map { $0.contains("a shorter side of 240 pixels; use 360 pixels or more") } == [true],
            "\(small)")
    }

    @Test func `broadcast asks for its loudness`() async throws {
        let report = try await CheckedFile.report(platform: .ebu)
        #expect(refused(report).contains { $0.contains("a loudness of") && $0.contains("LUFS") }, "\(report)")
    }

    @Test func `a picture or a sound is no video`() async throws {
        let picture = try await MediaFile.check(Fixtures.input("red.jpg"), platform: .tiktok)
        #expect(refused(picture) == ["TikTok takes videos, and this is a picture"])
        let sound = try await MediaFile.check(Fixtures.input("tone.wav"), platform: .instagramReels)
        #expect(refused(sound) == ["Instagram (reels) takes videos, and this is a sound"])
    }

    @Test func `a report is written to JSON and read back`() async throws {
        let report = try await CheckedFile.report(platform: .youtube) { $0.flags = [] }
        #expect(report.worst == .warning && report.faults == [.fastStart, .platform], "\(report)")
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(MediaReport.self, from: data) == report)
    }
}
