// SPDX-License-Identifier: Apache-2.0

extension MediaFile {
    /// Decodes all of a finished file, measures it, and says what is wrong with it, and what a platform would refuse.
    ///
    /// The file is any that a clip can show or play, whoever made it. It is read in little memory however long it is; three hours
    /// take as long as decoding them does. `decoding` is where its pictures are decoded; the container and the sound are read in the
    /// calling process. Damage is a finding. Throws ``ComposeError`` with `unreadableMedia` for a file that cannot be opened at all,
    /// and with `cancelled` if the task is cancelled. The work runs on its own thread.
    public static func check(
        _ path: String, platform: Platform? = nil, decoding: MediaDecoding = .inProcess
    ) async throws(ComposeError) -> MediaReport {
        let file = try await probe(path, decoding: decoding)
        return try await cancellable("compose.check") { isCancelled throws(ComposeError) in
            var checker = MediaChecker(file, decoding)
            var report = try checker.report(isCancelled)
            if let platform {
                report.platform = platform
                report.findings += platform.findings(in: PlatformFacts(report, checker))
            }
            // A stable order: the worst first, then by time, then as they were found.
            let ordered = report.findings.enumerated().sorted { a, b in
                if a.element.severity != b.element.severity { return a.element.severity > b.element.severity }
                let (first, second) = (a.element.start ?? -1, b.element.start ?? -1)
                return first != second ? first < second : a.offset < b.offset
            }
            report.findings = ordered.map { $0.element }
            return report
        }
    }
}
