// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The schema of the tables.
enum SQLiteSchema {
    private static let version = 2

    /// Migrates a file to the newest version, in the transaction that opens it.
    ///
    /// The version is read in the same transaction that changes it (`user_version`), so that several processes can
    /// migrate at the same time. GRDB's `DatabaseMigrator` reads the version before the transaction, and the second
    /// process fails.
    static func migrate(_ db: Database) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw QueueError.invalid(
                "The file was written by a newer version of this program (\(found), this one knows \(version)).")
        }
        if found < 1 { try createFirst(db) }
        if found < 2 {
            try openKinds(db)
            try createFollowing(db)
        }
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Creates the table.
    ///
    /// The column `claimableAt` is the time from which a job that has not ended can be claimed. If there is a `token`,
    /// that is the end of the lease. It is `NULL` while the job waits for its parts. Jobs of one priority are ordered
    /// by `queuedAt`.
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

    /// Replaces the indexes that know the kinds of version 1 alone.
    private static func openKinds(_ db: Database) throws {
        try db.execute(
            sql: """
                DROP INDEX job_rendering;
                DROP INDEX job_recent;
                DROP INDEX job_unfinished;
                CREATE INDEX job_rendering ON job (priority DESC, queuedAt, seq, claimableAt)
                    WHERE claimableAt IS NOT NULL AND \(Lane.renders);
                CREATE INDEX job_others ON job (kind, priority DESC, queuedAt, seq, claimableAt)
                    WHERE claimableAt IS NOT NULL AND \(Lane.others);
                CREATE INDEX job_recent ON job (caller, createdAt, seq) WHERE \(Job.Kind.ofCallers);
                CREATE INDEX job_unfinished ON job (caller) WHERE \(Job.Kind.ofCallers) AND finishedAt IS NULL;
                """)
    }

    /// Creates what jobs that follow others need, and notices.
    ///
    /// The column `follows` has the identifiers of the jobs that a job follows, with line breaks between, and the table
    /// has them the other way round. `claimableAt` is `NULL` while a job waits for them. Jobs of version 1 have notices,
    /// because the program of their time submitted its callbacks itself.
    private static func createFollowing(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE job ADD COLUMN follows TEXT NOT NULL DEFAULT '';
                ALTER TABLE job ADD COLUMN endedBy TEXT;
                ALTER TABLE job ADD COLUMN notices INTEGER NOT NULL DEFAULT 1;
                CREATE TABLE follower (
                    earlier TEXT NOT NULL,
                    job TEXT NOT NULL,
                    PRIMARY KEY (earlier, job)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX follower_job ON follower (job);
                """)
    }
}
