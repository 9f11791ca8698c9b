// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation
import JobQueue
import ObjectStorage

/// The payload of a job of kind `render`.
struct RenderTask: Codable, Sendable {
    /// The place where a job is rendered.
    enum Place: String, Codable, Sendable {
        /// The service's own workers.
        case here
        /// The remote renderer if it is healthy, and otherwise the service's own workers.
        case auto
        /// The remote renderer only.
        case remote

        /// Creates the place of jobs whose requests do not choose one.
        init(_ use: Configuration.RemoteUse) {
            self =
                switch use {
                case .never: .here
                case .whenWell: .auto
                case .always: .remote
                }
        }
    }

    /// The edit as a JSON document.
    var edit: String
    var place: Place
    var callbackURL: URL?
    /// The files of the edit, as the caller named them.
    var inputs: [String]?
    /// The stored edit that is rendered, if it is one.
    var editID: String?
    /// The version of that edit.
    var editVersion: Int?

    init(_ request: RenderRequest, place: Place) throws {
        edit = String(decoding: try request.edit.json(), as: UTF8.self)
        self.place = place
        callbackURL = request.callbackURL
        inputs = Set(request.edit.media.map(\.src)).sorted()
        editID = request.editID
        editVersion = request.editVersion
    }
}

/// The payload of a job of kind `segment`.
struct SegmentTask: Codable, Sendable {
    /// The identifier of the render job, which has the edit.
    var job: String
    /// The index of the segment in the plan.
    var index: Int
    /// The key under which the segment is stored.
    var key: String
}

/// The payload of a job of kind `callback`.
struct CallbackTask: Codable, Sendable {
    /// The receiver of a callback.
    enum Receiver: Codable, Sendable, Hashable {
        case url(URL)
        /// The configured event engine.
        case events
        /// The archive and the ledger.
        case archive
    }

    var receiver: Receiver
    /// The identifier of the job that the callback is about.
    var job: String
    /// Whether the callback reports the start of the job rather than its end.
    var isStart: Bool
    /// The identifier of the callback that must end first.
    var after: String?

    /// Returns the name of the event, such as `video/compose.completed`.
    func name(for job: Job) -> String { "video/compose." + (isStart ? "started" : job.state.rawValue) }
}

/// The status that a worker reports for a job.
struct RenderStatus: Codable, Sendable {
    /// The encoder that was used.
    struct Encoder: Codable, Sendable, Equatable {
        var name: String
        var device: String?
        var reason: String
    }

    /// The reason for which a job failed.
    struct Failure: Codable, Sendable, Equatable {
        struct Problem: Codable, Sendable, Equatable {
            var path: String
            var message: String
        }

        var code: String
        var message: String
        var problems: [Problem] = []
        /// The credits that are missing for a request, and those that are needed.
        var missingCents: Int64?
        var neededCents: Int64?
    }

    /// The result of a job.
    struct Result: Codable, Sendable {
        var key: String
        var posterKey: String?
        var reportKey: String?
        var bytes: Int
        var duration: Double
        var frames: Int
        var contentType: String
    }

    var progress: Render.Progress?
    /// The renderer, `local` or `remote`.
    var renderer: String?
    var rendererReason: String?
    var encoder: Encoder?
    var failure: Failure?
    var result: Result?
    /// The notes on the job's history, such as failed attempts and their reasons.
    var notes: [String] = []
    /// Whether the job was already split, so that the next attempt joins its segments instead of splitting it again.
    var isSpread: Bool?
    /// The number of frames that were already stored when the job was split.
    var framesKept: Int?
    /// What the attempt that succeeded has cost.
    var cost: Generation.Cost?

    init() {}

    init(_ text: String) {
        self = (try? JSONDecoder().decode(RenderStatus.self, from: Data(text.utf8))) ?? RenderStatus()
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // All values can be encoded, since numbers are checked where they originate.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    mutating func note(_ text: String) {
        notes.append(String(text.prefix(500)))
        if notes.count > 20 { notes.removeFirst(notes.count - 20) }
    }
}

/// An error that ends an attempt at a job.
struct WorkFailure: Error, CustomStringConvertible {
    /// The failure to report in the job's status.
    let failure: RenderStatus.Failure
    /// Whether a retry may succeed.
    let mayHeal: Bool

    init(_ code: String, _ message: String, problems: [Problem] = [], mayHeal: Bool = false) {
        failure = RenderStatus.Failure(
            code: code, message: message, problems: problems.map { .init(path: $0.path, message: $0.message) })
        self.mayHeal = mayHeal
    }

    /// Creates a failure from any error, and determines whether a retry may succeed.
    init(_ error: any Error) {
        switch error {
        case let error as WorkFailure: self = error
        case let error as ComposeProblems:
            self.init(
                "invalidEdit", error.problems.map(\.description).joined(separator: "\n"), problems: error.problems)
        case let error as ComposeError: self.init(error.code.rawValue, error.description, problems: error.problems)
        case let error as StorageError: self.init("storage", error.description, mayHeal: error.mayHeal)
        case let error as QueueError: self.init("queue", error.description, mayHeal: true)
        default: self.init("internal", String(describing: error), mayHeal: true)
        }
    }

    var description: String { failure.message }
}
