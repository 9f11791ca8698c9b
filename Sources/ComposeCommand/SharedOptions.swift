// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Logging

/// The options for logging to standard error.
struct LogOptions: ParsableArguments {
    @Flag(help: "Log each step, and FFmpeg's own messages.")
    var verbose = false

    /// Returns a logger that also receives FFmpeg's log.
    func logger(_ level: Logger.Level = .warning) -> Logger {
        var logger = Logger(label: "compose")
        logger.logLevel = verbose ? .debug : level
        FFmpegLog.redirect(to: logger)
        return logger
    }

    /// Redirects FFmpeg's log, for commands that need no renderer.
    ///
    /// These commands report errors themselves, so FFmpeg's own lines are not shown without `--verbose`.
    func take() { _ = logger(.error) }
}

/// The option for where videos are decoded.
struct DecodingOptions: ParsableArguments {
    @Flag(help: "Decode each video in a process of its own, which can do nothing else; on Linux.")
    var isolate = false

    var place: MediaDecoding { isolate ? .isolated : .inProcess }

    func validate() throws {
        if isolate, !MediaDecoding.canIsolate {
            throw ValidationError("Videos cannot be decoded in processes of their own here; leave out --isolate.")
        }
    }
}

/// The options for how a render works; the video does not depend on them.
struct WorkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Store encoded segments in this folder, and reuse those in it.", valueName: "folder"))
    var cache: String?

    @Option(
        help: ArgumentHelp("Encode this many segments at once; by default the number of cores.", valueName: "n"))
    var workers: Int?

    @Option(help: ArgumentHelp("Limit the memory of segments encoded at once, in megabytes.", valueName: "MB"))
    var maxMemory = 4096

    @Flag(help: "Identify cached media by their contents, not by size and modification time.")
    var hashMedia = false

    @OptionGroup var decoding: DecodingOptions

    func validate() throws {
        guard (1...256).contains(workers ?? 1) else { throw ValidationError("--workers is 1…256.") }
        guard (1...1_000_000).contains(maxMemory) else { throw ValidationError("--max-memory is 1…1000000.") }
    }

    func renderer(_ logger: Logger) -> Renderer {
        Renderer(
            logger: logger, segmentWorkers: workers, maxMemory: maxMemory << 20,
            cache: cache.map { RenderCache(folder: $0) }, mediaIdentity: hashMedia ? .contents : .fingerprint,
            decoding: decoding.place)
    }
}

/// The options for the output of a render, its progress and its report.
struct RenderOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("The video to write.", valueName: "file"))
    var output: String

    @OptionGroup var work: WorkOptions

    @Option(
        help: ArgumentHelp(
            "Show progress: a bar, lines of JSON, or none; auto is a bar on a terminal.", valueName: "style"))
    var progress = ProgressPrinter.Style.auto

    @Flag(help: "Print progress and the report as JSON, one object per line.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print only errors.")
    var quiet = false

    @OptionGroup var log: LogOptions

    func validate() throws {
        if output == "-" {
            throw ValidationError(
                "The video is not written to standard output; name a file, such as ./- for one of that name.")
        }
        if json && quiet { throw ValidationError("Give --json or --quiet, not both.") }
    }

    var logger: Logger { log.logger(quiet ? .error : .warning) }

    var printer: ProgressPrinter {
        let style = progress == .auto && (quiet || json) ? (json ? .json : .none) : progress
        return ProgressPrinter(style, report: quiet ? nil : json || style == .json ? .json : .words)
    }
}
