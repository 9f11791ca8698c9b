// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose

/// The command `compose still`.
struct StillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "still", abstract: "Write one frame as a PNG, JPEG, WebP or TIFF file.")

    @Argument(help: editHelp)
    var edit: String

    @Option(help: ArgumentHelp("The time in seconds: '2.5', or a fraction such as '17/30'.", valueName: "time"))
    var at: Seconds

    @Option(name: .shortAndLong, help: ArgumentHelp("The file; its extension chooses the format.", valueName: "file"))
    var output: String

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let file = try EditFile(edit)
        let renderer = Renderer(logger: log.logger(), decoding: decoding.place)
        try await naming(file.name) {
            try await renderer.still(file.edit, at: at.duration, in: file.folder, to: output)
        }
    }
}
