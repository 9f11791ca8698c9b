// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A program that runs jobs of a kind, as docs/jobs.md has it; a test decides how it goes.
final class FakeProgram: Sendable {
    private let submissions: Receiver
    private let statuses: Receiver
    private let state: State

    private final class State: Sendable {
        let status = Mutex(#"{"status":"queued"}"#)
        let code = Mutex(200)
        let forgotten = Mutex<Set<String>>([])
    }

    /// The settings of a kind that the program runs.
    var settings: [String: Any] {
        ["submitURL": submissions.url + "/go?v=1", "statusURL": statuses.url + "/calls/{id}/status"]
    }
    /// The submissions.
    var submitted: [Receiver.Received] { submissions.requests }
    /// The requests for the status.
    var asked: [Receiver.Received] { statuses.requests }

    /// Creates a program that answers to submissions with a call, or as given.
    init(_ answer: (@Sendable (Receiver.Received, _ number: Int) -> Receiver.Reply)? = nil) async throws {
        let state = State()
        self.state = state
        submissions = try await Receiver { request, number in
            if let answer { return answer(request, number) }
            return .init(status: 202, body: Data(#"{"callId":"call/\#(number)","status":"queued"}"#.utf8))
        }
        statuses = try await Receiver { request, _ in
            guard request.path.hasPrefix("/calls/call%2F"), request.path.hasSuffix("/status") else {
                return .init(status: 404)
            }
            if state.forgotten.withLock({ $0.contains(request.path) }) { return .init(status: 404) }
            return .init(status: state.code.withLock { $0 }, body: Data(state.status.withLock { $0 }.utf8))
        }
    }

    /// Sets what is answered to requests for the status.
    func answer(_ json: String, code: Int = 200) {
        state.status.withLock { $0 = json }
        state.code.withLock { $0 = code }
    }
}

extension FakeProgram {
    /// Forgets the calls that were asked about so far.
    func forget() { state.forgotten.withLock { $0.formUnion(asked.map(\.path)) } }
}

extension Client {
    /// Submits a job of any kind, requires that it is accepted, and returns its identifier.
    func submit(
        _ kind: String, _ payload: [String: Any] = [:], after: [String] = [], as name: String? = nil,
        _ more: [String: Any] = [:]
    ) async throws -> String {
        var body = more.merging(["kind": kind, "payload": payload]) { $1 }
        if !after.isEmpty { body["after"] = after }
        body["generationId"] = name
        return try await submit(body, at: "jobs")
    }
}
