// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The sources of a plan's frames, opened ahead of need by a thread of its own and given back after their last use.
///
/// At most one source is open that is not in use yet, so the number of sources in a timeline does not affect the memory
/// used. Thread-safe.
final class PictureSchedule: Sendable {
    private let opening: Opening
    /// Opens the source of each use; `nil` if there are none.
    private let queue: OrderedQueue<Void>?

    /// Creates a schedule for a plan's frames, which are those from `offset` on of the plan that the rack was made for.
    ///
    /// With `only`, it serves a single frame.
    init(_ plan: Plan, rack: Rack, offset: Int = 0, only frame: Int? = nil) {
        var uses = SourceUse.all(of: plan, parts: [0..<plan.frameCount])
        if let frame { uses.removeAll { !$0.frames.contains(frame) } }
        let opening = Opening(plan, uses, rack: rack, offset: offset, frame: frame ?? 0)
        self.opening = opening
        queue =
            uses.isEmpty
            ? nil
            : OrderedQueue("compose.pictures", count: uses.count, ahead: frame == nil ? 1 : .max) { _ in opening }
        advance(to: frame ?? 0)
    }

    /// Returns the picture of a source at a frame, which is not before the one of ``advance(to:)``.
    ///
    /// Blocks until it is available; throws if it, or a source that is used before it, could not be opened.
    func picture(of source: Int, at frame: Int) throws(ComposeError) -> SourcePicture {
        if opening.opened(source) == nil, let use = opening.use(of: source, at: frame) { try queue?.wait(for: use) }
        return try opening.picture(of: source, at: frame)
    }

    /// Sets the first frame being composed.
    ///
    /// Sources that only earlier frames use are given back; the next one is opened.
    func advance(to frame: Int) { queue?.advance(to: opening.advance(to: frame)) }

    /// Ends the thread and gives back all sources; the schedule must not be used afterwards.
    func close() {
        opening.close()
        queue?.close()
    }
}

/// The opening of a plan's sources, use after use, and the sources that are open.
///
/// Thread-safe.
private final class Opening: OrderedWork, Sendable {
    private struct State {
        var opened: [Int: OpenedSource] = [:]
        /// The uses whose source was opened and that have not ended.
        var live: [SourceUse] = []
        /// The first frame being composed.
        var frame: Int
        /// The number of uses that have begun by that frame.
        var begun = 0
        var isClosed = false
    }

    private let plan: Plan
    private let uses: [SourceUse]
    private let usesOfSource: [Int: [Int]]
    private let rack: Rack
    private let offset: Int
    private let state: Locked<State>

    init(_ plan: Plan, _ uses: [SourceUse], rack: Rack, offset: Int, frame: Int) {
        self.plan = plan
        self.uses = uses
        self.rack = rack
        self.offset = offset
        usesOfSource = Dictionary(grouping: uses.indices) { uses[$0].source }
        state = Locked(State(frame: frame))
    }

    func opened(_ source: Int) -> OpenedSource? { state.withLock { $0.opened[source] } }

    /// Returns the index of the use of a source at a frame; `nil` for sources that are not scheduled.
    func use(of source: Int, at frame: Int) -> Int? {
        usesOfSource[source]?.first { uses[$0].frames.contains(frame) }
    }

    /// Opens the source of a use, unless it is open or the use has ended.
    func make(_ index: Int) throws(ComposeError) -> Void? {
        let use = uses[index]
        let (open, frame): (OpenedSource?, Int) = state.withLock { state in
            if state.opened[use.source] != nil { state.live.append(use) }
            return (state.opened[use.source], state.frame)
        }
        if let open {
            rack.continues(open, useFrom: offset + use.frames.lowerBound)
        } else if use.frames.upperBound > frame {
            keep(try source(of: use, from: max(frame, use.frames.lowerBound)), for: use)
        }
        return ()
    }

    private func source(of use: SourceUse, from frame: Int) throws(ComposeError) -> OpenedSource {
        let source = plan.sources[use.source]
        do throws(LibavError) {
            return try rack.open(
                source, useFrom: offset + use.frames.lowerBound, at: frame - source.start, folder: plan.folder)
        } catch {
            throw failure(error, of: use.source)
        }
    }

    private func keep(_ opened: OpenedSource, for use: SourceUse) {
        let isWanted = state.withLock { state in
            guard !state.isClosed, use.frames.upperBound > state.frame else { return false }
            state.opened[use.source] = opened
            state.live.append(use)
            return true
        }
        if !isWanted { rack.putBack(opened, at: plan.sourcePaths[use.source]) }
    }

    func picture(of source: Int, at frame: Int) throws(ComposeError) -> SourcePicture {
        let planned = plan.sources[source]
        let (open, lowest, isClosed) = state.withLock { ($0.opened[source], $0.frame, $0.isClosed) }
        let position = frame - planned.start
        if open == nil, planned.bytes > 0 || isClosed {
            throw ComposeError(.cancelled, "the render was cancelled")
        }
        do throws(LibavError) {
            if let open { return try open.picture(at: position, lowest: lowest - planned.start) }
            return try planned.source.open(at: position, from: MediaAccess(folder: plan.folder)).picture(at: position)
        } catch {
            throw failure(error, of: source, at: frame)
        }
    }

    /// Sets the first frame being composed and returns the number of uses that have begun.
    func advance(to frame: Int) -> Int {
        let (begun, ended) = state.withLock { state in
            state.frame = frame
            while state.begun < uses.count, uses[state.begun].frames.lowerBound <= frame { state.begun += 1 }
            let ended = state.live.filter { $0.frames.upperBound <= frame }
            guard !ended.isEmpty else { return (state.begun, [(Int, OpenedSource)]()) }
            state.live.removeAll { $0.frames.upperBound <= frame }
            return (
                state.begun,
                Set(ended.map(\.source)).compactMap { source in
                    if state.live.contains(where: { $0.source == source }) { return nil }
                    return state.opened.removeValue(forKey: source).map { (source, $0) }
                }
            )
        }
        for (source, opened) in ended { rack.putBack(opened, at: plan.sourcePaths[source]) }
        return begun
    }

    func close() {
        let opened = state.withLock { state in
            state.isClosed = true
            defer { state.opened = [:] }
            return state.opened
        }
        for (source, opened) in opened { rack.putBack(opened, at: plan.sourcePaths[source]) }
    }

    private func failure(_ error: LibavError, of source: Int, at frame: Int? = nil) -> ComposeError {
        // What fails inside of a group has said where and why.
        if let inner = error.cause as? ComposeError { return inner }
        let planned = plan.sources[source]
        let what = planned.file.map { "\($0) cannot be decoded" } ?? "the picture cannot be made"
        let place = frame.map { " at frame \($0 + offset)" } ?? ""
        return ComposeError(
            planned.file == nil ? .renderFailed : .unreadableMedia, path: plan.sourcePaths[source],
            "\(what)\(place): \(error.message)", operation: error.operation, libavMessage: error.log)
    }
}
