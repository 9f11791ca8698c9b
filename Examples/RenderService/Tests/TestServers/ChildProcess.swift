// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A child process that ends with the tests.
///
/// It does not use Foundation's `Process`, which needs a run loop to notice the end of the child.
public final class ChildProcess: Sendable {
    /// An error thrown if a process cannot be started, or a server that is one does not answer.
    public struct Failure: Error, CustomStringConvertible {
        /// The error message.
        public let description: String
    }

    /// The process ID.
    public let id: pid_t
    /// The exit status, or `nil` while the process runs.
    private let end = Mutex<Int32?>(nil)

    /// Starts a program with only the given environment; its output goes to a file or is discarded.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String], output: String = "/dev/null"
    ) throws {
        #if canImport(Glibc)
            var attributes = posix_spawnattr_t()
            var actions = posix_spawn_file_actions_t()
        #else
            var attributes: posix_spawnattr_t?
            var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        defer {
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        // Dispatch's threads block signals, and the child would inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        #if canImport(Glibc)
            for descriptor in 3..<255 as Range<Int32> { posix_spawn_file_actions_addclose(&actions, descriptor) }
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        #else
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_CLOEXEC_DEFAULT))
        #endif
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in words + settings { free(pointer) } }
        var child: pid_t = 0
        let result = posix_spawnp(&child, program, &actions, &attributes, &words, &settings)
        guard result == 0 else { throw Failure(description: "\(program): \(String(cString: strerror(result)))") }
        id = child
        Self.endWithTests
        Self.running.withLock { _ = $0.insert(child) }
    }

    deinit { kill() }

    /// Whether the process is running.
    public var isRunning: Bool { look(WNOHANG) == nil }

    /// Stops the process, waits for its end, and returns its exit status, or 128 plus the signal that ended it.
    @discardableResult
    public func stop() -> Int32 { end(with: SIGTERM) }

    /// Kills the process as a crash would, and waits for its end.
    @discardableResult
    public func kill() -> Int32 { end(with: SIGKILL) }

    /// Waits until the process has ended.
    public func wait() -> Int32 { look(0) ?? 0 }

    private func end(with signal: Int32) -> Int32 {
        end.withLock { if $0 == nil { Self.send(signal, to: id) } }
        return wait()
    }

    /// Returns the exit status, or `nil` if the process has not ended.
    private func look(_ options: Int32) -> Int32? {
        while true {
            if let known = end.withLock({ $0 }) { return known }
            var status: Int32 = 0
            // It polls instead of blocking, because other callers may need the lock in the meantime.
            let result = end.withLock { end in
                if end != nil { return id }
                let result = waitpid(id, &status, WNOHANG)
                if result == id { end = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F) }
                if result < 0, errno != EINTR { end = 0 }
                return result
            }
            if result == id { _ = Self.running.withLock { $0.remove(id) } }
            if result == 0 {
                if options == WNOHANG { return nil }
                usleep(5_000)
            }
        }
    }

    /// Calls `kill(2)`, which ``kill()`` hides.
    fileprivate static func send(_ signal: Int32, to child: pid_t) {
        #if canImport(Glibc)
            _ = Glibc.kill(child, signal)
        #else
            _ = Darwin.kill(child, signal)
        #endif
    }

    /// The processes that must end with this one, including those stored in globals.
    fileprivate static let running = Mutex<Set<pid_t>>([])

    private static let endWithTests: Void = {
        atexit { for child in ChildProcess.running.withLock({ $0 }) { ChildProcess.send(SIGKILL, to: child) } }
    }()
}
