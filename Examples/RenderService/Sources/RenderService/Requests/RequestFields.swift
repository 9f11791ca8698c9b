// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue

/// The fields of a request that concern the job, and not what it does.
struct RequestFields: Sendable {
    /// The caller's own identifier for the job.
    var generationID: String?
    /// The URL to which events are posted.
    var callbackURL: URL?
    /// The priority of the job.
    var priority = Job.Priority.normal
    /// The jobs that the job follows, by their identifiers or generation IDs.
    var after: [String] = []

    /// The names of the fields.
    static let names = ["generationId", "callbackURL", "priority", "after"]
    /// How many jobs a job may follow.
    static let maximumAfter = 20

    init() {}

    /// Takes the fields out of the members of a request, and adds what is wrong with them to the problems.
    init(from members: inout [String: JSONValue], _ problems: inout [Problem]) {
        func take<Value>(_ name: String, _ what: String, _ read: (JSONValue) -> Value?) -> Value? {
            guard let value = members.removeValue(forKey: name), value != .null else { return nil }
            if let read = read(value) { return read }
            problems.append(Problem(path: name, message: "expected \(what)"))
            return nil
        }
        generationID = take("generationId", "up to 200 letters, digits, '.', '_' and '-'", Self.name)
        callbackURL = take("callbackURL", "an address that begins with https:// or http://") {
            guard case .string(let text) = $0, let url = URL(string: text), ["https", "http"].contains(url.scheme),
                url.host != nil
            else { return nil }
            return url
        }
        priority =
            take("priority", "low, normal or high") {
                if case .string(let text) = $0 { Job.Priority(name: text) } else { nil }
            } ?? .normal
        after =
            take("after", "an array of at most \(Self.maximumAfter) names of jobs, which are their id or generationId")
        {
            guard case .array(let values) = $0, values.count <= Self.maximumAfter else { return nil }
            let names = values.compactMap(Self.name)
            return names.count == values.count ? names : nil
        } ?? []
    }

    /// Returns the name of a job in a document, or `nil` if it is none.
    private static func name(_ value: JSONValue) -> String? {
        if case .string(let text) = value, isGenerationID(text) { text } else { nil }
    }

    /// Throws ``ComposeProblems`` if events may not be posted to the given URL.
    func checkCallback(_ access: Configuration.Access) throws(ComposeProblems) {
        guard callbackURL?.scheme == "http", !access.allowsPrivateAddresses else { return }
        throw ComposeProblems([
            Problem(path: "callbackURL", message: "plain HTTP is not allowed here; use an https:// address")
        ])
    }

    static func isGenerationID(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { CallerName.isNameByte($0) }
    }
}
