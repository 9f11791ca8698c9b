// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue
import ObjectStorage

/// What the jobs that a job follows have made.
struct JobInputs: Sendable {
    private let jobs: [Job]

    /// Creates the inputs from the jobs that are followed.
    init(_ jobs: [Job]) { self.jobs = jobs }

    /// Reads the inputs of a job.
    init(of job: Job, in queue: any JobQueue) async throws {
        var jobs: [Job] = []
        for id in job.after {
            guard let earlier = try await queue.job(id) else {
                throw WorkFailure("predecessor", "the job \(id), which this one follows, is no longer known")
            }
            jobs.append(earlier)
        }
        self.jobs = jobs
    }

    /// Whether all of the jobs have made what they are to make.
    var areComplete: Bool { jobs.allSatisfy { $0.state == .completed } }

    /// The results, by the callers' names of the jobs; what is in the store has an address as well, if the store has any.
    func results(_ links: any ObjectStore, expiresIn seconds: Int) async throws -> JSONValue {
        var results: [String: JSONValue] = [:]
        for job in jobs {
            var result = JobStatus(job.status).anyResult
            if case .object(var members) = result, members["url"] == nil, let key = job.storedKey(in: result),
                let url = try await links.publicURL(key, expiresIn: seconds)
            {
                members["url"] = .string(url.absoluteString)
                result = .object(members)
            }
            results[job.name] = result
        }
        return .object(results)
    }

    // MARK: Files

    /// Returns the problems with files that are to come from jobs that are not followed.
    func problems(with files: [NamedFile]) -> [Problem] {
        files.compactMap { file in
            do throws(ComposeProblems) {
                if let reference = try JobReference(file) { _ = try job(of: reference, file.path) }
                return nil
            } catch { return error.problems.first }
        }
    }

    /// Returns an edit whose references to jobs are replaced by what these have made, with the keys that it may then read.
    ///
    /// Throws ``ComposeProblems`` if a job has not made such a file.
    func resolve(_ edit: Edit) throws(ComposeProblems) -> (edit: Edit, keys: Set<String>) {
        var keys: Set<String> = []
        let resolved = try edit.mapMedia { media throws(ComposeProblems) in
            try resolve(NamedFile(media), &keys)
        }
        return (resolved, keys)
    }

    /// Returns the name of a file, or if it refers to a job that of what this has made; adds a key that may then be read.
    func resolve(_ file: NamedFile, _ keys: inout Set<String>) throws(ComposeProblems) -> String {
        guard let reference = try JobReference(file) else { return file.src }
        let job = try job(of: reference, file.path)
        guard job.state == .completed else {
            throw Self.wrong(file.path, "the job \(job.name) is not completed, so that its file is not known yet")
        }
        let result = JobStatus(job.status).anyResult
        guard case .string(let made) = reference.value(in: result) else {
            throw Self.wrong(file.path, "the result of the job \(job.name) has no text at \(reference.place)")
        }
        if made == job.storedKey(in: result) { keys.insert(made) }
        return made
    }

    private func job(of reference: JobReference, _ path: String) throws(ComposeProblems) -> Job {
        guard let job = jobs.first(where: { [$0.id, $0.name].contains(reference.name) }) else {
            throw Self.wrong(path, "the job \(reference.name) is not in \"after\"; name it there")
        }
        return job
    }

    private static func wrong(_ path: String, _ message: String) -> ComposeProblems {
        ComposeProblems([Problem(path: path, message: message)])
    }
}

/// A reference to a file that another job makes: `job://NAME`, `job://NAME/clip.mp4` or `job://NAME/clip.mp4#/video/url`.
///
/// The path only names the file, so that the short form knows what it is. The fragment is a JSON Pointer (RFC 6901) into
/// the job's result; without one, the file is what `key` or `url` names there.
struct JobReference: Sendable, Hashable {
    /// What every reference begins with.
    static let prefix = "job://"

    /// The name of the job.
    let name: String
    /// The JSON Pointer, or `nil`.
    let pointer: String?

    /// Reads the name of a file; `nil` if it refers to no job.
    init?(_ file: NamedFile) throws(ComposeProblems) {
        guard file.src.hasPrefix(Self.prefix) else { return nil }
        let parts = file.src.dropFirst(Self.prefix.count).split(
            separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0].prefix { $0 != "/" })
        pointer = parts.count > 1 ? String(parts[1]) : nil
        guard RequestFields.isGenerationID(name), pointer?.hasPrefix("/") != false else {
            throw ComposeProblems([
                Problem(
                    path: file.path,
                    message: "\(file.src.debugDescription) is not like job://trip-1/clip.mp4, or with #/video/url")
            ])
        }
    }

    /// Where the file's name is in the result, for messages.
    var place: String { pointer ?? "/key or /url" }

    /// Returns the value to which the reference leads.
    func value(in result: JSONValue) -> JSONValue? {
        guard let pointer else { return Self.member("key", of: result) ?? Self.member("url", of: result) }
        return pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).reduce(result) {
            value, part in
            value.flatMap {
                Self.member(
                    part.replacingOccurrences(of: "~1", with: "/").replacingOccurrences(of: "~0", with: "~"), of: $0)
            }
        }
    }

    private static func member(_ name: String, of value: JSONValue) -> JSONValue? {
        switch value {
        case .object(let members): members[name]
        case .array(let values): Int(name).flatMap { values.indices.contains($0) ? values[$0] : nil }
        default: nil
        }
    }
}

extension Job {
    /// The caller's name of the job.
    var name: String { generationID ?? id }

    /// Returns the key of the file that the job has stored, if that is what its result names.
    ///
    /// A job may store only under its own prefix, whatever the program that ran it says.
    func storedKey(in result: JSONValue) -> String? {
        guard case .object(let members) = result, case .string(let key) = members["key"],
            key.hasPrefix(Deliverable.prefix(of: self)), MediaSource.isKey(key)
        else { return nil }
        return key
    }
}

extension JobStatus {
    /// The result of a job of any kind, as others are told it.
    var anyResult: JSONValue {
        if let output { return output }
        guard let result, let data = try? JobPresenter.encoder.encode(result) else { return .null }
        return (try? JSONValue(json: data)) ?? .null
    }
}
