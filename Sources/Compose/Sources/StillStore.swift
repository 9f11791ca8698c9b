// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// Keeps the copies of pictures that are in use, and makes the next ones ahead of need on a thread of its own.
///
/// Never more than the pictures in use, one to come, and what fits into a budget of those that will be used again; so a
/// timeline's copies take no more memory for being many.
final class StillStore: @unchecked Sendable {  // unchecked: all mutable state is guarded by `condition`
    /// A run of frames over which a source is in use.
    struct Use: Sendable {
        let source: Int
        var frames: Range<Int>
    }

    private let condition = NSCondition()
    private let uses: [Use]
    private let plan: Plan
    private var ready: [Int: Frame] = [:]
    private var failure: ComposeError?
    private var live: [Use] = []
    private var nextUse = 0
    private var frame: Int
    private var isClosed = false
    /// Sources with a use to come, nearest last; for choosing what to forget.
    private var usesToCome: [Int: [Int]] = [:]

    private let ahead: Int
    /// Where copies are shared with other plans.
    private let pool: StillPool?
    /// Bytes of copies that are kept until they are used again; none where a pool keeps them.
    private let budget: Int

    /// Starts loading what frame `start` needs, and up to `ahead` pictures that come into use after it.
    init(_ plan: Plan, from start: Int = 0, ahead: Int = 1, pool: StillPool? = nil) {
        self.plan = plan
        self.ahead = ahead
        self.pool = pool
        budget = pool == nil ? 64 << 20 : 0
        frame = start
        uses = Self.uses(of: plan).filter { $0.frames.upperBound > start }
        for (index, use) in uses.enumerated().reversed() { usesToCome[use.source, default: []].append(index) }
        guard !uses.isEmpty else { return }
        let thread = Thread { [self] in load() }
        thread.name = "compose.stills"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// The copy of a source.
    ///
    /// Blocks until it is there; throws what kept it, or any before it, from being made.
    func copy(of source: Int) throws(ComposeError) -> Frame {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let copy = ready[source] { return copy }
            if let failure { throw failure }
            if isClosed { throw ComposeError(.cancelled, "the render was cancelled") }
            condition.wait()
        }
    }

    /// Says which frame is being composed: sources of earlier ones may be forgotten, those of later ones made.
    func advance(to frame: Int) {
        condition.lock()
        self.frame = frame
        live.removeAll { $0.frames.upperBound <= frame }
        condition.broadcast()
        condition.unlock()
    }

    /// Ends the thread and forgets everything.
    ///
    /// Nothing may be asked for afterwards.
    func close() {
        condition.lock()
        isClosed = true
        ready = [:]
        condition.broadcast()
        condition.unlock()
    }

    private func load() {
        condition.lock()
        defer { condition.unlock() }
        while nextUse < uses.count, failure == nil {
            let use = uses[nextUse]
            while !isClosed, use.frames.lowerBound > frame,
                live.count(where: { $0.frames.lowerBound > frame }) >= ahead
            { condition.wait() }
            if isClosed { return }
            nextUse += 1
            usesToCome[use.source]?.removeLast()
            live.append(use)
            if ready[use.source] != nil { continue }
            makeRoom(for: plan.sources[use.source].bytes)
            condition.unlock()
            let result = load(use.source)
            condition.lock()
            switch result {
            case .success(let copy): if !isClosed { ready[use.source] = copy }
            case .failure(let error): failure = error
            }
            condition.broadcast()
        }
    }

    private func load(_ source: Int) -> Result<Frame, ComposeError> {
        guard case .still(let still) = plan.sources[source] else { preconditionFailure("a colour has no copy") }
        if let copy = pool?.copy(of: still) { return .success(copy) }
        defer { ProcessUsage.trim() }
        do throws(LibavError) {
            let copy = try StillLoader.load(still, from: plan.path(of: still.src))
            pool?.keep(copy, of: still)
            return .success(copy)
        } catch {
            return .failure(
                ComposeError(
                    .unreadableMedia, path: plan.sourcePaths[source],
                    "\(still.src) cannot be decoded: \(error.message)",
                    operation: error.operation, libavMessage: error.log))
        }
    }

    /// Forgets copies that are not in use until another one fits into the budget, the one used again last of all first.
    private func makeRoom(for bytes: Int) {
        let inUse = Set(live.map(\.source))
        var idle = ready.keys.filter { !inUse.contains($0) }
            .sorted { (usesToCome[$0]?.last ?? .max, $0) < (usesToCome[$1]?.last ?? .max, $1) }
        var total = ready.keys.reduce(bytes) { $0 + plan.sources[$1].bytes }
        while let last = idle.last, total > budget || usesToCome[last]?.isEmpty != false {
            ready[last] = nil
            idle.removeLast()
            total -= plan.sources[last].bytes
        }
    }

    /// Every source's runs of use, by their first frame.
    private static func uses(of plan: Plan) -> [Use] {
        var last: [Int: Int] = [:]
        var uses: [Use] = []
        for span in plan.spans {
            let sources = span.composition.draws.map(\.source) + span.composition.mapFiles
            for source in Set(sources).sorted() {
                guard case .still = plan.sources[source] else { continue }
                if let index = last[source], uses[index].frames.upperBound == span.frames.lowerBound {
                    uses[index].frames = uses[index].frames.lowerBound..<span.frames.upperBound
                } else {
                    last[source] = uses.count
                    uses.append(Use(source: source, frames: span.frames))
                }
            }
        }
        return uses
    }
}
