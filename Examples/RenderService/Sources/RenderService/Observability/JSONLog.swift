// SPDX-License-Identifier: Apache-2.0

public import Logging

/// The process' log: a line of JSON each.
public enum JSONLog {
    /// A logger that writes to standard error.
    public static func logger(level: Logger.Level) -> Logger {
        Logger(label: "render-service") { JSONLogHandler(label: $0, level: level) }
    }
}
