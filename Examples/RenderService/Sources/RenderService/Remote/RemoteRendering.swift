// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue

/// A renderer that is somewhere else, such as on a machine with a GPU.
protocol RemoteRendering: Sendable {
    /// Whether it is currently considered healthy.
    var isWell: Bool { get }

    /// Renders an edit whose media are in a folder, and puts the video at `path`.
    ///
    /// Throws ``RemoteUnavailable`` if the renderer is at fault, and ``WorkFailure`` if the edit is.
    func render(
        _ fetched: FetchedEdit, job: Job, folder: WorkFolder, to path: String, _ status: StatusBox
    ) async throws -> RemoteVideo
}

/// An error thrown if a remote renderer cannot be reached or misbehaves.
///
/// The job can then be rendered elsewhere.
struct RemoteUnavailable: Error, CustomStringConvertible {
    let description: String
    /// Whether the same request will not succeed there later either.
    let isFinal: Bool

    init(_ description: String, isFinal: Bool = false) {
        self.description = description
        self.isFinal = isFinal
    }
}

/// The result of a remote render.
struct RemoteVideo: Sendable {
    /// The report, if the renderer has made one.
    var report: Data?
    let bytes: Int
    let duration: Double
    let frames: Int
    /// Whether a poster is beside the video.
    var hasPoster = false
    /// Whether the renderer has put the video into the store itself.
    var isStored = false
}

extension CircuitBreaker {
    /// Runs an attempt at a remote render, and counts it.
    func attempt(_ body: () async throws -> RemoteVideo) async throws -> RemoteVideo {
        guard mayTry() else { throw RemoteUnavailable("it failed several times and is not used for a while") }
        do {
            let made = try await body()
            succeeded()
            return made
        } catch let error as RemoteUnavailable {
            failed()
            throw error
        } catch let error as WorkFailure {
            succeeded()
            throw error
        } catch {
            try Task.checkCancellation()
            failed()
            throw RemoteUnavailable("\(error)")
        }
    }
}
