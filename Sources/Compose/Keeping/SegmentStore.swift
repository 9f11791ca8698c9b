// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import Libav

/// A store of encoded segments, which renders that need the same segments can reuse.
///
/// ``RenderCache`` is a store in a folder on this machine; a service can use its object store instead. If a call fails,
/// the render logs the failure and encodes the segment. Called from several threads at once.
public protocol SegmentStore: Sendable {
    /// Returns the bytes stored under a key; `nil` if there are none.
    func get(_ key: String) async throws -> Data?
    /// Stores bytes under a key of 64 hexadecimal digits; bytes already stored under it are the same.
    func put(_ key: String, _ bytes: Data) async throws
    /// Returns the bytes stored under a key, as ``get(_:)`` does; may block the calling thread.
    ///
    /// Renders call this function, on threads of their own. Without an implementation it calls ``get(_:)`` and waits.
    func getAndWait(_ key: String) throws -> Data?
    /// Stores bytes under a key, as ``put(_:_:)`` does; may block the calling thread.
    ///
    /// Renders call this function, on threads of their own. Without an implementation it calls ``put(_:_:)`` and waits.
    func putAndWait(_ key: String, _ bytes: Data) throws
}

extension SegmentStore {
    /// Calls ``get(_:)`` and waits for it.
    public func getAndWait(_ key: String) throws -> Data? { try waiting { try await get(key) }.get() }
    /// Calls ``put(_:_:)`` and waits for it.
    public func putAndWait(_ key: String, _ bytes: Data) throws { try waiting { try await put(key, bytes) }.get() }

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

/// The result that a task leaves for the waiting thread.
private final class Answer<Value: Sendable>: Sendable {
    private let kept = Locked<Result<Value, any Error>?>(nil)
    var value: Result<Value, any Error>? { kept.withLock { $0 } }
    func set(_ value: Result<Value, any Error>) { kept.withLock { $0 = value } }
}
