// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// Where video files are decoded.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum MediaDecoding: String, Sendable, Hashable, Codable, CaseIterable {
    /// In the calling process.
    case inProcess
    /// Each in a process of its own, which can only compute and read its file.
    ///
    /// It is the calling program started again, which never reaches its `main`. A file that makes a decoder crash, or busy
    /// for a minute, is an error of its clip. Pictures and sounds are decoded in the calling process. On Linux only, for
    /// x86-64 and ARM64, and in programs that contain Compose themselves.
    case isolated

    /// Whether videos can be decoded in processes of their own here.
    public static var canIsolate: Bool { VideoFile.canIsolate }
}
