// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension Edit {
    /// Returns every problem of the edit: of its values, and of the media files it names.
    ///
    /// Empty if it can be rendered. Paths in the edit are relative to `folder`; `path` is where the video is to go. Each file is
    /// examined once. An edit with problems is a result, so nothing is thrown. Runs on a thread of its own.
    public func problems(in folder: String = ".", for path: String? = nil) async -> [Problem] {
        do throws(ComposeError) {
            _ = try await plan(in: folder, for: path)
            return []
        } catch {
            return error.problems
        }
    }

    /// Returns the plan of the edit: what every output frame shows, and what every sample sounds like.
    ///
    /// Paths in the edit are relative to `folder`. `path` is where the video is to go: its name says the format where
    /// the edit does not; without it that is MP4. Throws ``ComposeError`` with code `invalidEdit` and every problem there is.
    /// Runs on a thread of its own, because media files are opened.
    public func plan(in folder: String = ".", for path: String? = nil) async throws(ComposeError) -> Plan {
        try await onOwnThread("compose.plan") { () throws(ComposeError) in try makePlan(in: folder, for: path) }
    }

    /// Returns the plan of the edit, made on the calling thread.
    ///
    /// `path` is where the output goes, whose name says the format where the edit does not. Blocks on the disk.
    package func makePlan(in folder: String, for path: String? = nil) throws(ComposeError) -> Plan {
        if let mismatch = Library.mismatch { throw ComposeError(.incompatibleLibraries, mismatch) }
        let settled = settled(for: path)
        var values = valueProblems(for: path)
        if let name = settled.output.settledFormat.muxer?.name, !Library.hasMuxer(name) {
            values.append(
                Problem(
                    path: "output.format",
                    message: "this FFmpeg was built without \(name); install one that has it"))
        }
        let probe = MediaProbe(self, folder: folder)
        var problems = values + probe.problems
        // Sums of wild times would overflow.
        if values.isEmpty { problems += lengthProblems(probe.media) }
        guard problems.isEmpty else { throw ComposeError(.invalidEdit, problems: problems.inDocumentOrder) }
        return try Plan(settled, media: probe.media, folder: folder)
    }

    /// Returns what is wrong with the clips, given how long their media are.
    private func lengthProblems(_ media: Media) -> [Problem] {
        timeline.tracks.enumerated().flatMap { track, clips in
            clips.clips.enumerated().flatMap { clip, value in
                value.planned.mediaProblems(media, at: "tracks[\(track)].clips[\(clip)]")
            }
        }
    }
}

extension [Problem] {
    /// The problems sorted by place: numbers in paths count as numbers, and problems of one clip keep their order.
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
