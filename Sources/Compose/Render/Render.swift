// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// A render that is under way, on a thread of its own.
///
/// It runs for as long as somebody holds it or awaits its result; letting go of it cancels it. Thread-safe.
public final class Render: Sendable {
    /// How far it has come, at most ten times a second and once at the end.
    ///
    /// Ends with the render. For one reader.
    public let progress: AsyncStream<Progress>

    private let state: State

    private final class State: Sendable {
        struct Values {
            var isCancelled = false
            var result: Result<Report, ComposeError>?
            var waiting: [CheckedContinuation<Report, any Error>] = []
        }
        let values = Mutex(Values())

        var isCancelled: Bool { values.withLock { $0.isCancelled } }
        func cancel() { values.withLock { $0.isCancelled = true } }

        func finish(_ result: Result<Report, ComposeError>) {
            let waiting = values.withLock { values in
                values.result = result
                defer { values.waiting = [] }
                return values.waiting
            }
            for continuation in waiting { continuation.resume(with: result.mapError { $0 as any Error }) }
        }
    }

    init(
        _ work:
            @escaping @Sendable (
                _ isCancelled: @escaping @Sendable () -> Bool, _ report: @escaping @Sendable (Progress) -> Void
            ) throws(ComposeError) -> Report
    ) {
        // Only the newest matters: a slow reader must not make anything grow.
        let (stream, continuation) = AsyncStream.makeStream(of: Progress.self, bufferingPolicy: .bufferingNewest(1))
        progress = stream
        let state = State()
        self.state = state
        let thread = Thread {
            let result: Result<Report, ComposeError>
            do throws(ComposeError) {
                result = .success(try work({ state.isCancelled }, { continuation.yield($0) }))
            } catch {
                result = .failure(error)
            }
            continuation.finish()
            state.finish(result)
        }
        thread.name = "compose.render"
        thread.stackSize = 4 << 20
        thread.start()
    }

    deinit { state.cancel() }

    /// Asks the render to stop.
    ///
    /// It does so within a frame, removes what it has written, and its result is an error with code `cancelled`. Does
    /// nothing once the render has ended.
    public func cancel() { state.cancel() }

    /// Waits for the end.
    ///
    /// Throws ``ComposeError``. Cancelling the waiting task cancels the render.
    public var result: Report {
        get async throws {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let finished = state.values.withLock { values -> Result<Report, ComposeError>? in
                        if values.result == nil { values.waiting.append(continuation) }
                        return values.result
                    }
                    if let finished { continuation.resume(with: finished.mapError { $0 as any Error }) }
                }
            } onCancel: {
                state.cancel()
            }
        }
    }
}
