// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Invalid documents, against the recorded problems.
///
/// RECORD_GOLDENS=1 writes the problems found and fails, so that they are reviewed.
@Suite struct RefusedDocumentTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    static var documents: [URL] {
        get throws {
            try FileManager.default.contentsOfDirectory(
                at: folder.appendingPathComponent("refused"), includingPropertiesForKeys: nil
            ).sorted { $0.lastPathComponent < $1.lastPathComponent }
        }
    }

    /// Returns the problems of a document, without examining its media.
    static func lines(_ data: Data) -> [String] {
        do throws(ComposeError) { return try Edit(json: data).valueProblems().map(\.description) } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `every document is refused, with all its problems in order`() throws {
        let golden = Self.folder.appendingPathComponent("refused.txt")
        let found = try Self.documents.map { document in
            let lines = Self.lines(try Data(contentsOf: document))
            #expect(!lines.isEmpty, "\(document.lastPathComponent) is accepted")
            return ([document.lastPathComponent] + lines.map { "  " + $0 }).joined(separator: "\n") + "\n"
        }.joined()
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try found.write(to: golden, atomically: true, encoding: .utf8)
            Issue.record("recorded; look at the difference and run again")
        }
        #expect(try String(contentsOf: golden, encoding: .utf8) == found)
    }
}
