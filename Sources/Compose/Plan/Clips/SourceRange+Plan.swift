// SPDX-License-Identifier: Apache-2.0

extension SourceRange {
    /// Returns the problem of a clip's part that is not in its file; `nil` if it is.
    ///
    /// `source` is the part, `nil` for all of the file, which lasts `whole`; `slack` more is accepted. `path` is the clip's.
    static func problem(
        of source: SourceRange?, in src: String, lasting whole: Duration, slack: Duration, at path: () -> String
    ) -> Problem? {
        let start = source?.start ?? .zero
        if start >= whole {
            return Problem(
                path: "\(path()).source.start",
                message: "\(seconds(start)) lies behind the end of \(src), which lasts \(rounded(whole))")
        }
        guard let part = source?.duration, start + part > whole + slack else { return nil }
        return Problem(
            path: "\(path()).source.duration",
            message: "\(seconds(start)) + \(seconds(part)) lies behind the end of \(src), which lasts "
                + "\(rounded(whole)); shorten it")
    }
}

/// Returns a duration for messages, rounded to milliseconds.
func rounded(_ duration: Duration) -> String {
    let milliseconds = (duration.attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
    return seconds(.milliseconds(Int64(milliseconds)))
}
