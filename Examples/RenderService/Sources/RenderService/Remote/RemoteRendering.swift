// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Compose
import Foundation
import JobQueue
import NIOCore
import NIOHTTP1
import ObjectStorage

/// A renderer that is somewhere else, such as on a machine with a GPU.
protocol RemoteRendering: Sendable {
    /// The addresses and the credentials.
    var configuration: Configuration.Remote { get }
    /// Whether it is currently considered healthy.
    var isWell: Bool { get }

    /// Renders an edit with its plan, whose media are in a folder, and puts the video at `path`.
    ///
    /// Throws ``RemoteUnavailable`` if the renderer is at fault, and ``WorkFailure`` if the edit is.
    func render(
        _ fetched: FetchedEdit, _ plan: Plan, job: Job, folder: WorkFolder, to path: String, _ status: StatusBox
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

/// What all remote renderers need: requests, and files that are checked.
extension RemoteRendering {
    /// Returns a request with the renderer's credentials.
    func request(_ method: HTTPMethod, _ url: URL) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        if let key = configuration.key { request.headers.add(name: "authorization", value: "Bearer \(key)") }
        return request
    }

    /// Writes what a renderer has made to a file, and returns its size.
    func write<Body: AsyncSequence>(
        _ body: Body, to path: String, limit: Int64
    ) async throws -> Int64 where Body.Element == ByteBuffer {
        do { return try await body.write(toFile: path, limit: limit) } catch StorageError.tooLarge {
            throw RemoteUnavailable("it sends more than \(limit) bytes")
        } catch StorageError.diskFailed {
            throw WorkFailure("disk", "not enough disk space for the result", mayHeal: true)
        }
    }

    /// Throws if a file is named as an MP4 and is not one, or is not as long as its plan.
    func checkDuration(at path: String, _ plan: Plan) throws(RemoteUnavailable) {
        guard path.hasSuffix(".mp4") else { return }
        guard let seconds = MP4Duration.seconds(at: path) else { throw RemoteUnavailable("its result is not an MP4") }
        guard abs(seconds - plan.durationInSeconds) < 0.2 else {
            throw RemoteUnavailable("its result lasts \(seconds) s instead of \(plan.durationInSeconds) s")
        }
    }
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
