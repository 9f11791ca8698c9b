// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

let planHelp = ArgumentHelp("The plan, made with 'compose plan --format json'.", valueName: "plan")

/// Returns the plan in a file written by `compose plan --format json`.
func readPlan(_ path: String) throws -> Plan {
    let bytes: Data
    do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
        throw ValidationError("\(path) cannot be read: \(error.localizedDescription)")
    }
    return try Plan(json: bytes)
}

/// The command `compose segment`.
struct SegmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment", abstract: "Encode one segment of a plan, on this or another machine.",
        discussion: "The media must be unchanged, at the same paths as when the plan was made.")

    @Argument(help: planHelp)
    var plan: String

    @Argument(help: "The segment's index, as shown by 'compose plan'.")
    var index: Int

    @Option(name: .shortAndLong, help: ArgumentHelp("The segment to write.", valueName: "file"))
    var output: String

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let renderer = Renderer(logger: log.logger(), decoding: decoding.place)
        try await naming(plan) {
            let segment = try await renderer.renderSegment(index, of: try readPlan(plan))
            do { try segment.write(to: URL(fileURLWithPath: output), options: .atomic) } catch {
                throw ComposeError(.outputFailed, "\(output) cannot be written: \(error.localizedDescription)")
            }
        }
    }
}

/// The command `compose assemble`.
struct AssembleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assemble", abstract: "Assemble the segments of a plan into the finished video.")

    @Argument(help: planHelp)
    var plan: String

    @Argument(help: "All segments, in order.")
    var segments: [String]

    @OptionGroup var options: RenderOptions

    func run() async throws {
        let path = self.plan
        let plan: Plan = try await naming(path) { try readPlan(path) }
        guard segments.count == plan.segments.count else {
            throw ValidationError("The plan has \(plan.segments.count) segments, and \(segments.count) were given.")
        }
        let files = segments
        let render = options.work.renderer(options.logger).assemble(plan, to: options.output) { index in
            try Data(contentsOf: URL(fileURLWithPath: files[index]))
        }
        try await watch(render, named: self.plan, options)
    }
}
