// SPDX-License-Identifier: Apache-2.0

/// A gate that limits the total memory of the work that runs at the same time.
actor MemoryGate {
    private let limit: Int
    private var used = 0
    private var waiting: [(bytes: Int, turn: CheckedContinuation<Void, Never>)] = []

    init(limit: Int) { self.limit = limit }

    /// Runs work that needs a number of bytes when they are available; work above the limit runs alone.
    nonisolated func pass<Result: Sendable>(
        bytes: Int, _ work: @Sendable () async throws -> Result
    ) async throws -> Result {
        let bytes = min(bytes, limit)
        await enter(bytes)
        do {
            // Work that was cancelled while it waited still gets its turn in order, and ends immediately.
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
