// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The open sources of a render, shared by the parts of its plan that are rendered at once.
///
/// A source is opened when a part takes it and closed after the last use by any part. Between two uses it stays open as
/// long as all open sources fit into a budget; those needed last are closed first. What is in use stays open, whatever
/// the budget. Thread-safe.
final class Rack: Sendable {
    /// A source without its place in time, by which parts find what others have opened.
    fileprivate struct Key: Hashable {
        let source: PlannedSource
        init(_ source: PlannedSource) { self.source = PlannedSource(source.source) }
    }

    fileprivate struct Entry {
        let opened: OpenedSource
        /// The number of parts that use it.
        var users: Int
    }

    fileprivate struct State {
        var entries: [Key: [Entry]] = [:]
        /// The first frames of the uses to come, in order.
        var expected: [Key: [Int]] = [:]
        /// The memory of all entries.
        var bytes = 0
    }

    private let state: Locked<State>
    private let budget: Int
    private let remarks: MediaRemarks?
    private let decoders: VideoDecoders
    /// The sources whose uses begin with a frame.
    private let starting: [Int: [Key]]

    /// Creates a rack for a plan that is rendered in parts.
    ///
    /// `budget` is in bytes of pixels; `remarks` takes what is wrong with files. `decoders` are those of the render around it.
    init(
        _ plan: Plan, parts: [Range<Int>]? = nil, budget: Int = 64 << 20, remarks: MediaRemarks? = nil,
        decoders: VideoDecoders? = nil
    ) {
        self.budget = budget
        self.remarks = remarks
        self.decoders = decoders ?? VideoDecoders(plan.decoding)
        var expected: [Key: [Int]] = [:]
        var starting: [Int: [Key]] = [:]
        for use in SourceUse.all(of: plan, parts: parts ?? [0..<plan.frameCount]) {
            let key = Key(plan.sources[use.source])
            expected[key, default: []].append(use.frames.lowerBound)
            starting[use.frames.lowerBound, default: []].append(key)
        }
        self.starting = starting
        state = Locked(State(expected: expected))
    }

    /// Returns an open source for a use that begins with `frame` of the rack's plan.
    ///
    /// A source that several parts show at once is opened once if it is a still one. Blocks while it is opened.
    func open(
        _ source: PlannedSource, useFrom frame: Int, at sourceFrame: Int, folder: String
    ) throws(LibavError) -> OpenedSource {
        let key = Key(source)
        let found: OpenedSource? = state.withLock { state in
            state.begin(key, frame)
            if let index = state.index(of: key, at: sourceFrame) {
                state.entries[key]?[index].users += 1
                return state.entries[key]?[index].opened
            }
            state.makeRoom(for: source.bytes, budget)
            return nil
        }
        if let found { return found }
        let opened = OpenedSource(
            try source.source.open(at: sourceFrame, from: MediaAccess(folder: folder, decoders: decoders)), of: source,
            at: sourceFrame)
        return state.withLock { state in
            // Another part may have opened it meanwhile.
            if let index = state.index(of: key, at: sourceFrame) {
                state.entries[key]?[index].users += 1
                return state.entries[key]?[index].opened ?? opened
            }
            state.entries[key, default: []].append(Entry(opened: opened, users: 1))
            state.bytes += source.bytes
            return opened
        }
    }

    /// Notes that an open source also serves the use that begins with `frame` of the rack's plan.
    func continues(_ opened: OpenedSource, useFrom frame: Int) {
        state.withLock { $0.begin(Key(opened.source), frame) }
    }

    /// Gives back a source, which is closed unless it is needed again; `path` is its place in the edit.
    func putBack(_ opened: OpenedSource, at path: String = "") {
        if let remarks, let remark = opened.remark { remarks.note(remark, on: opened.source, at: path) }
        let key = Key(opened.source)
        state.withLock { state in
            guard let index = state.entries[key]?.firstIndex(where: { $0.opened === opened }) else { return }
            state.entries[key]?[index].users -= 1
            state.makeRoom(for: 0, budget)
        }
    }

    /// Notes that no more uses will begin in a range of frames, which were rendered, or taken from a store.
    func passed(_ frames: Range<Int>) {
        state.withLock { state in
            for frame in frames { for key in starting[frame] ?? [] { state.begin(key, frame) } }
            state.makeRoom(for: 0, budget)
        }
    }

    /// The memory of the open sources, in bytes.
    var bytes: Int { state.withLock { $0.bytes } }
}

extension Rack.State {
    /// Notes that a use has begun.
    fileprivate mutating func begin(_ key: Rack.Key, _ frame: Int) {
        expected[key]?.removeAll { $0 == frame }
        if expected[key]?.isEmpty == true { expected[key] = nil }
    }

    /// Returns the entry that can show a frame: a still one, or the idle reader that has come closest to the frame.
    fileprivate func index(of key: Rack.Key, at frame: Int) -> Int? {
        guard let entries = entries[key] else { return nil }
        if key.source.source.isStill { return entries.indices.first }
        return entries.indices.filter { entries[$0].users == 0 && entries[$0].opened.next <= frame }
            .max { entries[$0].opened.next < entries[$1].opened.next }
    }

    /// Closes what is not needed any more, and then the idle sources that are needed last, until `new` bytes more fit.
    fileprivate mutating func makeRoom(for new: Int, _ budget: Int) {
        var idle: [(key: Rack.Key, opened: OpenedSource, next: Int)] = []
        for (key, list) in entries {
            for entry in list where entry.users == 0 {
                idle.append((key, entry.opened, expected[key]?.min() ?? .max))
            }
        }
        for entry in idle.sorted(by: { $0.next > $1.next }) {
            guard entry.next == .max || bytes + new > budget else { return }
            entries[entry.key]?.removeAll { $0.opened === entry.opened }
            if entries[entry.key]?.isEmpty == true { entries[entry.key] = nil }
            bytes -= entry.key.source.bytes
        }
    }
}
