// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Versions, for bug reports.
public enum ComposeVersion {
    /// This library's.
    public static let current = "0.1.0"
    /// Raised whenever the same edit gives other pictures than before: what was encoded earlier is then not used again.
    static let pictures = 2
    /// That of the FFmpeg libraries in use, as they name it themselves.
    public static var ffmpeg: String { Library.version }
}
