// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim
package import Logging

/// The FFmpeg libraries loaded in this process.
package enum Library {
    /// FFmpeg's version text.
    package static var version: String { unsafe String(cString: cfs_ffmpeg_version()) }

    /// A sentence naming the library whose major version differs from the one compiled against; `nil` if none does.
    package static let mismatch: String? = {
        var text = [CChar](repeating: 0, count: 512)
        let status = unsafe text.withUnsafeMutableBufferPointer { buffer in
            unsafe cfs_check_libraries(buffer.baseAddress, buffer.count)
        }
        return status == 0 ? nil : string(of: text)
    }()

    /// Whether this processor has AVX-512.
    package static var hasAVX512: Bool { cfs_cpu_has_avx512() != 0 }

    /// Returns whether this FFmpeg build has an encoder of that name.
    package static func hasEncoder(_ name: String) -> Bool { unsafe cfs_has_encoder(name) != 0 }

    /// Returns whether this FFmpeg build can write a container of that name.
    package static func hasMuxer(_ name: String) -> Bool { unsafe cfs_has_muxer(name) != 0 }

    /// Returns whether the system finds a shared library of that name, which then stays loaded.
    package static func loads(_ name: String) -> Bool { unsafe cfs_library_loads(name) != 0 }

    /// Runs `body` while hiding libav's log on this thread from the logger; errors still contain it.
    package static func hushed<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        cfs_log_hush(1)
        defer { cfs_log_hush(0) }
        return try body()
    }

    /// All warnings and errors logged on this thread since the last call into libav began.
    package static var warnings: [String] {
        let lines = unsafe String(cString: cfs_log_lines())
        return lines.split(separator: "\n").map(String.init)
    }

    /// Marks the calling thread as one of ours: what libav logs on it is kept for errors, and printed only if asked for.
    package static func ownThread() { cfs_log_begin() }

    /// Sends libav's log to `logger` from now on, for the whole process.
    ///
    /// All of it is debug output: what matters of it to a user is in an error or a report already.
    package static func log(to logger: Logger) {
        sink.withLock { $0 = logger }
        unsafe cfs_log_install(receiveLog, 24)
    }

    /// Sends what another library logged to the same logger; nowhere if there is none.
    package static func note(_ line: String, from source: String) {
        sink.withLock { $0 }?.debug("\(line)", metadata: ["source": "\(source)"])
    }

    fileprivate static let sink = Locked<Logger?>(nil)
}

/// Receives a line of libav's log, on any thread.
private func receiveLog(_: Int32, line: UnsafePointer<CChar>?) {
    guard let line = unsafe line else { return }
    guard let logger = Library.sink.withLock({ $0 }) else { return }
    let text = unsafe String(cString: line)
    logger.debug("\(text)", metadata: ["source": "libav"])
}
