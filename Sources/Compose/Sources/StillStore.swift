// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A store of the picture copies in use, which loads the next ones ahead of need on its own thread.
///
/// It holds no more than the pictures in use, one to come, and those to be used again that fit into a budget, so the
/// number of pictures in a timeline does not affect the memory used.
final class StillStore: @unchecked Sendable {  // unchecked: all mutable state is guarded by `condition`
    /// A range of frames over which a source is in use.
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
    /// The future uses of each source, nearest last, for choosing which copy to release.
    private var usesToCome: [Int: [Int]] = [:]

    private let ahead: Int
    /// The pool of copies shared with other plans.
    private let pool: StillPool?
    /// The maximum bytes of copies kept for a later use; 0 if a pool keeps them.
    private let budget: Int

    /// Creates a store that loads what frame `start` needs, and up to `ahead` of the pictures needed after it.
    init(_ plan: Plan, from start: Int = 0, ahead: Int = 1, pool: StillPool? = nil) {
        self.plan = plan
        self.ahead = ahead
        self.pool = pool
        budget = pool == nil ? 64 << 20 : 0
        frame = start
        uses = Self.uses(of: plan).filter { $0.frames.upperBound > start }
        for (index, use) in uses.enumerated().reversed() { usesToCome[use.source, default: []].append(index) }
        guard !uses.isEmpty else { return }
        startThread("compose.stills") { [self] in load() }
    }

    /// Returns the copy of a source.
    ///
    /// Blocks until it is available; throws if it, or any before it, could not be loaded.
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

    /// Sets the frame being composed.
    ///
    /// Sources that only earlier frames use may be released; the next ones are loaded.
    func advance(to frame: Int) {
        condition.lock()
        self.frame = frame
        live.removeAll { $0.frames.upperBound <= frame }
        condition.broadcast()
        condition.unlock()
    }

    /// Ends the thread and releases all copies.
    ///
    /// The store must not be used afterwards.
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
        let planned = plan.sources[source]
        if let copy = pool?.copy(of: planned) { return .success(copy) }
        defer { ProcessUsage.trim() }
        do throws(LibavError) {
            let copy = try planned.makeCopy(for: plan)
            pool?.keep(copy, of: planned)
            return .success(copy)
        } catch {
            let what = planned.file.map { "\($0) cannot be decoded" } ?? "the picture cannot be made"
            return .failure(
                ComposeError(
                    planned.file == nil ? .renderFailed : .unreadableMedia, path: plan.sourcePaths[source],
                    "\(what): \(error.message)", operation: error.operation, libavMessage: error.log))
        }
    }

    /// Releases idle copies, the one needed last first, until another one fits into the budget.
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

    /// Returns the ranges in which sources are used, ordered by first frame.
    private static func uses(of plan: Plan) -> [Use] {
        var last: [Int: Int] = [:]
        var uses: [Use] = []
        for span in plan.spans {
            let sources = span.composition.draws.map(\.source) + span.composition.mapFiles
            for source in Set(sources).sorted() {
                guard plan.sources[source].hasCopy else { continue }
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

extension PlannedSource {
    /// Makes the source's copy; for sources that have one.
    ///
    /// Blocks.
    fileprivate func makeCopy(for plan: Plan) throws(LibavError) -> Frame {
        switch self {
        case .still(let still): return try StillLoader.load(still, from: plan.path(of: still.src))
        case .gradient(let source):
            let format: Frame.Format = source.hasAlpha ? .alpha : .opaque
            let frame = try FramePool(format, width: source.copy.width, height: source.copy.height).frame()
            try source.gradient.draw(into: frame)
            return frame
        case .color: preconditionFailure("a colour has no copy")
        }
    }
}
