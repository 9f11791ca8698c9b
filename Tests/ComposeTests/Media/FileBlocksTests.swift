// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Headers are read from blocks of a file.
struct FileBlocksTests {
    private static var pictures: [String] {
        let names = (try? Fixtures.contents(of: Fixtures.folder + "/inputs")) ?? []
        return names.filter { name in
            ["jpg", "png", "webp", "gif", "tiff", "tif", "bmp"].contains { name.hasSuffix("." + $0) }
        }
    }

    private static func header(_ blocks: FileBlocks) -> Result<ImageHeader, ImageHeader.Failure> {
        do throws(ImageHeader.Failure) { return .success(try ImageHeader(blocks)) } catch { return .failure(error) }
    }

    @Test(arguments: pictures, [5, 64, 16 << 10])
    func `a header is the same in blocks of any size`(name: String, size: Int) throws {
        let path = Fixtures.input(name)
        let whole = Self.header(FileBlocks([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))))
        let blocks = FileBlocks(try OpenFile(path), blockSize: size)
        switch (whole, Self.header(blocks)) {
        case (.success(let a), .success(let b)): #expect(a == b)
        case (.failure(let a), .failure(let b)): #expect("\(a)" == "\(b)")
        default: Issue.record("\(name) is read in one way only")
        }
        #expect(blocks.failure == nil)
    }

    @Test func `a large photo is read at its start and its end only`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.input("red.jpg"))))
            let end = bytes.suffix(2)
            bytes.removeLast(2)
            bytes += [UInt8](repeating: 0x55, count: 5 << 20) + end
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/large.jpg"))
            let blocks = FileBlocks(try OpenFile(folder + "/large.jpg"))
            #expect((try? Self.header(blocks).get())?.format == .jpeg)
            #expect(blocks.bytesRead <= 32 << 10)
        }
    }

    @Test func `a file that shrinks while it is read is cut short, not trusted`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let path = folder + "/shrinking.jpg"
            try FileManager.default.copyItem(atPath: Fixtures.input("red.jpg"), toPath: path)
            let file = try OpenFile(path)
            try Data([0xFF, 0xD8, 0xFF, 0xE0]).write(to: URL(fileURLWithPath: path), options: [])
            guard case .failure = Self.header(FileBlocks(file)) else {
                Issue.record("a cut file has a header")
                return
            }
        }
    }
}
