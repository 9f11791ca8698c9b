// SPDX-License-Identifier: Apache-2.0

import JobQueue

/// What runs the jobs of one kind.
protocol JobHandler: Sendable {
    /// The kind of the jobs.
    var kind: Job.Kind { get }
    /// How often, how long, and how many at the same time they are run.
    var limits: JobLimits { get }

    /// Runs a job, and reports how it goes by its status.
    ///
    /// Throws errors that ``WorkFailure/init(_:)`` classifies. Cancelling the task ends it soon.
    func run(_ job: Job, _ status: StatusBox) async throws -> WorkOutcome
}

/// The outcome of an attempt at a job.
enum WorkOutcome: Sendable {
    /// The job is done, and its status describes the result.
    case completed
    /// The job waits for parts that other workers render.
    case split([NewJob])
}

/// How often, how long, and how many at the same time jobs of a kind are run.
struct JobLimits: Sendable, Equatable {
    /// The maximum number of attempts.
    var attempts: Int
    /// The maximum time of an attempt in seconds.
    var seconds: Double
    /// How many jobs of the kind occupy a process, if no others of their lane run there.
    var concurrency: Int
}

/// The handlers of a process, one for each kind of job that it runs.
struct JobHandlers: Sendable {
    private let handlers: [Job.Kind: any JobHandler]

    init(_ handlers: [any JobHandler]) {
        self.handlers = Dictionary(handlers.map { ($0.kind, $0) }) { $1 }
    }

    /// Returns the handler of a kind, or `nil` if jobs of that kind are not run here.
    subscript(kind: Job.Kind) -> (any JobHandler)? { handlers[kind] }

    /// The lanes in which the process claims jobs.
    var lanes: Set<Lane> { Set(handlers.keys.map(\.lane)) }

    /// Returns the handlers of the service's own kinds: renders, their segments, and callbacks.
    static func own(_ workplace: Workplace, _ presenter: JobPresenter) -> [any JobHandler] {
        [
            RenderHandler(workplace: workplace), SegmentHandler(workplace: workplace),
            CallbackHandler(workplace: workplace, presenter: presenter),
        ]
    }
}
