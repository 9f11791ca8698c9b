// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Logging

/// How much is logged, to standard error.
struct LogOptions: ParsableArguments {
    @Flag(help: "Log what is done, and what FFmpeg says.")
    var verbose = false

    func logger(_ level: Logger.Level = .warning) -> Logger {
        var logger = Logger(label: "compose")
        logger.logLevel = verbose ? .debug : level
        return logger
    }

    /// Takes over FFmpeg's log, for commands that need no renderer.
    ///
    /// What they print says what is wrong; FFmpeg's own lines would only stand between.
    func take() { _ = Renderer(logger: logger(.error)) }
}

/// Where a render goes, and what it says meanwhile.
struct RenderOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("The video to write.", valueName: "file"))
    var output: String

    @Flag(help: "Print progress and the report as JSON, one object a line. This is so too where there is no terminal.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    @OptionGroup var log: LogOptions

    func validate() throws {
        if json && quiet { throw ValidationError("Give --json or --quiet, not both.") }
    }

    var logger: Logger { log.logger(quiet ? .error : .warning) }

    var printer: ProgressPrinter {
        ProgressPrinter(style: quiet ? .silent : json || !Console.isWatched ? .lines : .bar)
    }
}
