// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue

/// A job as its caller sees it.
struct JobView: Codable, Sendable, Equatable {
    /// The progress; a job that is no render has no frames.
    struct Progress: Codable, Sendable, Equatable {
        var frame: Int?
        var totalFrames: Int?
        var fraction: Double
        var framesPerSecond: Double?
        var secondsLeft: Double?

        init(fraction: Double) { self.fraction = fraction }

        init(_ progress: Render.Progress) {
            frame = progress.frame
            totalFrames = progress.totalFrames
            fraction = progress.fractionCompleted
            framesPerSecond = progress.framesPerSecond
            secondsLeft = progress.secondsRemaining
        }

        /// The progress of a job on another instance, as the library has it.
        var progress: Render.Progress {
            Render.Progress(
                frame: frame ?? 0, totalFrames: totalFrames ?? 1, framesPerSecond: framesPerSecond ?? 0,
                secondsRemaining: secondsLeft)
        }
    }
    struct Parts: Codable, Sendable, Equatable {
        var total: Int
        var completed: Int
    }
    struct Callback: Codable, Sendable, Equatable {
        var name: String
        var state: String
        var attempts: Int
        var error: String?
    }

    var id: String
    var kind: String
    var generationId: String?
    var after: [String]?
    var state: String
    var priority: String
    var createdAt: String
    var startedAt: String?
    var finishedAt: String?
    var attempts: Int
    var progress: Progress?
    var renderer: String?
    var rendererReason: String?
    var encoder: JobStatus.Encoder?
    var parts: Parts?
    var error: JobStatus.Failure?
    /// The result, which is that of a render or whatever the program for the kind has answered.
    var result: JSONValue?
    var notes: [String]
    var callbacks: [Callback]?

    /// The view at the time when the job was started.
    var asStarted: JobView {
        var view = self
        view.state = Job.State.running.rawValue
        view.finishedAt = nil
        view.progress = nil
        view.error = nil
        view.result = nil
        return view
    }
}
