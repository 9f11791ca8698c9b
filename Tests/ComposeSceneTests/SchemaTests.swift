// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

@Suite struct SchemaTests {
    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("schema-\(UUID().uuidString).txt")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
    }

    /// Returns a Python that has jsonschema, which `make test-deps` installs.
    private func python() throws -> String {
        try #require(
            try ["python3", "/usr/bin/python3"].first { try run([$0, "-c", "import jsonschema"]).status == 0 },
            "no python3 here has jsonschema: apt-get install python3-jsonschema")
    }

    @Test func `a validator that others wrote accepts every example and refuses what a schema can refuse`() throws {
        let schema = FileManager.default.temporaryDirectory.appendingPathComponent("schema-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: schema) }
        try Edit.schema.write(to: schema, atomically: true, encoding: .utf8)
        let fixtures = Self.root.appendingPathComponent("Tests/ComposeSceneTests/Fixtures").path
        let (status, output) = try run([
            try python(), Self.root.appendingPathComponent("Tests/Tooling/check_schema.py").path, schema.path,
            Self.root.path, fixtures + "/refused", fixtures + "/unexpressed.txt",
        ])
        #expect(status == 0, "\(output)")
    }

    @Test func `the schema is small, and every field says what it means`() throws {
        #expect(Edit.schema.utf8.count < 250_000)
        for table in Edit.fieldTables {
            #expect(!table.about.isEmpty)
            for field in table.fields { #expect(field.about.hasSuffix("."), "\(table.name).\(field.name)") }
        }
    }

    @Test func `whatever is written is read by the forms, whichever fields it has`() throws {
        // Every kind of clip has a table named after its type.
        #expect(Set(Clip.forms.map(\.name)).isSubset(of: Edit.fieldTables.map(\.name)))
    }

    /// The tables in the documentation are the ones that the forms print.
    ///
    /// RECORD_GOLDENS=1 writes them again and fails.
    @Test func `the documentation's tables are what the forms say`() throws {
        let article = Self.root.appendingPathComponent("Sources/Compose/Documentation.docc/TheEditDocument.md")
        let text = try String(contentsOf: article, encoding: .utf8)
        var lines = text.components(separatedBy: "\n")
        var shown: Set<String> = []
        for table in Edit.fieldTables {
            guard let heading = lines.firstIndex(of: "### \(table.name)"),
                let start = lines[heading...].firstIndex(where: { $0.hasPrefix("| Field ") })
            else {
                Issue.record("the article has no table under '### \(table.name)'")
                continue
            }
            let end = lines[start...].firstIndex { !$0.hasPrefix("|") } ?? lines.endIndex
            lines.replaceSubrange(start..<end, with: table.markdown.components(separatedBy: "\n"))
            shown.insert(table.name)
        }
        let expected = lines.joined(separator: "\n")
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try expected.write(to: article, atomically: true, encoding: .utf8)
            Issue.record("recorded; look at the difference and run again")
        }
        #expect(expected == text, "the tables differ; RECORD_GOLDENS=1 writes them")
        #expect(shown.count == Edit.fieldTables.count)
    }
}
