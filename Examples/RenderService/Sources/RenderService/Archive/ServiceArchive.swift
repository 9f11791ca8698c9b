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
    /// Creates the record of a job of kind `render`, with what is known of it now; `nil` for other jobs.
    init?(_ job: Job) {
        guard job.kind == .render,
            let task = try? JSONDecoder().decode(RenderTask.self, from: Data(job.payload.utf8))
        else { return nil }
        self.init(
            id: job.id, generationID: job.generationID ?? job.id, owner: job.caller, kind: job.kind.rawValue,
            state: job.state.rawValue, createdAt: job.createdAt, edit: task.edit)
        startedAt = job.startedAt
        finishedAt = job.finishedAt
        let status = RenderStatus(job.status)
        details.inputs = task.inputs ?? []
        details.editID = task.editID
        details.editVersion = task.editVersion
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
        }
        if job.state == .failed {
            let failure = status.failure ?? .init(code: "internal", message: "no reason was recorded")
            details.failure = Failure(code: failure.code, message: failure.message)
        }
    }
}
