// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation

/// What a service keeps for its lifetime: one renderer, and the folders that edits read from and videos go to.
///
/// A route handler, a queue worker or a test calls ``render(_:)`` from any task. The work itself runs on threads of the
/// library's own, so nothing here ever waits on Swift's cooperative threads.
actor RenderService {
    private let renderer = Renderer()
    private let media: String
    private let videos: String
    private var count = 0

    init(media: String, videos: String) {
        self.media = media
        self.videos = videos
    }

    /// Renders the edit of a request and says what came of it.
    ///
    /// Calls overlap: while one waits for its render, the actor is free for the next. Cancelling the calling task cancels
    /// the render, which removes what it has written. Throws ``ComposeError``.
    func render(_ json: Data) async throws -> Report {
        let edit = try Edit(json: json)
        // Edits may name any file this process can read. A service that takes them from strangers looks at `src` first.
        count += 1
        let name = "video\(count).mp4"
        let render = renderer.render(edit, in: media, to: videos + "/" + name)
        var next = 0.0
        for await progress in render.progress where progress.fractionCompleted >= next {
            print("\(name): \(progress.frame) of \(progress.totalFrames) frames")
            next = progress.fractionCompleted + 0.25
        }
        // A task that is cancelled leaves the loop at once; what it waits for here then ends with `.cancelled`.
        return try await render.result
    }
}
