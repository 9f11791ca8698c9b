// SPDX-License-Identifier: Apache-2.0

internal import Libav
public import Logging

/// FFmpeg's log, which is one for the whole process.
///
/// What FFmpeg logs about Compose's own work is kept for errors (``ComposeError/libavMessage``) and printed nowhere; what it logs
/// for others in the process goes where it went before. A program that wants all of it in its own log redirects it.
public enum FFmpegLog {
    /// Sends FFmpeg's log to a logger from now on, for the whole process, and sets FFmpeg's level to warnings.
    ///
    /// All of it is logged as debug output: what matters of it is in an error or a report already. Thread-safe; the last call
    /// counts.
    public static func redirect(to logger: Logger) { Library.log(to: logger) }
}
