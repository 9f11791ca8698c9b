// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// What a render found wrong with its pictures' files, for the report.
///
/// Thread-safe.
final class MediaRemarks: Sendable {
    private let found = Locked<[String: String]>([:])

    /// Notes a remark on a source, in place of an earlier one.
    func note(_ remark: String, on source: PlannedSource, at path: String) {
        found.withLock { $0[path] = "\(path): \(source.file ?? "it") \(remark)" }
    }

    /// All remarks, in the order of the edit.
    var all: [String] {
        found.withLock { found in
            found.keys.sorted { $0.compare($1, options: .numeric) == .orderedAscending }.compactMap { found[$0] }
        }
    }
}
