// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue

extension Configuration {
    /// A kind of job that other programs run: one with addresses, or workers that take the jobs from Redis.
    struct JobKind: Sendable, Equatable {
        /// The name of the kind, such as `video/generate`.
        let kind: Job.Kind
        /// `submitURL`: where a job is submitted; without it, workers outside take the jobs from Redis.
        var submit: URL?
        /// `statusURL`: where the status of a submitted job is, with `{id}` where its name there goes.
        ///
        /// Without it, the answer to the submission is the result.
        var status: String?
        /// `headers`: the headers of all requests to it, such as those with its key.
        var headers: [String: String] = [:]
        /// `secret`: the secret with which requests to it are signed, instead of `CALLBACK_SECRET`.
        var secret: String?
        /// `attempts`: the maximum number of attempts.
        var attempts: Int
        /// `timeoutSeconds`: the maximum time of an attempt.
        var seconds: Double
        /// `concurrency`: the maximum number of jobs of the kind that a process has under way.
        var concurrency = 10
        /// `files`: the fields of the payload that name files, as edits do; the program gets their addresses.
        var fileFields: [String] = []
        /// `output`: the name of the file that the program writes to the store, if it makes one.
        var output: String?
    }
}

/// The kinds of jobs besides renders, by their names.
struct JobKinds: Sendable {
    private var kinds: [Job.Kind: Configuration.JobKind] = [:]

    init() {}

    /// Returns the settings of a kind, or `nil` if there is no such kind.
    subscript(kind: Job.Kind) -> Configuration.JobKind? { kinds[kind] }

    /// All kinds, in the order of their names.
    var all: [Configuration.JobKind] { kinds.values.sorted { $0.kind.rawValue < $1.kind.rawValue } }

    /// Returns what is wrong with a kind that there is not, or `nil`.
    func problem(with kind: Job.Kind) -> String? {
        guard kind != .render, kinds[kind] == nil else { return nil }
        let names = [Job.Kind.render.rawValue] + all.map(\.kind.rawValue)
        return "there is no kind \(kind.rawValue.prefix(100).debugDescription); use \(names.joined(separator: ", "))"
    }
}

extension JobKinds {
    private static let variable = "JOB_KINDS"
    private static let fields = [
        "submitURL", "statusURL", "headers", "secret", "attempts", "timeoutSeconds", "concurrency", "files",
        "output",
    ]

    /// Reads the kinds from the file that `JOB_KINDS` names, or from the variable itself if that is an object.
    ///
    /// Throws a ``ConfigurationError`` that names the kind and the field.
    init(_ read: EnvironmentReader, _ configuration: Configuration) throws {
        guard let text = read.text(Self.variable) else { return }
        var document = Data(text.utf8)
        if text.first(where: { !$0.isWhitespace }) != "{" {
            guard let file = FileManager.default.contents(atPath: text) else {
                throw ConfigurationError(Self.variable, "\(text) cannot be read")
            }
            document = file
        }
        let value: JSONValue
        do throws(ComposeError) { value = try JSONValue(json: document) } catch {
            throw ConfigurationError(Self.variable, "is not JSON: \(error)")
        }
        guard case .object(let members) = value else {
            throw ConfigurationError(Self.variable, #"is like {"video/generate": {"submitURL": "https://…"}}"#)
        }
        guard members.count <= 100 else { throw ConfigurationError(Self.variable, "has more than 100 kinds") }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let kind = try Self.kind(name, value, configuration)
            kinds[kind.kind] = kind
        }
    }

    private static func kind(
        _ name: String, _ value: JSONValue, _ configuration: Configuration
    ) throws -> Configuration.JobKind {
        func wrong(_ message: String) -> ConfigurationError { ConfigurationError(variable, "\(name): \(message)") }
        let kind = Job.Kind(rawValue: name)
        guard Job.Kind.isName(name), ![.render, .segment, .callback].contains(kind) else {
            throw ConfigurationError(
                variable,
                "\(name.prefix(100).debugDescription) is no name of a kind; use letters, digits, '.', '_', '-' and '/'")
        }
        guard case .object(let members) = value else { throw wrong("is an object") }
        if let other = members.keys.sorted().first(where: { !fields.contains($0) }) {
            throw wrong("there is no field \(other.debugDescription); use \(fields.joined(separator: ", "))")
        }
        func text(_ field: String) throws -> String? {
            switch members[field] {
            case .string(let text) where !text.isEmpty: text
            case nil, .null: nil
            default: throw wrong("\(field) is a text")
            }
        }
        func number<Number: LosslessStringConvertible & Comparable>(
            _ field: String, _ range: ClosedRange<Number>
        ) throws -> Number? {
            guard let value = members[field], value != .null else { return nil }
            guard case .number(let text) = value, let number = Number(text), range.contains(number) else {
                throw wrong("\(field) is a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        func address(_ field: String) throws -> String? {
            guard let text = try text(field) else { return nil }
            let url = URL(string: text.replacingOccurrences(of: "{id}", with: "id"))
            guard let url, ["https", "http"].contains(url.scheme), url.host != nil else {
                throw wrong("\(field) is an address that begins with https:// or http://")
            }
            return text
        }
        var found = Configuration.JobKind(
            kind: kind, attempts: try number("attempts", 1...100) ?? configuration.maxAttempts,
            seconds: try number("timeoutSeconds", 1...86_400) ?? configuration.limits.renderSeconds)
        found.submit = try address("submitURL").flatMap { URL(string: $0) }
        found.status = try address("statusURL")
        found.headers = try headers(members["headers"], wrong)
        found.secret = try text("secret")
        found.concurrency = try number("concurrency", 1...10_000) ?? found.concurrency
        found.fileFields = try texts(members["files"], wrong)
        found.output = try text("output")
        if let output = found.output, !MediaSource.isUploadName(output) {
            throw wrong("output is the name of a file, such as output.mp4")
        }
        if found.output != nil || !found.fileFields.isEmpty {
            guard configuration.s3 != nil, found.submit != nil else {
                throw wrong(
                    "files and output need submitURL, and an object store that the program can reach: S3_BUCKET")
            }
        }
        if found.submit == nil {
            if let field = ["statusURL", "headers", "secret"].first(where: { members[$0] != nil }) {
                throw wrong("\(field) needs submitURL")
            }
            guard configuration.redisURL != nil else {
                throw wrong("has no submitURL, and without REDIS_URL there are no workers outside that could take it")
            }
        }
        return found
    }

    private static func texts(
        _ value: JSONValue?, _ wrong: (String) -> ConfigurationError
    ) throws -> [String] {
        guard let value, value != .null else { return [] }
        guard case .array(let values) = value else { throw wrong("files is an array of names of fields") }
        return try values.map { value in
            guard case .string(let text) = value else { throw wrong("files is an array of names of fields") }
            return text
        }
    }

    private static func headers(
        _ value: JSONValue?, _ wrong: (String) -> ConfigurationError
    ) throws -> [String: String] {
        guard let value, value != .null else { return [:] }
        guard case .object(let members) = value else { throw wrong("headers is an object of texts") }
        return try members.mapValues { value in
            guard case .string(let text) = value, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw wrong("headers is an object of texts, without line breaks")
            }
            return text
        }
    }
}
