// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Logging

/// How much is logged, to standard error.
struct LogOptions: ParsableArguments {
    @Flag(help: "Log what is done, and what FFmpeg says.")
    var verbose = false

    /// Returns the logger, which gets FFmpeg's log too.
    func logger(_ level: Logger.Level = .warning) -> Logger {
        var logger = Logger(label: "compose")
        logger.logLevel = verbose ? .debug : level
        FFmpegLog.redirect(to: logger)
        return logger
    }

    /// Redirects FFmpeg's log, for commands that need no renderer.
    ///
    /// These commands say what is wrong themselves, so FFmpeg's own lines are not shown without `--verbose`.
    func take() { _ = logger(.error) }
}

/// How a render goes about its work; the video does not depend on it.
struct WorkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Keep encoded segments here, and use those that are there.", valueName: "folder"))
    var cache: String?

    @Option(
        help: ArgumentHelp("Encode so many segments at once; as many as there are cores unless given.", valueName: "n"))
    var workers: Int?

    @Option(help: ArgumentHelp("Encode fewer segments at once where they would take more megabytes.", valueName: "MB"))
    var maxMemory = 4096

    @Flag(help: "Know media for the cache by their contents, not by size and time of change.")
    var hashMedia = false

    func validate() throws {
        guard (1...256).contains(workers ?? 1) else { throw ValidationError("--workers is 1…256.") }
        guard (1...1_000_000).contains(maxMemory) else { throw ValidationError("--max-memory is 1…1000000.") }
    }

    func renderer(_ logger: Logger) -> Renderer {
        Renderer(
            logger: logger, segmentWorkers: workers, maxMemory: maxMemory << 20,
            cache: cache.map { RenderCache(folder: $0) }, mediaIdentity: hashMedia ? .contents : .fingerprint)
    }
}

/// Where a render goes, and what it says meanwhile.
struct RenderOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("The video to write.", valueName: "file"))
    var output: String

    @OptionGroup var work: WorkOptions

    @Option(
        help: ArgumentHelp(
            "Show progress: a bar, lines of JSON, or none; auto is a bar on a terminal.", valueName: "style"))
    var progress = ProgressPrinter.Style.auto

    @Flag(help: "Print progress and the report as JSON, one object a line.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    @OptionGroup var log: LogOptions

    func validate() throws {
        if json && quiet { throw ValidationError("Give --json or --quiet, not both.") }
    }

    var logger: Logger { log.logger(quiet ? .error : .warning) }

    var printer: ProgressPrinter {
        let style = progress == .auto && (quiet || json) ? (json ? .json : .none) : progress
        return ProgressPrinter(style, report: quiet ? nil : json || style == .json ? .json : .words)
    }
}
