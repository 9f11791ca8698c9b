// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose

/// The command `compose render`.
struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Render an edit into a video.",
        discussion: """
            The video appears under its name only when it is complete. Until then, and if the render fails or is \
            cancelled, an existing file is kept.
            """)

    @Argument(help: editHelp)
    var edit: String

    @OptionGroup var options: RenderOptions

    func run() async throws {
        let file = try EditFile(edit)
        try await render(file.edit, in: file.folder, named: file.name, options)
    }
}

let outputHelp = ArgumentHelp(
    "The output file; its extension chooses the format if the edit does not.", valueName: "file")

let editHelp = ArgumentHelp(
    "The edit, a JSON document. Media paths in it are relative to its folder. '-' reads standard input; paths are then relative to the current folder."
)
