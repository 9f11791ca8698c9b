// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import Synchronization

/// Where encoded segments are kept, so that another render that needs the same ones has them at once.
///
/// A folder on this machine: ``RenderCache``. A service can put them into its object store. A failure costs a render nothing but
/// the work that would have been spared: it is logged, and the segment is encoded. Called from several threads at once.
public protocol SegmentStore: Sendable {
    /// What was kept under a name; `nil` where there is nothing.
    func get(_ key: String) async throws -> Data?
    /// Keeps bytes under a name, 64 digits base 16; what is there already is the same.
    func put(_ key: String, _ bytes: Data) async throws
}

extension SegmentStore {
    /// Waits for ``get(_:)`` on a thread that may wait.
    func getAndWait(_ key: String) -> Result<Data?, any Error> { waiting { try await get(key) } }
    /// Waits for ``put(_:_:)`` on a thread that may wait.
    func putAndWait(_ key: String, _ bytes: Data) -> Result<Void, any Error> { waiting { try await put(key, bytes) } }

    private func waiting<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) -> Result<
        Value, any Error
    > {
        let end = DispatchSemaphore(value: 0)
        let answer = Answer<Value>()
        Task {
            do { answer.set(.success(try await work())) } catch { answer.set(.failure(error)) }
            end.signal()
        }
        end.wait()
        return answer.value ?? .failure(CancellationError())
    }
}

/// What a task leaves for the thread that waits for it.
private final class Answer<Value: Sendable>: Sendable {
    private let kept = Mutex<Result<Value, any Error>?>(nil)
    var value: Result<Value, any Error>? { kept.withLock { $0 } }
    func set(_ value: Result<Value, any Error>) { kept.withLock { $0 = value } }
}
