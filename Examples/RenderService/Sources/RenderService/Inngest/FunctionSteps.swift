// SPDX-License-Identifier: Apache-2.0

import Compose
import Crypto
import Foundation
import HTTPTypes
import ObjectStorage

/// The steps of one call of a function.
///
/// The orchestrator calls a function again and again, each time with the results of the steps before, and is told of one
/// step more. No call lasts longer than a step.
struct FunctionSteps: Sendable {
    /// The reason for which a call ends before the function does.
    enum Stop: Error {
        /// A step has run, failed, or is to be run.
        case operation(Operation)
        /// The orchestrator wants a step that is not the next one.
        case unexpected(String)
    }

    /// What the orchestrator is told of a step.
    struct Operation: Sendable {
        var id: String
        var op: String
        var name: String
        var displayName: String
        var data: JSONValue?
        var error: FunctionFailure?

        /// The operation as JSON.
        var json: JSONValue {
            var members: [String: JSONValue] = [
                "id": .string(id), "op": .string(op), "name": .string(name), "displayName": .string(displayName),
            ]
            members["data"] = data
            members["error"] = error?.json
            return .object(members)
        }
    }

    /// The results of the steps before, by their hashed names.
    let memos: [String: JSONValue]
    /// The hashed name of the only step that is wanted, if there is one.
    let target: String?
    /// Whether a step is announced before it is run.
    let isAnnounced: Bool
    /// Whether a step that fails now is not tried again.
    let isLastAttempt: Bool

    /// Runs a step, or returns its result if it has run; errors that are final end the function.
    func run(_ name: String, _ work: () async throws -> JSONValue) async throws -> JSONValue {
        let id = Self.hash(name)
        if let memo = memos[id] { return try Self.result(memo) }
        var operation = Operation(id: id, op: "StepRun", name: name, displayName: name)
        guard target == nil || target == id else { throw Stop.unexpected(name) }
        if isAnnounced, target == nil {
            operation.op = "StepPlanned"
            throw Stop.operation(operation)
        }
        do { operation.data = try await work() } catch {
            let failure = FunctionFailure(error)
            if failure.isFinal || failure.retryAfter != nil { throw failure }
            operation.op = isLastAttempt ? "StepFailed" : "StepError"
            operation.error = failure
        }
        throw Stop.operation(operation)
    }

    /// Waits, without holding the call, unless that is over.
    func sleep(_ name: String, seconds: Double) throws {
        let id = Self.hash(name)
        guard memos[id] == nil else { return }
        guard target == nil || target == id else { throw Stop.unexpected(name) }
        let until = Date(timeIntervalSinceNow: seconds).formatted(.iso8601)
        throw Stop.operation(Operation(id: id, op: "Sleep", name: until, displayName: name))
    }

    private static func result(_ memo: JSONValue) throws -> JSONValue {
        guard case .object(let members) = memo else { return memo }
        if case .object(let error) = members["error"] {
            let message = if case .string(let text) = error["message"] { text } else { "a step failed" }
            throw FunctionFailure(name: "StepError", message: message, isFinal: true)
        }
        return members["data"] ?? memo
    }

    /// Returns the name of a step as the orchestrator knows it.
    static func hash(_ name: String) -> String { hexadecimal(Insecure.SHA1.hash(data: Data(name.utf8))) }
}

/// An error that ends a call of a function.
struct FunctionFailure: Error, Sendable {
    var name: String
    var message: String
    /// Whether another attempt cannot help.
    var isFinal: Bool
    /// The seconds after which another attempt may help, if that is known.
    var retryAfter: Int?

    init(name: String, message: String, isFinal: Bool, retryAfter: Int? = nil) {
        self.name = name
        self.message = message
        self.isFinal = isFinal
        self.retryAfter = retryAfter
    }

    init(_ error: any Error) {
        if let failure = error as? FunctionFailure {
            self = failure
            return
        }
        let known = APIError(error)
        let status = known?.status.code ?? 500
        self.init(
            name: known?.code ?? "internal", message: known?.message ?? "internal error; see the service's log",
            isFinal: (400..<500).contains(status) && status != 408 && status != 429,
            retryAfter: (known?.headers[.retryAfter]).flatMap { Int($0) })
    }

    /// The failure as JSON.
    var json: JSONValue { .object(["name": .string(name), "message": .string(message)]) }
}
