// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// What a render found wrong with its pictures' files, for the report.
///
/// The parts of a render add to it in any order, and the result is the same. Thread-safe.
final class MediaRemarks: Sendable {
    private struct Found {
        let src: String
        var words: String?
        var missing: Set<Int> = []
        var times: VideoTimes?
        var inside: Set<String> = []
    }

    /// What was found, by the place in the edit.
    private let found = Locked<[String: Found]>([:])

    /// Notes a remark on a source, beside those that were noted before.
    func note(_ remark: SourceRemark, on source: PlannedSource, at path: String) {
        found.withLock { found in
            var all = found[path] ?? Found(src: source.file ?? "it")
            switch remark {
            case .words(let words): all.words = words
            case .inside(let lines): all.inside.formUnion(lines)
            case .missing(let indices, let times):
                all.missing.formUnion(indices)
                all.times = times
            }
            found[path] = all
        }
    }

    /// All remarks, in the order of the edit.
    var all: [String] {
        found.withLock { found in
            found.keys.sorted { $0.compare($1, options: .numeric) == .orderedAscending }.flatMap { path in
                let one = found[path]
                let damage = one.flatMap { one in one.times.map { Self.words(one.missing, $0) } }
                return [one?.words, damage].compactMap { $0 }.map { "\(path): \(one?.src ?? "") \($0)" }
                    + (one?.inside.sorted() ?? [])
            }
        }
    }

    /// Returns where pictures are missing, in words: stretches with less than half a second between them are one.
    private static func words(_ missing: Set<Int>, _ times: VideoTimes) -> String {
        var stretches: [ClosedRange<Int>] = []
        for index in missing.sorted() {
            let start = times.duration(of: times.starts[index])
            if let last = stretches.last, start - times.duration(of: times.starts[last.upperBound]) < .milliseconds(500)
            {
                stretches[stretches.count - 1] = last.lowerBound...index
            } else {
                stretches.append(index...index)
            }
        }
        func time(_ index: Int) -> String { rounded(times.duration(of: times.starts[index])) }
        let shown = stretches.prefix(5).map { stretch in
            stretch.count == 1
                ? "at \(time(stretch.lowerBound))" : "from \(time(stretch.lowerBound)) to \(time(stretch.upperBound))"
        }
        let more = stretches.count > 5 ? ", and \(stretches.count - 5) times more" : ""
        let pictures = missing.count == 1 ? "1 picture" : "\(missing.count) pictures"
        return
            "is damaged \(shown.joined(separator: ", "))\(more); \(pictures) cannot be decoded, and the ones before them stay"
    }
}
