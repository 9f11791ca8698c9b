// SPDX-License-Identifier: Apache-2.0

/// Returns the known name that was most likely meant, ignoring case; `nil` if none is close.
package func nearest(_ name: String, among known: [String]) -> String? {
    let wanted = Array(name.lowercased().utf16)
    guard wanted.count <= 100 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in known {
        let letters = Array(candidate.lowercased().utf16)
        let longer = max(wanted.count, letters.count)
        let distance = editDistance(wanted, letters)
        // Allow about one typo in three letters, but never all letters of the shorter name.
        guard distance <= max(1, (longer + 1) / 3), distance < min(wanted.count, letters.count) else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// Returns ` (did you mean "…"?)`, or an empty string if no known name is close.
package func didYouMean(_ name: String, among known: [String]) -> String {
    nearest(name, among: known).map { " (did you mean \(quoted($0))?)" } ?? ""
}

/// Returns the number of insertions, deletions, substitutions and swaps of neighbours between two names.
private func editDistance(_ from: [UInt16], _ to: [UInt16]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...to.count)
    for row in from.indices {
        var current = [row + 1]
        for column in to.indices {
            let isSame = from[row] == to[column]
            var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
            if row > 0, column > 0, from[row] == to[column - 1], from[row - 1] == to[column] {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforeLast, last) = (last, current)
    }
    return last.last ?? 0
}
