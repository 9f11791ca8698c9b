// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The exit and the output of a run of the command.
struct Outcome {
    let code: Int32
    let wasKilled: Bool
    let output: String
    let errors: String

    var outputLines: [String] { output.split(separator: "\n").map(String.init) }
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}

/// A temporary folder for one test, with copies of fixtures; removed when the test ends.
final class Scratch: Sendable {
    let url: URL

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("ComposeTests/Fixtures/inputs")

    init(_ fixtures: String...) throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("compose-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for name in fixtures {
            try FileManager.default.copyItem(
                at: Self.fixtures.appendingPathComponent(name), to: url.appendingPathComponent(name))
        }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The names of all files in the folder, including hidden ones.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: url.appendingPathComponent(name))
    }

    func read(_ name: String) throws -> Data { try Data(contentsOf: url.appendingPathComponent(name)) }

    /// Writes an edit with the given clips, as JSON, on a canvas of 160 × 90.
    func writeEdit(_ clips: String..., to name: String = "edit.json", width: Int = 160) throws {
        try write(
            """
            {"version": 1, "timeline": {"size": {"width": \(width), "height": 90},
              "tracks": [{"clips": [\(clips.joined(separator: ", "))]}]}}
            """, to: name)
    }

    /// Runs the command, or another program, in the folder and waits until it ends.
    func run(
        _ arguments: String..., input: String? = nil, environment: [String: String] = [:], program: String? = nil
    ) async throws -> Outcome {
        try await Running(arguments, in: self, input: input, environment: environment, program: program).outcome
    }

    /// Runs the command, and something beside it that blocks.
    ///
    /// Both happen on a thread of its own: other tests keep the pool busy for minutes, while an endless render would go on.
    func run(_ arguments: String..., beside act: @escaping @Sendable (Running) throws -> Void) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let running = try Running(arguments, in: self, input: nil)
                        try act(running)
                        return try running.waitForOutcome()
                    })
            }
        }
    }
}

/// A running process of the built command.
final class Running {
    private let process = Process()
    private let logs: URL
    private let ends: AsyncStream<Void>

    /// The command next to the test bundle, in whichever folder SwiftPM builds.
    static let binary: URL? = {
        for path in [Bundle.main.bundlePath, Bundle.main.executablePath].compactMap(\.self) + CommandLine.arguments {
            var url = URL(fileURLWithPath: path)
            while url.pathComponents.count > 1 {
                let isBundle = url.pathExtension == "xctest"
                url.deleteLastPathComponent()
                let binary = url.appendingPathComponent("compose")
                if isBundle, FileManager.default.isExecutableFile(atPath: binary.path) { return binary }
            }
        }
        return nil
    }()

    init(
        _ arguments: [String], in folder: Scratch, input: String?, output: FileHandle? = nil,
        environment: [String: String] = [:], program: String? = nil
    ) throws {
        // Output goes to files: a pipe that nobody reads would block the command.
        logs = FileManager.default.temporaryDirectory.appendingPathComponent("compose-logs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
        for (name, text) in ["in": input ?? "", "out": "", "err": ""] {
            try Data(text.utf8).write(to: logs.appendingPathComponent(name))
        }
        let binary: URL = try #require(Self.binary, "the command has not been built")
        process.executableURL = program.map { URL(fileURLWithPath: $0) } ?? binary
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder.url
        // Closed here once the process has them: Foundation keeps them open, and loses exits of processes beyond some hundreds.
        let handles = try [
            FileHandle(forReadingFrom: logs.appendingPathComponent("in")),
            FileHandle(forWritingTo: logs.appendingPathComponent("out")),
            FileHandle(forWritingTo: logs.appendingPathComponent("err")),
        ]
        defer { for handle in handles { try? handle.close() } }
        process.standardInput = handles[0]
        process.standardOutput = output ?? handles[1]
        process.standardError = handles[2]
        let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
        self.ends = ends
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: logs)
    }

    func send(_ signal: Int32) { if process.isRunning { kill(process.processIdentifier, signal) } }

    var outcome: Outcome {
        get async throws {
            for await _ in ends {}
            return try ended
        }
    }

    private var ended: Outcome {
        get throws {
            Outcome(
                code: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
                output: String(decoding: try Data(contentsOf: logs.appendingPathComponent("out")), as: UTF8.self),
                errors: String(decoding: try Data(contentsOf: logs.appendingPathComponent("err")), as: UTF8.self))
        }
    }

    /// Blocks until the process has ended.
    func waitForOutcome() throws -> Outcome {
        process.waitUntilExit()
        return try ended
    }

    /// Blocks until the render has printed the given number of progress lines.
    func waitForProgress(lines: Int) throws {
        for _ in 0..<3000 where process.isRunning {
            let text = try Data(contentsOf: logs.appendingPathComponent("out"))
            if text.count(where: { $0 == UInt8(ascii: "\n") }) >= lines { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
        send(SIGKILL)
        Issue.record("the render did not get under way: \(try waitForOutcome())")
    }
}
