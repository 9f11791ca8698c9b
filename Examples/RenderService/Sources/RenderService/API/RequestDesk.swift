// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import NIOFoundationCompat
import NIOFoundationEssentialsCompat
import ObjectStorage

/// The steps that requests have in common: reading the body, checking the edit and finding the job.
struct RequestDesk: Sendable {
    let workplace: Workplace

    /// Returns the render request in a request's body.
    func read(_ request: Request) async throws -> RenderRequest {
        let limit = workplace.configuration.limits.bodyBytes
        let body = try await request.body.collect(upTo: limit)
        let wanted = try RenderRequest(body: Data(buffer: body))
        try wanted.checkCallback(workplace.configuration.access)
        return wanted
    }

    /// Throws the problems of an edit that can be found without opening its files.
    func check(_ edit: Edit, of caller: String) async throws {
        var problems = edit.valueProblems(for: Deliverable.fileName(of: edit))
        do throws(ComposeProblems) { try workplace.checkLimits(of: edit) } catch { problems += error.problems }
        var uploads: [String: MediaReference] = [:]
        for reference in edit.media {
            do throws(ComposeProblems) {
                let source = try MediaSource(reference, of: caller, hosts: workplace.media.hosts)
                if case .object(let key) = source.origin, uploads[key] == nil { uploads[key] = reference }
            } catch { problems += error.problems }
        }
        let sources = Set(edit.media.map(\.src)).count
        if sources > workplace.configuration.limits.sources {
            problems.append(
                Problem(
                    path: "",
                    message:
                        "the edit has \(sources) files, more than the \(workplace.configuration.limits.sources) allowed"
                ))
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
        let missing = try await withThrowingTaskGroup(of: MediaReference?.self) { group in
            var missing: [MediaReference] = []
            var waiting = Array(uploads)[...]
            func ask() {
                guard let (key, reference) = waiting.popFirst() else { return }
                group.addTask { try await workplace.store.info(key) == nil ? reference : nil }
            }
            for _ in 0..<16 { ask() }
            while let answer = try await group.next() {
                if let answer { missing.append(answer) }
                ask()
            }
            return missing
        }
        guard missing.isEmpty else {
            throw ComposeProblems(
                missing.sorted { $0.path < $1.path }.map {
                    Problem(path: $0.path, message: "there is no upload \($0.src); upload it with PUT /media/{name}")
                })
        }
    }

    /// Returns the job that a request is about.
    ///
    /// Jobs of other callers are treated as if they did not exist.
    func job(_ context: ServiceContext) async throws -> Job {
        guard let id = context.parameters.get("id"), let job = try await workplace.queue.job(id), job.kind == .render,
            context.isLink || job.caller == context.caller
        else { throw Self.noSuchJob }
        return job
    }

    static let noSuchJob = APIError(.notFound, "notFound", "there is no such job")
}
