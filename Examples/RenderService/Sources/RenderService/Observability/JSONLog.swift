// SPDX-License-Identifier: Apache-2.0

public import Logging

/// The log of the process, with one line of JSON for each message.
public enum JSONLog {
    /// Returns a logger that writes to standard error.
    public static func logger(level: Logger.Level) -> Logger {
        Logger(label: "render-service") { JSONLogHandler(label: $0, level: level) }
    }
}
