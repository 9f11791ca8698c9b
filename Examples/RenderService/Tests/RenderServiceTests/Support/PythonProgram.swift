// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// A Python program beside the tests, which uses the service as other people's programs do.
enum PythonProgram {
    /// Runs a program to its end, which must be a good one, and returns what it has printed.
    static func run(_ name: String, _ arguments: [String], in folder: URL) async throws -> String {
        let output = folder.appendingPathComponent("\(UUID().uuidString).txt").path
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let process = try ChildProcess(
            S3Server.python, [tests.appendingPathComponent(name).path] + arguments,
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""], output: output)
        // The program calls servers of this process, which need its threads.
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let said = try String(contentsOfFile: output, encoding: .utf8)
        #expect(process.wait() == 0, "\(said)")
        return said
    }

    /// Runs a program as ``run(_:_:in:)`` does, and returns the JSON object that it has printed.
    static func object(_ name: String, _ arguments: [String], in folder: URL) async throws -> [String: Any] {
        let said = try await run(name, arguments, in: folder)
        return try #require(try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any], "\(said)")
    }
}
