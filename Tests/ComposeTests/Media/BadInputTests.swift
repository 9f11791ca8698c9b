// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Invalid edits, which are rejected with a path and a remedy before anything is written.
@Suite(.serialized)
struct BadInputTests {
    private let small = PixelSize(width: 64, height: 64)

    /// Returns the problems of an edit; checks that rendering it throws the same ones and writes nothing.
    private func problems(_ edit: Edit, in folder: String = Fixtures.folder) async throws -> [String] {
        let found = await edit.problems(in: folder).map(\.description)
        try await Fixtures.withTemporaryFolder { output in
            let refusal = await #expect(throws: ComposeError.self) {
                _ = try await Renderer().render(edit, in: folder, to: output + "/out.mp4").result
            }
            #expect(refusal?.code == .invalidEdit)
            #expect(refusal?.problems.map(\.description) == found)
            let left = try Fixtures.contents(of: output)
            #expect(left.isEmpty)
        }
        return found
    }

    private func picture(_ src: String) -> Edit {
        Edit(size: small) { Track { ImageClip(src, duration: .seconds(1)) } }
    }

    @Test(arguments: [
        ("inputs/gradiant.png", "does not exist (did you mean inputs/gradient.png?)"),
        ("inputs/zero.jpg", "is empty"),
        ("inputs/text.jpg", "is not a picture"),
        ("inputs/truncated.jpg", "is damaged or cut short"),
        ("inputs/truncated.png", "is damaged or cut short"),
        ("inputs/tone.wav", "is not a picture"),
        ("inputs", "is a folder"),
        ("/dev/null", "is not a regular file"),
        ("inputs/huge_header.png", "100000 × 100000 pixels, more than the 120 megapixels"),
    ])
    func `a picture that is none is refused by name`(_ src: String, expected: String) async throws {
        let found = try await problems(picture(src))
        #expect(found.count == 1 && found[0].hasPrefix("tracks[0].clips[0].src: " + src), "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test func `a FIFO is refused without waiting for a writer`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try run("mkfifo", [folder + "/pipe.jpg"])
            let found = try await problems(picture("pipe.jpg"), in: folder)
            #expect(found == ["tracks[0].clips[0].src: pipe.jpg is not a regular file; only regular files are opened"])
        }
    }

    @Test func `a sound that is none, or too short, is refused by name`() async throws {
        let edit = Edit(size: small) {
            Track { ColorClip(.white, duration: .seconds(1)) }
            Track { AudioClip("inputs/missing.wav") }
            Track { AudioClip("inputs/text.jpg") }
            Track { AudioClip("inputs/tone.wav", duration: .seconds(5)) }
            Track { AudioClip("inputs/tone.wav").trimmed(from: .seconds(3)) }
            Track { AudioClip("inputs/tone.wav").trimmed(from: .seconds(1), duration: .seconds(2)) }
        }
        let found = try await problems(edit)
        #expect(found.count == 5, "\(found)")
        #expect(found[0].hasPrefix("tracks[1].clips[0].src: inputs/missing.wav does not exist"))
        #expect(found[1].hasPrefix("tracks[2].clips[0].src: inputs/text.jpg cannot be opened as sound"))
        #expect(
            found[2]
                == "tracks[3].clips[0].duration: 5 s is longer than the rest of the sound (2 s); shorten it, or set loop"
        )
        #expect(found[3].hasPrefix("tracks[4].clips[0].source.start: 3 s lies behind the end of inputs/tone.wav"))
        #expect(found[4].hasPrefix("tracks[5].clips[0].source.duration: 1 s + 2 s lies behind the end"))
    }

    @Test func `playlists and other formats that open files of their own are not opened`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            for (name, text) in [
                ("list.m3u8", "#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"),
                ("list.ffconcat", "ffconcat version 1.0\nfile /etc/hostname\n"),
                ("list.sdp", "v=0\nm=audio 5004 RTP/AVP 0\nc=IN IP4 127.0.0.1\n"),
            ] {
                try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
                let edit = Edit(size: small) {
                    Track { ColorClip(.white, duration: .seconds(1)) }
                    Track { AudioClip(name) }
                }
                let found = try await problems(edit, in: folder)
                #expect(found.count == 1 && found[0].contains("cannot be opened as sound"), "\(found)")
            }
        }
    }

    @Test func `paths that look like URLs or options are paths`() async throws {
        for src in ["http://example.invalid/a.jpg", "concat:a|b", "file:inputs/white.png", "-i", "%03d.png"] {
            let found = try await problems(picture(src))
            #expect(found.count == 1 && found[0].contains("does not exist"), "\(found)")
        }
    }

    @Test func `an odd canvas is refused and 4 2 0 is named`() async throws {
        let edit = Edit(size: PixelSize(width: 101, height: 67)) { Track { ColorClip(.white, duration: .seconds(1)) } }
        let found = try await problems(edit)
        #expect(found.allSatisfy { $0.contains("4:2:0") } && !found.isEmpty, "\(found)")
    }

    @Test func `an empty timeline is refused`() async throws {
        #expect(try await problems(Edit(size: small) {}).count == 1)
        #expect(try await problems(Edit(size: small) { Track { ColorClip(.white) } }).count == 1)
    }

    @Test func `a clip that falls between two frames is refused`() async throws {
        let edit = Edit(size: small) {
            Track {
                ColorClip(.white, duration: .milliseconds(1010))
                ColorClip(.black, duration: .milliseconds(5))
                ColorClip(.white, duration: .seconds(1))
            }
        }
        let found = try await problems(edit)
        #expect(
            found.count == 1 && found[0].hasPrefix("tracks[0].clips[1].duration: the clip falls between two frames"))
    }

    @Test func `a transition longer than the sound beside it is refused once the file is known`() async throws {
        let edit = Edit(size: small) {
            Track {
                AudioClip("inputs/tone44.wav")
                Transition(.fade, .milliseconds(1500))
                AudioClip("inputs/tone.wav")
            }
        }
        let found = try await problems(edit)
        #expect(found.count == 1 && found[0].contains("is longer than the clip beside it"), "\(found)")
    }

    @Test func `times and media are reported together, in the edit's order`() async throws {
        var edit = Edit(size: small) {
            Track {
                ColorClip(.white, duration: .milliseconds(1010))
                ColorClip(.black, duration: .milliseconds(5))
                ImageClip("inputs/missing.png", duration: .seconds(1))
                ColorClip(.black, duration: .milliseconds(1))
            }
            Track {
                AudioClip("inputs/tone44.wav")
                Transition(.fade, .milliseconds(1500))
                AudioClip("inputs/tone.wav")
            }
        }
        edit.output.chapters = [Output.Chapter("late", at: .seconds(90))]
        let fields = try await problems(edit).map { $0.split(separator: ":")[0] }
        #expect(
            fields == [
                "tracks[0].clips[1].duration", "tracks[0].clips[2].src", "tracks[0].clips[3].duration",
                "tracks[1].clips[1].duration", "output.chapters[0].start",
            ])
        // Where the length of a sound is unknown, nothing is said about the times after it.
        edit.timeline.tracks[1] = Track { AudioClip("inputs/missing.wav") }
        let others = try await problems(edit).map { $0.split(separator: ":")[0] }
        #expect(others == ["tracks[0].clips[2].src", "tracks[1].clips[0].src"])
    }

    @Test func `values and media are reported together, in the edit's order`() async throws {
        let edit = Edit(size: PixelSize(width: 63, height: 64)) {
            Track {
                ImageClip("inputs/nothing.png", duration: .seconds(1))
                ImageClip("inputs/white.png", duration: .seconds(-1))
                ImageClip("inputs/text.jpg", duration: .seconds(1))
            }
        }
        let found = try await problems(edit)
        #expect(found.count == 4, "\(found)")
        #expect(found[0].hasPrefix("size") && found[1].hasPrefix("tracks[0].clips[0].src"))
        #expect(found[2].hasPrefix("tracks[0].clips[1].duration") && found[3].hasPrefix("tracks[0].clips[2].src"))
    }

    @Test func `media replaced between plan and render are refused`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try FileManager.default.copyItem(atPath: Fixtures.input("white.png"), toPath: folder + "/a.png")
            let plan = try await picture("a.png").plan(in: folder)
            try FileManager.default.removeItem(atPath: folder + "/a.png")
            try FileManager.default.copyItem(atPath: Fixtures.input("odd.png"), toPath: folder + "/a.png")
            await #expect { _ = try await Renderer().render(plan, to: folder + "/out.mp4").result } throws: {
                guard let error = $0 as? ComposeError else { return false }
                return error.code == .unreadableMedia && error.problems[0].path == "tracks[0].clips[0].src"
                    && error.description.contains("has changed since the edit was planned")
            }
            #expect(try Fixtures.contents(of: folder) == ["a.png"])
        }
    }

    @Test func `a picture damaged within is refused while rendering and nothing is left`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.input("gradient.png")))
            for index in 2000..<2100 { bytes[index] ^= 0xff }
            try bytes.write(to: URL(fileURLWithPath: folder + "/bad.png"))
            try Data("old".utf8).write(to: URL(fileURLWithPath: folder + "/out.mp4"))
            await #expect {
                _ = try await Renderer().render(picture("bad.png"), in: folder, to: folder + "/out.mp4").result
            } throws: {
                ($0 as? ComposeError)?.code == .unreadableMedia
            }
            #expect(try Fixtures.contents(of: folder) == ["bad.png", "out.mp4"])
            #expect(try String(contentsOfFile: folder + "/out.mp4", encoding: .utf8) == "old")
        }
    }

    @Test func `targets that cannot be written are refused before any work`() async throws {
        let edit = picture("inputs/white.png")
        try await Fixtures.withTemporaryFolder { folder in
            for (target, words) in [
                (folder, "is a folder"), (folder + "/none/out.mp4", "does not exist"), ("", "is empty"),
            ] {
                await #expect {
                    _ = try await Renderer().render(edit, in: Fixtures.folder, to: target).result
                } throws: {
                    guard let error = $0 as? ComposeError else { return false }
                    return error.code == .outputFailed && error.description.contains(words)
                }
            }
            let left = try Fixtures.contents(of: folder)
            #expect(left.isEmpty)
        }
    }

    @Test func `a full disk is named and leaves nothing`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let mount = folder + "/small"
            try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: false)
            guard (try? run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", mount])) != nil else {
                print("a full disk: not tested, since this user may not mount a small tmpfs")
                return
            }
            defer { _ = try? run("umount", [mount]) }
            var edit = Edit(size: .hd720) {
                Track { ImageClip("inputs/gradient.png", duration: .seconds(2)).motion(.zoom(to: 1.5)) }
            }
            edit.output.video.quality = .number(1)
            await #expect {
                _ = try await Renderer().render(edit, in: Fixtures.folder, to: mount + "/out.mp4").result
            } throws: {
                guard let error = $0 as? ComposeError else { return false }
                return error.code == .outputFailed && error.description.contains("no space is left")
            }
            let left = try Fixtures.contents(of: mount)
            #expect(left.isEmpty)
        }
    }

    @Test func `more layers at once than anyone can see are refused`() async throws {
        let edit = Edit(size: small) {
            for _ in 0..<501 { Track { ColorClip(.white, duration: .seconds(1)).size(width: 9, height: 9) } }
        }
        let found = try await problems(edit)
        #expect(found.count == 1 && found[0].contains("501 clips are to be seen at once"), "\(found)")
    }

    @Test func `five hundred layers at once can be composed`() throws {
        let edit = Edit(size: small, background: .black) {
            for _ in 0..<500 { Track { ColorClip(.white, duration: .seconds(1)).size(width: 9, height: 9) } }
        }
        #expect(try composed(edit, frame: 0).luma(32, 32) == 235)
    }

    @Test func `a box that cannot be seen is refused`() async throws {
        let edit = Edit(size: small) {
            Track { ImageClip("inputs/white.png", duration: .seconds(1)).size(width: .pixels(0.001), height: 20) }
        }
        let found = try await problems(edit)
        #expect(
            found == [
                "tracks[0].clips[0].size.width: 0.001 is less than a tenth of a pixel, which cannot be seen; use more, or leave the clip out"
            ])
    }

    @Test func `a soft backdrop on a canvas two pixels wide can be made`() throws {
        let edit = Edit(size: PixelSize(width: 2, height: 4096)) {
            Track { ImageClip("inputs/gradient.png", duration: .seconds(1), fit: .containBlur) }
        }
        _ = try composed(edit, frame: 0)
    }

    @Test func `devices, and files the edit is made of, are not written over`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            try run("mkfifo", [folder + "/pipe"])
            try FileManager.default.copyItem(atPath: Fixtures.input("white.png"), toPath: folder + "/a.mp4")
            for (target, words) in [("pipe", "is a device"), ("a.mp4", "is a file that the edit uses")] {
                let refusal = await #expect(throws: ComposeError.self) {
                    _ = try await Renderer().render(picture("a.mp4"), in: folder, to: folder + "/" + target).result
                }
                #expect(refusal?.code == .outputFailed)
                #expect(refusal?.description.contains(words) == true)
            }
            let left = try Fixtures.contents(of: folder)
            #expect(left == ["a.mp4", "pipe"])
        }
    }
}
