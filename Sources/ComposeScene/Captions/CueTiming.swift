// SPDX-License-Identifier: Apache-2.0

/// The line of SubRip and WebVTT that says when a cue is shown: `00:00:01,000 --> 00:00:02,500`.
struct CueTiming {
    var start: Int64
    var end: Int64
    /// What follows the times.
    var rest: Range<Int>

    /// Returns the times of a line; `nil` if it is another line.
    ///
    /// Throws if it is meant to have times but has none. A line is meant to if an arrow stands behind digits and separators, or if `isExpected` says so.
    static func read(_ line: Range<Int>, isExpected: Bool = false, _ source: CaptionSource) throws(ComposeError)
        -> CueTiming?
    {
        guard let arrow = source.find("-->", in: line) else { return nil }
        let bytes = source.bytes
        let before = source.trimmed(line.lowerBound..<arrow)
        let looksLikeTime =
            bytes[before].contains(where: \.isDigit) && bytes[before].contains(UInt8(ascii: ":"))
            && bytes[before].allSatisfy { isPartOfTime($0) }
        guard looksLikeTime || isExpected else { return nil }
        let after = source.trimmed((arrow + 3)..<line.upperBound)
        var end = after.lowerBound
        while end < after.upperBound, !bytes[end].isBlank { end += 1 }
        let start = try time(before, source)
        let stop = try time(after.lowerBound..<end, source)
        return CueTiming(start: start, end: stop, rest: source.trimmed(end..<after.upperBound))
    }

    private static func isPartOfTime(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isBlank || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    private static func time(_ range: Range<Int>, _ source: CaptionSource) throws(ComposeError) -> Int64 {
        switch CaptionTime.clock(source.bytes, range) {
        case .success(let time): return time
        case .failure(let refusal): throw failure(refusal, range, source)
        }
    }

    /// Returns the error of a time that cannot be read.
    static func failure(_ refusal: CaptionTime.Refusal, _ range: Range<Int>, _ source: CaptionSource) -> ComposeError {
        let text = quoted(source.text(range))
        switch refusal {
        case .malformed:
            return source.failure(
                "\(text) is no time; write hours, minutes and seconds, as in 00:00:02,500", at: range.lowerBound)
        case .tooLong:
            return source.failure("\(text) is later than 24 h, the longest that a video may be", at: range.lowerBound)
        }
    }
}
