// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Frames, compared with those of a float64 reference renderer.
///
/// The renderer, Tests/Tooling/reference.py, shares no code with the library.
struct ReferenceFrameTests {
    struct Reference: Sendable, CustomTestStringConvertible {
        let name: String
        let file: String
        let width: Int
        let height: Int
        let frame: Int
        let edit: Data
        var testDescription: String { name }
    }

    static let references: [Reference] = {
        let url = URL(fileURLWithPath: Fixtures.folder + "/reference/index.json")
        guard let data = try? Data(contentsOf: url),
            let entries = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        else { return [] }
        return entries.compactMap { entry in
            guard let name = entry["name"] as? String, let file = entry["file"] as? String,
                let width = entry["width"] as? Int, let height = entry["height"] as? Int,
                let frame = entry["frame"] as? Int, let edit = entry["edit"],
                let data = try? JSONSerialization.data(withJSONObject: edit)
            else { return nil }
            return Reference(name: name, file: file, width: width, height: height, frame: frame, edit: data)
        }
    }()

    @Test func `there are references to compare with`() {
        #expect(Self.references.count >= 25)
    }

    @Test(arguments: references)
    func `a composed frame matches the reference at 45 dB in every plane`(_ reference: Reference) throws {
        let edit = try Edit(json: reference.edit)
        let frame = try composed(edit, frame: reference.frame)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.folder + "/reference/" + reference.file))
        let expected = Planes(raw: Array(bytes), width: reference.width, height: reference.height)
        #expect(frame.width == reference.width && frame.height == reference.height)
        for plane in 0..<3 {
            let psnr = frame.psnr(expected, plane: plane)
            #expect(psnr >= 45, "plane \("YUV".map(String.init)[plane]) has \(psnr) dB")
        }
    }
}
