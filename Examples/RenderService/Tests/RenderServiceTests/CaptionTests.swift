// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import Testing

@testable import RenderService

/// Tests of captions in the short form, and of texts in edits.
struct CaptionTests {
    private static let file = Data("1\n00:00:00,000 --> 00:00:00,200\nHello\n".utf8)
    private static var words: [[String: Any]] { [["text": "Hello", "start": 0, "end": 0.2]] }

    private func body(_ captions: Any? = nil) -> [String: Any] {
        var body: [String: Any] = [
            "images": ["photo1.jpg"], "durationPerImage": 0.2, "size": "320x180", "motion": "none",
        ]
        body["captions"] = captions
        return body
    }

    private func request(_ captions: String) throws -> RenderRequest {
        try RenderRequest(body: Data(#"{"images": ["a.jpg"], \#(captions)}"#.utf8))
    }

    @Test("captions of the short form are a file or words")
    func shortForm() throws {
        let file = CaptionsClip("said.srt").clip
        for text in [#""captions": "said.srt""#, #""captionsUrl": "said.srt""#] {
            let edit = try request(text).edit
            #expect(edit.timeline.tracks.last?.clips == [file])
            #expect(edit.media.map(\.use) == [.picture, .captions])
        }
        let words = [CaptionsClip.SpokenWord("Hi", start: .zero, end: .milliseconds(500))]
        #expect(
            try request(#""captions": [{"text": "Hi", "start": 0, "end": 0.5}]"#).edit.timeline.tracks.last?.clips
                == [CaptionsClip(words: words).clip])
        #expect(try request(#""captions": null"#).edit.timeline.tracks.count == 1)
    }

    @Test(
        "wrong captions are refused with their place",
        arguments: [
            (#""captions": []"#, "captions"), (#""captions": 7"#, "captions"),
            (#""captions": "", "zoom": 2"#, "captions"),
            (#""captions": [{"text": "Hi", "start": 1, "end": 0}]"#, "captions[0].end"),
            (#""captions": [{"text": "Hi", "start": 1}]"#, "captions[0].end"),
            (#""captions": "a.srt", "captionsUrl": "a.srt""#, "captionsUrl"),
        ])
    func wrong(text: String, path: String) {
        let error = #expect(throws: ComposeProblems.self) { _ = try request(text) }
        #expect(error?.problems.map(\.path) == [path])
    }

    @Test("captions are the same as words, as an upload and from the web")
    func sources() async throws {
        let web = try await Receiver { request, _ in
            request.path == "/said.srt" ? Receiver.Reply(body: Self.file) : Receiver.Reply(status: 404)
        }
        let site = try await Site(.embedded, ["ALLOWED_MEDIA_HOSTS": "127.0.0.1", "ALLOW_PRIVATE_ADDRESSES": "1"])
        let client = Client(try site.service())
        try await client.upload("photo1.jpg")
        #expect(try await client.send("PUT", "media/said.srt", Self.file).status == 201)
        func video(_ captions: Any?) async throws -> Data {
            let done = try await client.wait(for: try await client.submit(body(captions)))
            #expect(done.string("state") == "completed", "\(done.text)")
            return try await client.get("job/\(done.string("id"))/output").body
        }
        let captioned = try await video("said.srt")
        #expect(try await video(nil) != captioned)
        for captions in ["media/anyone/said.srt", web.url + "/said.srt", Self.words] as [Any] {
            #expect(try await video(captions) == captioned, "\(captions)")
        }
        // What is not there, and what holds no captions, fails with the reason.
        for captions in ["nothing.srt", web.url + "/nothing.srt", "photo1.jpg"] {
            let answer = try await client.ask(body(captions))
            let failed = answer.status == 202 ? try await client.wait(for: answer.string("id")) : answer
            #expect(failed.string("error.code") != "", "\(captions)")
            #expect(failed.string("error.problems.0.path") == "tracks[1].clips[0].src", "\(failed.text)")
        }
    }

    @Test("captions come from nowhere else than other media, and are no larger")
    func rules() async throws {
        let large = Data(repeating: UInt8(ascii: "\n"), count: 300_000) + Self.file
        let web = try await Receiver { _, _ in Receiver.Reply(body: large) }
        let site = try await Site(
            .embedded,
            [
                "ALLOWED_MEDIA_HOSTS": "127.0.0.1", "ALLOW_PRIVATE_ADDRESSES": "1", "MAX_UPLOAD_BYTES": "250000",
                "MAX_SOURCES": "1",
            ])
        let client = Client(try site.service())
        for src in ["https://example.com/said.srt", "media/bert/said.srt", "/etc/passwd", "file:///etc/passwd"] {
            let answer = try await client.ask(body(src))
            #expect(answer.status == 400, "\(src)")
            #expect(answer.string("error.problems.0.path") == "tracks[1].clips[0].src", "\(answer.text)")
        }
        #expect(try await client.send("PUT", "media/said.srt", large).status == 413)
        let edit: [String: Any] = [
            "version": 1,
            "timeline": [
                "size": ["width": 64, "height": 64],
                "tracks": [["clips": [["type": "captions", "src": web.url + "/said.srt", "duration": 0.2]]]],
            ],
        ]
        let failed = try await client.wait(for: try await client.submit(edit))
        #expect(failed.string("state") == "failed")
        #expect(failed.string("error.message").contains("250000"), "\(failed.text)")
        // Captions are one of the files that are counted.
        let many = try await client.ask(body("other.srt"))
        let job = many.status == 202 ? try await client.wait(for: many.string("id")) : many
        #expect(job.string("error.message").contains("2 files"), "\(job.text)")
    }

    @Test("texts, captions and counters of an edit are shown")
    func clips() async throws {
        let site = try await Site(.embedded)
        let client = Client(try site.service())
        func edit(_ clips: [[String: Any]]) -> [String: Any] {
            var edit = Samples.color()
            var timeline = edit["timeline"] as? [String: Any] ?? [:]
            timeline["tracks"] = (timeline["tracks"] as? [Any] ?? []) + clips.map { ["clips": [$0]] }
            edit["timeline"] = timeline
            return edit
        }
        let clips: [[String: Any]] = [
            ["type": "text", "text": "Hi", "style": ["size": 30, "weight": 700]],
            ["type": "captions", "words": Self.words, "style": ["size": 12]],
            ["type": "counter", "from": 1, "to": 9, "duration": 0.2, "style": ["size": 30]],
        ]
        var videos: Set<Data> = []
        for shown in [[]] + clips.map({ [$0] }) + [clips] {
            let done = try await client.wait(for: try await client.submit(edit(shown)))
            #expect(done.string("state") == "completed", "\(done.text)")
            videos.insert(try await client.get("job/\(done.string("id"))/output").body)
        }
        #expect(videos.count == 5, "each of them changes the video")
    }
}
