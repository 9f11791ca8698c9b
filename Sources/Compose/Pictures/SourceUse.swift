// SPDX-License-Identifier: Apache-2.0

/// A range of frames over which a source is in use.
struct SourceUse {
    let source: Int
    var frames: Range<Int>

    /// Returns the uses of a plan's sources in each of its parts, ordered by first frame within a part.
    ///
    /// Sources that take neither time nor memory are left out.
    static func all(of plan: Plan, parts: [Range<Int>]) -> [SourceUse] {
        var uses: [SourceUse] = []
        for part in parts {
            var last: [Int: Int] = [:]
            for span in plan.spans[plan.spanIndices(of: part)] {
                let frames = span.frames.clamped(to: part)
                for source in span.composition.sources where plan.sources[source].bytes > 0 {
                    if let index = last[source], uses[index].frames.upperBound == frames.lowerBound {
                        uses[index].frames = uses[index].frames.lowerBound..<frames.upperBound
                    } else {
                        last[source] = uses.count
                        uses.append(SourceUse(source: source, frames: frames))
                    }
                }
            }
        }
        return uses
    }
}
