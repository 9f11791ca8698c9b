// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The one table there is.
enum SQLiteSchema {
    private static let version = 1

    /// Brings a file to the newest version.
    ///
    /// The version is read in the transaction that changes it (`user_version`), so that several processes can do this at
    /// once: GRDB's `DatabaseMigrator` reads it before, and the second process fails.
    static func migrate(_ pool: DatabasePool) throws {
        try pool.write { db in
            let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            guard found <= version else {
                throw QueueError.invalid(
                    "The file was written by a newer version of this program (\(found), this one knows \(version)).")
            }
            if found < 1 { try createFirst(db) }
            try db.execute(sql: "PRAGMA user_version = \(version)")
        }
    }

    /// Makes the table.
    ///
    /// `claimableAt` says it all of a job that has not ended: it is when it can be claimed, which is when the lease ends
    /// where there is a `token`, and `NULL` where it waits for its parts. `queuedAt` is what is first of one priority.
    private static func createFirst(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE job (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    kind TEXT NOT NULL,
                    caller TEXT NOT NULL,
                    generationID TEXT UNIQUE,
                    priority INTEGER NOT NULL,
                    payload TEXT NOT NULL,
                    units INTEGER NOT NULL,
                    parent TEXT,
                    createdAt INTEGER NOT NULL,
                    state TEXT NOT NULL DEFAULT 'queued',
                    attempts INTEGER NOT NULL DEFAULT 0,
                    startedAt INTEGER,
                    finishedAt INTEGER,
                    isCancelRequested INTEGER NOT NULL DEFAULT 0,
                    parts INTEGER NOT NULL DEFAULT 0,
                    partsLeft INTEGER NOT NULL DEFAULT 0,
                    unitsDone INTEGER NOT NULL DEFAULT 0,
                    status TEXT NOT NULL DEFAULT '',
                    token TEXT,
                    worker TEXT,
                    queuedAt INTEGER NOT NULL,
                    claimableAt INTEGER
                ) STRICT;
                CREATE INDEX job_rendering ON job (priority DESC, queuedAt, seq, claimableAt)
                    WHERE claimableAt IS NOT NULL AND kind <> 'callback';
                CREATE INDEX job_callbacks ON job (queuedAt, seq, claimableAt)
                    WHERE claimableAt IS NOT NULL AND kind = 'callback';
                CREATE INDEX job_due ON job (claimableAt, kind, token) WHERE claimableAt IS NOT NULL;
                CREATE INDEX job_recent ON job (caller, createdAt, seq) WHERE kind = 'render';
                CREATE INDEX job_unfinished ON job (caller) WHERE kind = 'render' AND finishedAt IS NULL;
                CREATE INDEX job_parts ON job (parent) WHERE parent IS NOT NULL;
                CREATE INDEX job_ended ON job (finishedAt) WHERE finishedAt IS NOT NULL;
                """)
    }
}
