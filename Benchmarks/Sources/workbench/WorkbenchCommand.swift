// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
@_spi(Benchmarks) import Compose
import Foundation

/// Runs one part of a render and prints what it took as JSON.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workbench", abstract: "Run one part of a render, and print what it took as JSON.",
        subcommands: [Limit.self, Raw.self, ComposeOnly.self, MixOnly.self, PlanOnly.self, Keys.self])

    func validate() throws {
        #if DEBUG
            throw ValidationError("This was built without optimisation; build it with -c release.")
        #endif
    }
}

/// What a part took.
struct Figures: Codable {
    var frames: Int
    var seconds: Double
    var cpuSeconds: Double
    var peakMegabytes: Double
    var bytes: Int?

    func print() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        Swift.print(String(decoding: try encoder.encode(self), as: UTF8.self))
    }
}

/// Times a piece of work: wall clock, CPU time of the process, and its largest memory so far.
func measure(frames: Int, _ work: () throws -> Int?) throws -> Figures {
    func cpu() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
    let (start, cpuBefore) = (ContinuousClock.now, cpu())
    let bytes = try work()
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    return Figures(
        frames: frames, seconds: elapsed, cpuSeconds: cpu() - cpuBefore, peakMegabytes: peakMegabytes(), bytes: bytes)
}

/// The process' largest resident memory.
func peakMegabytes() -> Double {
    // `VmHWM`: getrusage's figure would be inherited from whatever started us.
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first).flatMap { Double($0) }.map { $0 * 1024 / 1e6 } ?? 0
}

func readEdit(_ path: String) throws -> (edit: Edit, folder: String) {
    let url = URL(fileURLWithPath: path)
    let edit = try JSONDecoder().decode(Edit.self, from: try Data(contentsOf: url))
    return (edit, url.deletingLastPathComponent().path)
}

func readPlan(_ path: String) async throws -> Plan {
    let (edit, folder) = try readEdit(path)
    return try await edit.plan(in: folder)
}

/// `workbench limit`.
struct Limit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Encode an edit's pictures from memory with libx264 alone: no composing, no sound, no file.")

    @Argument var edit: String
    @Flag(help: "With the threads and the look-ahead that x264 has by itself, instead of those of a render.")
    var usualThreads = false
    @Option(help: "A file for the stream, which is written when the time has been taken.") var output: String?

    func run() async throws {
        let plan = try await readPlan(edit)
        let pictures = try Workbench.Pictures(plan)
        var stream: Workbench.Pictures.Stream?
        try measure(frames: plan.frameCount) {
            stream = usualThreads ? try pictures.encodeWithX264Alone() : try pictures.encode()
            return stream?.size
        }.print()
        if let output, let stream { try Data(stream.bytes).write(to: URL(fileURLWithPath: output)) }
    }
}

/// `workbench raw`.
struct Raw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write an edit's pictures to standard output: YUV 4:2:0, 8 bits, nothing between them.")

    @Argument var edit: String

    func run() async throws {
        let pictures = try Workbench.Pictures(try await readPlan(edit))
        try pictures.write { FileHandle.standardOutput.write(Data($0)) }
    }
}

/// `workbench compose`.
struct ComposeOnly: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose", abstract: "Compose an edit's pictures and encode nothing.")

    @Argument var edit: String
    @Option(help: "Threads; without it, the calling one alone.") var workers: Int?

    func run() async throws {
        let plan = try await readPlan(edit)
        try measure(frames: plan.frameCount) {
            if let workers {
                try Workbench.compose(plan, workers: workers)
            } else {
                try Workbench.Composing(plan).compose(1..<plan.frameCount)
            }
            return nil
        }.print()
    }
}

/// `workbench mix`.
struct MixOnly: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mix", abstract: "Mix an edit's sound on one thread and encode nothing.")

    @Argument var edit: String
    @Flag(help: "Measure its loudness as well.") var loudness = false

    func run() async throws {
        let plan = try await readPlan(edit)
        let measures = loudness
        try measure(frames: plan.frameCount) {
            try Workbench.mix(plan, measuring: measures)
            return nil
        }.print()
    }
}

/// `workbench plan`.
struct PlanOnly: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Plan an edit that has been read; the quickest of five times.")

    @Argument var edit: String

    func run() async throws {
        let (edit, folder) = try readEdit(self.edit)
        var best: Figures?
        for _ in 0..<5 {
            let (start, cpuBefore) = (ContinuousClock.now, clock())
            let plan = try await edit.plan(in: folder)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            if seconds < best?.seconds ?? .infinity {
                best = Figures(
                    frames: plan.frameCount, seconds: seconds,
                    cpuSeconds: Double(clock() - cpuBefore) / Double(CLOCKS_PER_SEC), peakMegabytes: peakMegabytes())
            }
        }
        try best?.print()
    }
}

/// `workbench keys`.
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plan an edit, and hash each of its segments.")

    @Argument var edit: String

    func run() async throws {
        let (edit, folder) = try readEdit(edit)
        _ = try await edit.plan(in: folder)  // reads what is read once
        let start = ContinuousClock.now
        let plan = try await edit.plan(in: folder)
        _ = try Workbench.hashSegments(of: plan)
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        try Figures(frames: 1, seconds: elapsed, cpuSeconds: elapsed, peakMegabytes: peakMegabytes(), bytes: nil)
            .print()
    }
}
