// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose

/// The command-line tool, which parses the arguments, runs the command and ends with its exit code.
@main
struct ComposeTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose",
        abstract: "Renders videos from pictures, video clips, colours and sound.",
        discussion: """
            Exit codes: 0 success, 1 failure, 2 invalid edit or command line, 130 cancelled.
            """,
        version: "compose \(ComposeVersion.current) (FFmpeg \(ComposeVersion.ffmpeg))",
        subcommands: [
            RenderCommand.self, SlideshowCommand.self, StillCommand.self, ValidateCommand.self, PlanCommand.self,
            EncodersCommand.self, SegmentCommand.self, AssembleCommand.self, DiffCommand.self, SchemaCommand.self,
            ProbeCommand.self, CheckCommand.self, WaveformCommand.self, InspectCommand.self, CaptionsCommand.self,
        ])

    static func main() async {
        Signals.ignoreBrokenPipes()
        ProcessMemory.returnLargeBlocks()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Exit.exit(with: error)
        }
    }
}
