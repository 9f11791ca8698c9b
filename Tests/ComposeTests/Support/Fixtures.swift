// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

import Libav

@testable import Compose

/// The committed inputs and reference frames.
enum Fixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures").path

    /// The package's folder.
    static let package = URL(fileURLWithPath: folder).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The photos of the examples.
    static let photos = URL(fileURLWithPath: folder).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Examples/Media").path

    static func input(_ name: String) -> String { folder + "/inputs/" + name }

    /// Runs `body` with a temporary folder, and removes it afterwards.
    static func withTemporaryFolder<Result>(
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("compose-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    /// Returns the names of the files in a folder, including hidden ones.
    static func contents(of folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }
}

/// Planar 4:2:0 pixels to compare.
struct Planes {
    let width: Int
    let height: Int
    let planes: [[UInt8]]

    init(_ frame: Frame) {
        width = frame.width
        height = frame.height
        planes = (0..<3).map { frame.plane($0) }
    }

    /// Creates planes from raw planar 4:2:0 bytes.
    init(raw bytes: [UInt8], width: Int, height: Int) {
        self.width = width
        self.height = height
        let luma = width * height
        let chroma = ((width + 1) / 2) * ((height + 1) / 2)
        planes = [
            Array(bytes[0..<luma]), Array(bytes[luma..<luma + chroma]),
            Array(bytes[(luma + chroma)..<(luma + 2 * chroma)]),
        ]
    }

    /// Returns the peak signal-to-noise ratio of one plane in decibels; infinite for equal planes.
    func psnr(_ other: Planes, plane: Int) -> Double {
        let (a, b) = (planes[plane], other.planes[plane])
        guard a.count == b.count else { return 0 }
        var sum = 0
        for index in a.indices {
            let difference = Int(a[index]) - Int(b[index])
            sum += difference * difference
        }
        return sum == 0 ? .infinity : 10 * log10(255 * 255 * Double(a.count) / Double(sum))
    }

    func lowestPSNR(_ other: Planes) -> Double { (0..<3).map { psnr(other, plane: $0) }.min() ?? 0 }

    func luma(_ x: Int, _ y: Int) -> Int { Int(planes[0][y * width + x]) }
    func chroma(_ x: Int, _ y: Int) -> (u: Int, v: Int) {
        let index = (y / 2) * ((width + 1) / 2) + x / 2
        return (Int(planes[1][index]), Int(planes[2][index]))
    }
}

/// Returns one frame of an edit, composed as it would be encoded.
func composed(_ edit: Edit, frame: Int, in folder: String = Fixtures.folder) throws -> Planes {
    Planes(try compose(frame, of: try edit.makePlan(in: folder)))
}
