// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue
import ObjectStorage

/// What a job of kind `render` is to do: its payload.
struct RenderTask: Codable, Sendable {
    /// Where it is to be rendered.
    enum Place: String, Codable, Sendable {
        /// By this service's own workers.
        case here
        /// By the other instance if it is well, otherwise here.
        case auto
        /// By the other instance only.
        case remote
    }

    /// The edit, as a document.
    var edit: String
    var place: Place
    var callbackURL: URL?

    init(_ request: RenderRequest, place: Place) throws {
        edit = String(decoding: try request.edit.json(), as: UTF8.self)
        self.place = place
        callbackURL = request.callbackURL
    }
}

/// What a job of kind `segment` is to do.
struct SegmentTask: Codable, Sendable {
    /// The job whose video it is a part of, which has the edit.
    var job: String
    /// Its number in the plan.
    var index: Int
    /// The name it is kept under.
    var key: String
}

/// What a job of kind `callback` is to do.
struct CallbackTask: Codable, Sendable {
    /// Where to.
    enum Receiver: Codable, Sendable, Hashable {
        case url(URL)
        /// The event engine of the configuration.
        case events
    }

    var receiver: Receiver
    /// The job it is about.
    var job: String
    /// Whether it tells of the job's start; otherwise of its end.
    var isStart: Bool
    /// The callback that has to be settled first.
    var after: String?

    /// What the event is called: `video/compose.completed`.
    func name(for job: Job) -> String { "video/compose." + (isStart ? "started" : job.state.rawValue) }
}

/// What a worker says of a job: its status.
struct RenderStatus: Codable, Sendable {
    /// How far a render has come.
    struct Progress: Codable, Sendable {
        var frame: Int
        var totalFrames: Int
        var framesPerSecond: Double
        var secondsLeft: Double?
    }

    /// The encoder that was used.
    struct Encoder: Codable, Sendable, Equatable {
        var name: String
        var device: String?
        var reason: String
    }

    /// Why a job failed.
    struct Failure: Codable, Sendable, Equatable {
        struct Problem: Codable, Sendable, Equatable {
            var path: String
            var message: String
        }

        var code: String
        var message: String
        var problems: [Problem] = []
    }

    /// What became of a job.
    struct Result: Codable, Sendable {
        var key: String
        var posterKey: String?
        var reportKey: String?
        var bytes: Int
        var duration: Double
        var frames: Int
        var contentType: String
    }

    var progress: Progress?
    /// `local` or `remote`, and why.
    var renderer: String?
    var rendererReason: String?
    var encoder: Encoder?
    var failure: Failure?
    var result: Result?
    /// What happened on the way: attempts that failed, and why.
    var notes: [String] = []
    /// Whether its parts are done, or will not be: it is put together, or rendered in one piece.
    var isSpread: Bool?
    /// Frames that were there already when it was spread.
    var framesKept: Int?

    init() {}

    init(_ text: String) {
        self = (try? JSONDecoder().decode(RenderStatus.self, from: Data(text.utf8))) ?? RenderStatus()
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Nothing in it that JSON has no text for: numbers are checked where they come from.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    mutating func note(_ text: String) {
        notes.append(String(text.prefix(500)))
        if notes.count > 20 { notes.removeFirst(notes.count - 20) }
    }
}

/// Why a piece of work could not be done.
struct WorkFailure: Error, CustomStringConvertible {
    /// What is said of it.
    let failure: RenderStatus.Failure
    /// Whether it may go better another time.
    let mayHeal: Bool

    init(_ code: String, _ message: String, problems: [Problem] = [], mayHeal: Bool = false) {
        failure = RenderStatus.Failure(
            code: code, message: message, problems: problems.map { .init(path: $0.path, message: $0.message) })
        self.mayHeal = mayHeal
    }

    /// What was thrown on the way, sorted into what may heal and what may not.
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
