// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Version numbers, for bug reports.
public enum ComposeVersion {
    /// The version of this library.
    public static let current = "0.1.0"
    /// The version of the rendered pictures, part of the cache key of encoded segments.
    ///
    /// It is raised whenever the same edit gives different pictures, so that segments encoded earlier are not reused.
    static let pictures = 2
    /// What keys of everything that is kept begin with: other builds may make other bytes.
    static var build: String { "\(current) \(pictures) FFmpeg \(Library.version)" }
    /// The version of the FFmpeg libraries in use, as they report it.
    public static var ffmpeg: String { Library.version }
}
