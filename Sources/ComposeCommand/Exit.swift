// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// The failure of a command: lines for standard error, and an exit code.
struct Failure: Error {
    let lines: [String]
    let code: Int32

    init(lines: [String], code: Int32) {
        self.lines = lines
        self.code = code
    }

    /// Creates a failure that the edit did not cause.
    init(_ message: String) {
        lines = ["compose: \(message)"]
        code = Exit.failed
    }

    /// Creates a failure to read the edit called `name`.
    init(edit name: String, _ message: String) {
        lines = ["\(name): \(message)"]
        code = Exit.badEdit
    }

    /// Creates a failure from an error of the library about the edit called `name`.
    init(_ error: ComposeError, edit name: String) {
        let isBadEdit = error.code == .invalidEdit
        let problems = error.problems.map { problem in
            isBadEdit || !problem.path.isEmpty ? "\(name): \(problem)" : "compose: \(problem)"
        }
        lines = problems + (error.libavMessage.map { ["libav: \($0)"] } ?? [])
        code = isBadEdit ? Exit.badEdit : error.code == .cancelled ? Exit.cancelled : Exit.failed
    }
}

/// Runs `work` and adds the edit's name to the library's errors.
func naming<Result>(_ name: String, _ work: () async throws -> Result) async throws -> Result {
    do { return try await work() } catch let error as ComposeError { throw Failure(error, edit: name) }
}

/// Returns the system's reason for an error: `No such file or directory`.
func reason(_ error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error
    return (cause as NSError).localizedFailureReason ?? cause.localizedDescription
}

/// The exit codes, and the exit itself.
enum Exit {
    static let failed: Int32 = 1
    static let badEdit: Int32 = 2
    static let badUsage: Int32 = 2
    static let cancelled: Int32 = 130

    /// Prints the error and ends the process.
    ///
    /// The parser also throws requests for help and for the version, which end the process with code 0.
    static func exit(with error: any Error) -> Never {
        if let failure = error as? Failure {
            Console.complain(failure.lines)
            Foundation.exit(failure.code)
        }
        let message = ComposeTool.fullMessage(for: error)
        switch ComposeTool.exitCode(for: error) {
        case .success:
            try? Console.say(message)
            Foundation.exit(0)
        case .validationFailure:
            Console.complain([message])
            Foundation.exit(badUsage)
        default:
            Console.complain(["compose: \(reason(error))"])
            Foundation.exit(failed)
        }
    }
}
