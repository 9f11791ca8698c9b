// SPDX-License-Identifier: Apache-2.0

/// Lets work begin as long as all of it together takes no more memory than there is for it.
actor MemoryGate {
    private let limit: Int
    private var used = 0
    private var waiting: [(bytes: Int, turn: CheckedContinuation<Void, Never>)] = []

    init(limit: Int) { self.limit = limit }

    /// Does work that takes so many bytes, when there is room; what takes more than there ever is, alone.
    nonisolated func pass<Result: Sendable>(
        bytes: Int, _ work: @Sendable () async throws -> Result
    ) async throws -> Result {
        let bytes = min(bytes, limit)
        await enter(bytes)
        do {
            // Its turn comes in order also where it was called off meanwhile; then it is over at once.
            try Task.checkCancellation()
            let result = try await work()
            await leave(bytes)
            return result
        } catch {
            await leave(bytes)
            throw error
        }
    }

    private func enter(_ bytes: Int) async {
        if waiting.isEmpty, used + bytes <= limit {
            used += bytes
            return
        }
        await withCheckedContinuation { waiting.append((bytes, $0)) }
    }

    private func leave(_ bytes: Int) {
        used -= bytes
        while let next = waiting.first, used + next.bytes <= limit {
            waiting.removeFirst()
            used += next.bytes
            next.turn.resume()
        }
    }
}
