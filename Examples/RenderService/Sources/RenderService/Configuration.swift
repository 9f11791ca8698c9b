// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Logging

/// The configuration of the service.
///
/// It is read from environment variables, whose names are given below. The values below are the defaults. With the
/// defaults alone, jobs are kept in SQLite and media in a folder.
public struct Configuration: Sendable {
    /// The address to listen on.
    ///
    /// It is available as a flag only, because shells set a variable of that name.
    public var hostname = "127.0.0.1"
    /// `PORT`: the port to listen on; 0 selects a free one.
    public var port = 8080
    /// `DATA_DIR`: the folder for jobs, media, results and downloads.
    public var dataFolder = "data"
    /// `REDIS_URL`: the Redis server for jobs, instead of SQLite.
    public var redisURL: String?
    /// `REDIS_CA_FILE`: the certificates of the authorities for Redis over TLS, instead of the system's.
    public var redisAuthorities: String?
    /// `DATABASE_URL`: the Postgres database for records, edits and credits, instead of SQLite.
    public var databaseURL: String?
    /// `DATABASE_CONNECTIONS`: the maximum number of connections to it from this process.
    public var databaseConnections = 4
    /// `KEEP_RECORDS_SECONDS`: the time for which records are kept.
    public var keepRecordsSeconds = 365 * 86_400.0
    /// `CREDIT_PRICES_FILE`: the prices of jobs and the account that they are paid from; `nil` if jobs are free.
    var credits: CreditSettings?
    /// `S3_…`: the object store for media and results, instead of a folder.
    public var s3: S3?
    /// `WORKERS`: the number of simultaneous renders in this process; 0 takes no jobs.
    public var workers = 1
    /// `LEASE_SECONDS`: the time without a renewal after which another worker takes over a job.
    public var leaseSeconds = 15.0
    /// `MAX_ATTEMPTS`: the maximum number of attempts for a job.
    public var maxAttempts = 5
    /// `CALLBACK_ATTEMPTS`: the maximum number of attempts for a callback.
    public var callbackAttempts = 10
    /// `RETRY_SECONDS`: the delay after the first failed attempt, which doubles with every attempt; also for callbacks.
    public var retrySeconds = 2.0
    /// `SPREAD_SECONDS`: the duration above which a timeline is rendered in segments by all workers; `nil` is never.
    ///
    /// The default is 120 with Redis, and never without it, since there are no other workers.
    public var spreadSeconds: Double?
    /// `DOWNLOAD_CACHE_BYTES`: the maximum size of the download cache.
    public var downloadCacheBytes: Int64 = 10_000_000_000
    /// `KEEP_JOBS_SECONDS`: the time for which ended jobs are kept.
    public var keepJobsSeconds = 7 * 86_400.0
    /// The limits for requests.
    public var limits = Limits()
    /// The settings for authentication and network access.
    public var access = Access()
    /// The remote renderer, which is another instance on a machine with a GPU.
    public var remote: Remote?
    /// `USE_MODAL_RENDER`, `COMPOSE_ENGINE_URL`: whether jobs go there whose requests do not choose.
    public var remoteUse = RemoteUse.whenWell
    /// `CALLBACK_SECRET`: the secret with which callbacks are signed.
    public var callbackSecret: String?
    /// `EVENT_URL`, `EVENT_KEY`: the event engine to which every event is also posted.
    public var events: Events?
    /// `INNGEST_…`: the orchestrator that calls the service.
    public var inngest: Inngest?
    /// `--exit-when-idle`: the number of seconds without a job after which the process ends.
    public var exitWhenIdle: Double?
    /// `LOG_LEVEL`: the minimum level of log messages.
    public var logLevel = Logger.Level.info

    /// `JOB_KINDS`: the kinds of jobs besides renders.
    var kinds = JobKinds()

    /// `USE_INNGEST_COMPOSE`: whether `/api/v1/compose/render` sends an event `video/compose` instead of making a job.
    public var asksByEvent = false

    /// The settings of an S3-compatible object store.
    ///
    /// Each is also read from AWS's own variable, which OPERATIONS.md lists.
    public struct S3: Sendable {
        /// Where the credentials come from.
        public enum Credentials: Sendable {
            /// `S3_ACCESS_KEY_ID`, `S3_SECRET_ACCESS_KEY` and `S3_SESSION_TOKEN`.
            case keys(id: String, secret: String, sessionToken: String?)
            /// The role of a container: the address, and what is sent as its authorization or a file with that.
            case container(URL, token: String?, tokenFile: String?)
            /// The role of an instance, with the address of its metadata service.
            case instance(URL)
        }

        /// `S3_ENDPOINT`: the address of the store; without it, Amazon's in the region.
        public var endpoint: URL
        /// `S3_BUCKET`: the name of the bucket.
        public var bucket: String
        /// `S3_REGION`: the region of the bucket.
        public var region = "us-east-1"
        /// The credentials.
        public var credentials: Credentials
        /// `S3_PATH_STYLE`: whether the bucket is part of the path instead of the host.
        public var isPathStyle = true
        /// `S3_PUBLIC_ENDPOINT`: the address at which callers reach the store, if it is another one; used in links.
        public var publicEndpoint: URL?
    }

    /// The limits for requests.
    public struct Limits: Sendable {
        /// `MAX_DURATION_SECONDS`: the maximum duration of a video.
        public var durationSeconds = 600.0
        /// `MAX_RENDER_SECONDS`: the maximum time for a render.
        public var renderSeconds = 600.0
        /// `MAX_MEMORY`: the approximate maximum memory in bytes for all renders of the process.
        public var memory = 8 << 30
        /// `MAX_FRAMES`: the maximum number of frames in a video.
        public var frames = 36_000
        /// `MAX_PIXELS`: the maximum number of pixels of the canvas.
        public var pixels = 3840 * 2160
        /// `MAX_SOURCES`: the maximum number of different files in an edit.
        public var sources = 1_000
        /// `MAX_UPLOAD_BYTES`: the maximum size of a file.
        public var uploadBytes: Int64 = 500_000_000
        /// `MAX_BODY_BYTES`: the maximum size of an edit.
        public var bodyBytes = 4_000_000
        /// `RATE_LIMIT`: the maximum number of requests per caller and minute; read requests are not counted.
        public var requestsPerMinute = 600
        /// `MAX_JOBS_PER_CALLER`: the maximum number of a caller's unfinished jobs.
        public var jobsPerCaller = 2_000
    }

    /// The settings for authentication and network access; without keys and tokens, anyone may call.
    public struct Access: Sendable {
        /// `API_KEYS`: the name of the caller for each key.
        public var callers: [String: String] = [:]
        /// `JWT_JWKS_FILE`: the file with the public keys for tokens.
        public var keysFile: String?
        /// `JWT_JWKS_URL`, or the address that follows from `SUPABASE_URL`: where the public keys are fetched.
        public var keysURL: URL?
        /// `JWT_SECRET`, `SUPABASE_JWT_SECRET`: the secret with which tokens may be signed (HS256).
        public var tokenSecret: String?
        /// `JWT_ISSUER`: the required issuer of tokens; with `SUPABASE_URL`, its `/auth/v1` by default.
        public var issuer: String?
        /// `JWT_AUDIENCE`: the required audience of tokens; with `SUPABASE_URL`, `authenticated` by default.
        public var audience: String?
        /// `ALLOWED_MEDIA_HOSTS`: the hosts that media may be downloaded from.
        ///
        /// `*.example.com` allows all subdomains, and `*` any host.
        public var mediaHosts: [String] = []
        /// `SHARED_MEDIA_PREFIXES`: the prefixes of keys in the store that all callers may read.
        public var sharedMediaPrefixes: [String] = []
        /// `ADMIN_CALLERS`: the callers who may see and change what belongs to others.
        public var admins: Set<String> = []
        /// `ALLOW_PRIVATE_ADDRESSES`: whether requests to private networks, and over plain HTTP, are allowed.
        public var allowsPrivateAddresses = false

        /// Whether tokens are accepted.
        public var hasTokens: Bool { keysFile != nil || keysURL != nil || tokenSecret != nil }
        /// Whether anyone may call.
        public var isOpen: Bool { callers.isEmpty && !hasTokens }
    }

    /// Whether the remote renderer is used for jobs whose requests do not choose.
    public enum RemoteUse: Sendable {
        /// The service's own workers render.
        case never
        /// The remote renderer renders if it is healthy.
        case whenWell
        /// The remote renderer renders, or the job fails.
        case always
    }

    /// The settings of a remote renderer: another instance of this service, or a program of two addresses.
    public struct Remote: Sendable {
        /// `REMOTE_SUBMIT_URL`, `MODAL_SUBMIT_URL`: the URL for submitting jobs, such as `https://gpu.example/render`.
        public var submit: URL
        /// `REMOTE_STATUS_URL`, `MODAL_STATUS_URL`: the URL of a job's status.
        ///
        /// For another instance it contains `{id}`, such as `https://gpu.example/job/{id}/status`.
        public var status: String
        /// `REMOTE_API_KEY`, `MODAL_AUTH_TOKEN`: the API key or token for the remote renderer.
        public var key: String?
        /// `REMOTE_PATIENCE_SECONDS`: the maximum time without progress.
        public var patienceSeconds = 60.0
        /// Whether it is a program of two addresses, which reads and writes the store, rather than an instance.
        public var isApp = false
    }

    /// The settings of an event engine, such as Inngest, whose own variables are read too.
    public struct Events: Sendable {
        /// `EVENT_URL`: the address of the event engine.
        public var url: URL
        /// `EVENT_KEY`: the key, which becomes the last component of the path.
        public var key: String?
    }

    /// Creates the default configuration.
    public init() {}
}
