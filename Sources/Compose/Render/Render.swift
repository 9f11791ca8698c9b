// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A running render.
///
/// It runs on its own threads while its owner holds it or awaits its result; releasing it cancels it. It is
/// thread-safe.
public final class Render: Sendable {
    /// The progress, at most ten times a second and once at the end.
    ///
    /// The stream ends with the render. It supports a single reader.
    public let progress: AsyncStream<Progress>

    private let state: State

    private final class State: Sendable {
        struct Values {
            var isCancelled = false
            var result: Result<Report, ComposeError>?
            var waiting: [CheckedContinuation<Result<Report, ComposeError>, Never>] = []
        }
        let values = Locked(Values())

        var isCancelled: Bool { values.withLock { $0.isCancelled } }
        func cancel() { values.withLock { $0.isCancelled = true } }

        func finish(_ result: Result<Report, ComposeError>) {
            let waiting = values.withLock { values in
                values.result = result
                defer { values.waiting = [] }
                return values.waiting
            }
            for continuation in waiting { continuation.resume(returning: result) }
        }
    }

    init(
        _ work:
            @escaping @Sendable (
                _ isCancelled: @escaping @Sendable () -> Bool, _ report: @escaping @Sendable (Progress) -> Void
            ) throws(ComposeError) -> Report
    ) {
        // Only the newest value matters; a slow reader must not make the buffer grow.
        let (stream, continuation) = AsyncStream.makeStream(of: Progress.self, bufferingPolicy: .bufferingNewest(1))
        progress = stream
        let state = State()
        self.state = state
        startThread("compose.render") {
            let result: Result<Report, ComposeError>
            do throws(ComposeError) {
                result = .success(try work({ state.isCancelled }, { continuation.yield($0) }))
            } catch {
                result = .failure(error)
            }
            continuation.finish()
            state.finish(result)
        }
    }

    deinit { state.cancel() }

    /// Cancels the render.
    ///
    /// It stops within a frame and removes what it has written; its result is then an error with code `cancelled`. The
    /// call has no effect once the render has ended.
    public func cancel() { state.cancel() }

    /// The report, available once the render has ended.
    ///
    /// Throws ``ComposeError``: with code `invalidEdit` and every problem if the edit is invalid, with `cancelled`
    /// after ``cancel()``. Cancelling the waiting task cancels the render.
    public var result: Report {
        get async throws(ComposeError) {
            let result = await withTaskCancellationHandler {
                await withCheckedContinuation {
                    (continuation: CheckedContinuation<Result<Report, ComposeError>, Never>) in
                    let finished = state.values.withLock { values -> Result<Report, ComposeError>? in
                        if values.result == nil { values.waiting.append(continuation) }
                        return values.result
                    }
                    if let finished { continuation.resume(returning: finished) }
                }
            } onCancel: {
                state.cancel()
            }
            return try result.get()
        }
    }
}
