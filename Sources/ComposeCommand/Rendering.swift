// SPDX-License-Identifier: Apache-2.0

import Compose

/// Renders an edit with the given options.
func render(_ edit: Edit, in folder: String, named name: String, _ options: RenderOptions) async throws {
    let renderer = options.work.renderer(options.logger)
    try await watch(renderer.render(edit, in: folder, to: options.output), named: name, options)
}

/// Shows the progress of a render until it ends; a signal cancels it.
func watch(_ render: Render, named name: String, _ options: RenderOptions) async throws {
    let signals = Signals()
    let printer = options.printer
    signals.onFirst { render.cancel() }
    try await naming(name) {
        do {
            for await progress in render.progress { try printer.show(progress) }
            try printer.finish(try await render.result)
        } catch {
            // Progress that cannot be printed cancels the render too, so wait until its files are removed.
            render.cancel()
            _ = try? await render.result
            printer.clear()
            throw error
        }
    }
}
