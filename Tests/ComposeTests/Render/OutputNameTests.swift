// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

@Suite struct OutputNameTests {
    private static func edit(_ output: Output = Output()) -> Edit {
        Edit(size: PixelSize(width: 64, height: 64), output: output) {
            Track { ColorClip(.black, duration: .milliseconds(200)) }
        }
    }

    private static func problem(_ name: String, _ output: Output = Output()) -> String? {
        edit(output).valueProblems(for: name).first.map(\.description)
    }

    @Test(arguments: [
        "x.avi", "x.ts", "x.mpg", "x.flv", "x.wmv", "x.3gp", "x.mxf", "x.ogv", "x.mpd", "x.bmp", "x.heic", "x.avif",
        "x.apng", "x.oga", "x.mka", "x.aac", "x.aif", "x.pdf", "x.json", "x.txt", "x.mov.", "x.MP5", "a.b/x.v2",
    ])
    func `an extension that is not written is refused, and the known ones are listed`(name: String) throws {
        let problem = try #require(Self.problem(name))
        #expect(problem.hasPrefix("output.format: \""))
        #expect(problem.contains("names no format that is written; use ."))
        #expect(problem.contains(".mp4") && problem.contains(".webm") && problem.contains(".m4a"))
        #expect(Self.problem(name, Output(format: .mp4)) == nil)  // said by the edit
    }

    @Test(arguments: [
        ("x.m3u8", "hls"), ("x.m4s", "hls"), ("x.png", "png"), ("x.jpg", "jpeg"), ("x.JPEG", "jpeg"), ("x.tif", "tiff"),
    ])
    func `the extension of a folder's files names the format to ask for`(name: String, format: String) throws {
        let problem = try #require(Self.problem(name))
        #expect(problem.contains("names a single file; set \"\(format)\", and the output will be a folder"))
    }

    @Test(arguments: ["x", "x.mp4", "x.MP4", ".hidden", "folder.v2/x", "x.mov", "x.gif", "x.webp", "x.mkv"])
    func `no extension means MP4, and known ones are known in any case`(name: String) {
        #expect(Self.problem(name) == nil)
    }

    @Test(arguments: [240, 241, 254, 255])
    func `a name may be as long as the file system allows`(length: Int) async throws {
        for start in ["x", "ü", "🎞"] {  // of one, two and four bytes
            try await Fixtures.withTemporaryFolder { folder in
                var name = String(repeating: start, count: (length - 4) / start.utf8.count)
                name += String(repeating: "x", count: length - 4 - name.utf8.count) + ".mp4"
                try #require(name.utf8.count == length)
                let report = try await Renderer().render(Self.edit(), to: folder + "/" + name).result
                #expect(report.video?.frames == 6)
                let left = try Fixtures.contents(of: folder)
                #expect(left == [name])
            }
        }
    }

    @Test func `a name of 256 bytes is refused, and nothing is left`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/" + String(repeating: "x", count: 252) + ".mp4"
            let error = await #expect(throws: ComposeError.self) {
                _ = try await Renderer().render(Self.edit(), to: path).result
            }
            #expect(error?.code == .outputFailed)
            let left = try Fixtures.contents(of: folder)
            #expect(left.isEmpty)
        }
    }

    @Test func `what a killed render left under a long name is removed by the next`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let name = String(repeating: "y", count: 250) + ".mp4"
            let path = folder + "/" + name
            let left = try OutputFile(path, isFolder: false)
            try left.prepare()
            let written = try Fixtures.contents(of: folder)
            let temporary = try #require(written.first)
            #expect(temporary.utf8.count <= 255)
            let copy = folder + "/copy"
            try FileManager.default.copyItem(atPath: folder + "/" + temporary, toPath: copy)
            left.discard()
            try FileManager.default.moveItem(atPath: copy, toPath: folder + "/" + temporary)
            _ = try await Renderer().render(Self.edit(), to: path).result
            let names = try Fixtures.contents(of: folder)
            #expect(names == [name])
        }
    }
}
