// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import JobQueue

/// What the service keeps longer than jobs.
struct ServiceArchive: Sendable {
    let database: any Database
    let records: Records
    let edits: Edits
    let ledger: Ledger

    /// Opens the archive of a configuration: Postgres, a file beside the jobs in embedded mode, or none.
    ///
    /// With Redis and without Postgres there is none, since a file of one machine is not seen by the others.
    init?(_ configuration: Configuration) throws {
        if let url = configuration.databaseURL {
            do { database = try PostgresDatabase(url: url, connections: configuration.databaseConnections) } catch {
                throw ConfigurationError("DATABASE_URL", "cannot be used: \(error)")
            }
        } else if configuration.redisURL == nil {
            database = try SQLiteDatabase(path: configuration.dataFolder + "/archive.sqlite")
        } else {
            return nil
        }
        records = Records(database)
        edits = Edits(database)
        ledger = Ledger(database)
    }
}

extension Configuration {
    /// Whether there is an archive.
    var hasArchive: Bool { databaseURL != nil || redisURL == nil }
}

extension Generation {
    /// Creates the record of a job with what is known of it now; `nil` for jobs of the service's own.
    init?(_ job: Job) {
        guard job.kind.isOfCallers else { return nil }
        let payload = Data(job.payload.utf8)
        var render: RenderTask?
        var document: String?
        if job.kind == .render {
            render = try? JSONDecoder().decode(RenderTask.self, from: payload)
            document = render?.edit
        } else if let task = try? JSONDecoder().decode(KindTask.self, from: payload),
            let data = try? JobPresenter.encoder.encode(task.payload)
        {
            document = String(decoding: data, as: UTF8.self)
        }
        guard let document else { return nil }
        self.init(
            id: job.id, generationID: job.name, owner: job.caller, kind: job.kind.rawValue,
            state: job.state.rawValue, createdAt: job.createdAt, edit: document)
        startedAt = job.startedAt
        finishedAt = job.finishedAt
        let status = JobStatus(job.status)
        details.inputs = render?.inputs ?? []
        details.editID = render?.editID
        details.editVersion = render?.editVersion
        details.after = job.after.isEmpty ? nil : job.after
        details.attempts = job.attempts
        details.renderer = status.renderer
        details.rendererReason = status.rendererReason
        details.encoder = status.encoder.map { Encoder(name: $0.name, device: $0.device, reason: $0.reason) }
        details.cost = status.cost
        details.notes = status.notes
        if job.state == .completed {
            details.output = status.result.map {
                Output(key: $0.key, bytes: $0.bytes, duration: $0.duration, frames: $0.frames)
            }
            details.result = status.output.flatMap { try? JobPresenter.encoder.encode($0) }.map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        if job.state == .failed {
            let failure = job.failure(status)
            details.failure = Failure(code: failure.code, message: failure.message)
        }
    }
}
