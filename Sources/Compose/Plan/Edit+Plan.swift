// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension Edit {
    /// Returns every problem of the edit: of its values, and of its media files.
    ///
    /// The result is empty if the edit can be rendered. Paths in the edit are relative to `folder`; `path` is the
    /// output's path, and `decoding` where videos are read. Each file is examined once. Nothing is thrown, because problems
    /// are the result. The work runs on its own thread.
    public func problems(
        in folder: String = ".", for path: String? = nil, decoding: MediaDecoding = .inProcess
    ) async -> [Problem] {
        do throws(ComposeError) {
            _ = try await plan(in: folder, for: path, decoding: decoding)
            return []
        } catch {
            return error.problems
        }
    }

    /// Returns the plan of the edit: the content of every output frame and every audio sample.
    ///
    /// Paths in the edit are relative to `folder`. `path` is the output's path, whose extension chooses the format if
    /// the edit does not; the default is MP4. `decoding` is where videos are read. Throws ``ComposeError`` with code
    /// `invalidEdit` and every problem. The work runs on its own thread, because it opens media files.
    public func plan(
        in folder: String = ".", for path: String? = nil, decoding: MediaDecoding = .inProcess
    ) async throws(ComposeError) -> Plan {
        try await onOwnThread("compose.plan") { () throws(ComposeError) in
            try makePlan(in: folder, for: path, decoding: decoding)
        }
    }

    /// Returns the plan of the edit, made on the calling thread.
    ///
    /// `path` is the output's path, whose extension chooses the format if the edit does not. It blocks on the disk.
    package func makePlan(
        in folder: String, for path: String? = nil, decoding: MediaDecoding = .inProcess
    ) throws(ComposeError) -> Plan {
        if let mismatch = Library.mismatch { throw ComposeError(.incompatibleLibraries, mismatch) }
        let settled = settled(for: path)
        var values = valueProblems(for: path)
        if let name = settled.output.settledFormat.muxer?.name, !Library.hasMuxer(name) {
            values.append(
                Problem(
                    path: "output.format",
                    message: "this FFmpeg was built without \(name); install one that has it"))
        }
        let probe = MediaProbe(self, folder: folder, decoding: decoding)
        var problems = values + probe.problems
        // Sums of invalid times could overflow.
        guard values.isEmpty else { throw ComposeError(.invalidEdit, problems: problems.inDocumentOrder) }
        let layout = TimelineLayout(timeline, media: probe.media)
        let lengths = layout.mediaProblems(probe.media)
        problems += lengths
        // Where the length of a clip is unknown, so are the times after it.
        if !probe.lacksLength, lengths.isEmpty { problems += layout.problems(settled.output) }
        if !settled.output.hasVideo, problems.isEmpty, !layout.hasSound(probe.media) {
            problems.append(
                Problem(
                    path: "output.format",
                    message:
                        "\(settled.output.settledFormat.rawValue) holds only sound, but the timeline has none: its videos are silent"
                ))
        }
        guard problems.isEmpty else { throw ComposeError(.invalidEdit, problems: problems.inDocumentOrder) }
        return changed(try Plan(settled, layout, media: probe.media, folder: folder)) { $0.decoding = decoding }
    }
}

extension [Problem] {
    /// The problems sorted by path; indices are compared as numbers, and problems of the same clip keep their order.
    fileprivate var inDocumentOrder: [Problem] {
        func key(_ problem: Problem) -> [Int] {
            problem.path.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        }
        func isTimeline(_ problem: Problem) -> Bool { problem.path.hasPrefix("tracks[") }
        func rank(_ problem: Problem) -> Int {
            isTimeline(problem) ? 1 : problem.path.hasPrefix("output") ? 2 : 0
        }
        return enumerated().sorted { a, b in
            let (first, second) = (rank(a.element), rank(b.element))
            if first != second { return first < second }
            let (left, right) = (key(a.element), key(b.element))
            if left.prefix(2) != right.prefix(2) { return left.prefix(2).lexicographicallyPrecedes(right.prefix(2)) }
            return a.offset < b.offset
        }.map(\.element)
    }
}
