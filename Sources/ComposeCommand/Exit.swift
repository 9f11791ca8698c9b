// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// What a command ends with when it does not succeed: lines for standard error, and an exit code.
struct Failure: Error {
    let lines: [String]
    let code: Int32

    /// Something went wrong that is not the edit's fault.
    init(_ message: String) {
        lines = ["compose: \(message)"]
        code = Exit.failed
    }

    /// The edit that `name` stands for cannot be read.
    init(edit name: String, _ message: String) {
        lines = ["\(name): \(message)"]
        code = Exit.badEdit
    }

    /// What the library said of the edit that `name` stands for.
    init(_ error: ComposeError, edit name: String) {
        let isBadEdit = error.code == .invalidEdit
        let problems = error.problems.map { problem in
            isBadEdit || !problem.path.isEmpty ? "\(name): \(problem)" : "compose: \(problem)"
        }
        lines = problems + (error.libavMessage.map { ["libav: \($0)"] } ?? [])
        code = isBadEdit ? Exit.badEdit : error.code == .cancelled ? Exit.cancelled : Exit.failed
    }
}

/// Runs `work`, and says of what edit the library's errors speak.
func naming<Result>(_ name: String, _ work: () async throws -> Result) async throws -> Result {
    do { return try await work() } catch let error as ComposeError { throw Failure(error, edit: name) }
}

/// Why the system could not do something, in its own words: `No such file or directory`.
func reason(_ error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error
    return (cause as NSError).localizedFailureReason ?? cause.localizedDescription
}

/// The exit codes, and the way out.
enum Exit {
    static let failed: Int32 = 1
    static let badEdit: Int32 = 2
    static let badUsage: Int32 = 2
    static let cancelled: Int32 = 130

    /// Says what is wrong and ends the process.
    ///
    /// Help and version, which the parser throws too, end it with 0.
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
