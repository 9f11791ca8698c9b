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
        commandName: "segment",
        abstract: "Encode one segment of a plan, or a chunk of its sound, on this or another machine.",
        discussion: "The media must be unchanged, at the same paths as when the plan was made.")

    @Argument(help: planHelp)
    var plan: String

    @Argument(help: "The segment's index, as shown by 'compose plan'.")
    var index: Int

    @Flag(help: "Encode the chunk of the sound with this index in place of a segment.")
    var sound = false

    @Option(name: .shortAndLong, help: ArgumentHelp("The segment to write.", valueName: "file"))
    var output: String

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let renderer = Renderer(logger: log.logger(), decoding: decoding.place)
        try await naming(plan) {
            let plan = try readPlan(plan)
            let segment =
                sound
                ? try await renderer.renderSound(index, of: plan) : try await renderer.renderSegment(index, of: plan)
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

    @Option(
        parsing: .upToNextOption, help: "All chunks of the sound, in order; without them the sound is encoded here.")
    var sound: [String] = []

    @OptionGroup var options: RenderOptions

    func run() async throws {
        let path = self.plan
        let plan: Plan = try await naming(path) { try readPlan(path) }
        guard segments.count == plan.segments.count else {
            throw ValidationError("The plan has \(plan.segments.count) segments, and \(segments.count) were given.")
        }
        guard sound.isEmpty || sound.count == plan.soundChunks.count else {
            throw ValidationError(
                "The plan has \(plan.soundChunks.count) chunks of sound, and \(sound.count) were given.")
        }
        let (files, chunks) = (segments, sound)
        let readSound: @Sendable (Int) throws -> Data = { try Data(contentsOf: URL(fileURLWithPath: chunks[$0])) }
        let render = options.work.renderer(options.logger).assemble(
            plan, to: options.output, sound: chunks.isEmpty ? nil : readSound
        ) { index in try Data(contentsOf: URL(fileURLWithPath: files[index])) }
        try await watch(render, named: self.plan, options)
    }
}
