// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import NIOFoundationCompat
import NIOFoundationEssentialsCompat
import ObjectStorage

/// What requests have in common: reading what is asked for, and finding the job that is meant.
struct RequestDesk: Sendable {
    let workplace: Workplace

    /// What a request's body asks for.
    func read(_ request: Request) async throws -> RenderRequest {
        let limit = workplace.configuration.limits.bodyBytes
        let body = try await request.body.collect(upTo: limit)
        let wanted = try RenderRequest(body: Data(buffer: body))
        if wanted.callbackURL?.scheme == "http", !workplace.configuration.access.allowsPrivateAddresses {
            throw ComposeProblems([
                Problem(path: "callbackURL", message: "plain HTTP is not allowed here; use an https:// address")
            ])
        }
        return wanted
    }

    /// Refuses an edit as far as that can be done without looking into its files.
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

    /// The job that a request is about; others' jobs are as if they were not there.
    func job(_ context: ServiceContext) async throws -> Job {
        guard let id = context.parameters.get("id"), let job = try await workplace.queue.job(id), job.kind == .render,
            context.isLink || job.caller == context.caller
        else { throw Self.noSuchJob }
        return job
    }

    static let noSuchJob = APIError(.notFound, "notFound", "there is no such job")
}
