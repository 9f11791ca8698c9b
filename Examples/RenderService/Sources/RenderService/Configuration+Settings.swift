// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// A setting, which is an environment variable and a command-line flag.
    public struct Setting: Sendable {
        /// The name of the environment variable, such as `REDIS_URL`.
        public let name: String
        /// The default value.
        public let standard: String
        /// The one-line description.
        public let meaning: String

        /// The name of the flag, such as `--redis-url`.
        public var flag: String { "--" + name.lowercased().replacing("_", with: "-") }

        init(_ name: String, _ standard: String, _ meaning: String) {
            self.name = name
            self.standard = standard
            self.meaning = meaning
        }
    }

    /// All settings.
    public static let settings = [
        Setting("PORT", "8080", "the port to listen on; 0 takes a free one"),
        Setting("DATA_DIR", "data", "jobs, media and results on one machine; scratch and caches otherwise"),
        Setting("REDIS_URL", "-", "store jobs in this Redis: redis[s]://[user:password@]host:port[/db]"),
        Setting("REDIS_CA_FILE", "-", "trust these certificates for rediss://, instead of the system's"),
        Setting("DATABASE_URL", "-", "keep records, edits and credits here: postgres://user:password@host/db"),
        Setting("DATABASE_CONNECTIONS", "4", "the maximum number of connections to it"),
        Setting("KEEP_RECORDS_SECONDS", "31536000", "how long records of jobs are kept"),
        Setting("CREDIT_PRICES_FILE", "-", "charge jobs by the prices in this file"),
        Setting("CREDITS_URL", "-", "an outside ledger for them, instead of the database"),
        Setting("CREDITS_KEY", "-", "the bearer token for it"),
        Setting("CREDITS_HOLD_SECONDS", "3600", "after how long a reservation without a job expires"),
        Setting("S3_ENDPOINT", "-", "store files in this S3-compatible store; without it, Amazon's"),
        Setting("S3_BUCKET", "-", "the bucket in that store"),
        Setting("S3_REGION", "us-east-1", "its region"),
        Setting("S3_ACCESS_KEY_ID", "-", "credentials for it"),
        Setting("S3_SECRET_ACCESS_KEY", "-", "credentials for it"),
        Setting("S3_SESSION_TOKEN", "-", "credentials for it"),
        Setting("S3_PATH_STYLE", "1", "0 for stores that want the bucket in the host's name"),
        Setting("S3_PUBLIC_ENDPOINT", "-", "the store's address for callers, if it differs"),
        Setting("WORKERS", "1", "concurrent renders in this process; 0 accepts no jobs"),
        Setting(
            "LEASE_SECONDS", "15",
            "after how long without a sign of life another worker takes over a job; must be the same everywhere"),
        Setting("MAX_ATTEMPTS", "5", "how many times a job is started before it fails"),
        Setting("CALLBACK_ATTEMPTS", "10", "how many times a callback is tried"),
        Setting("RETRY_SECONDS", "2", "the wait after a failed attempt, doubled after each"),
        Setting(
            "SPREAD_SECONDS", "120 with Redis",
            "timelines longer than this are rendered by all workers together; 0 never"),
        Setting("JOB_KINDS", "-", "further kinds of jobs, and what runs them: a file, or JSON"),
        Setting("DOWNLOAD_CACHE_BYTES", "10000000000", "the size of the cache of downloaded media"),
        Setting("KEEP_JOBS_SECONDS", "604800", "how long ended jobs are kept"),
        Setting("API_KEYS", "-", "name:key,name:key; the name is the caller"),
        Setting("JWT_JWKS_FILE", "-", "accept tokens signed with these keys"),
        Setting("JWT_JWKS_URL", "-", "accept tokens signed with the keys at this address"),
        Setting("JWT_SECRET", "-", "accept tokens signed with this secret (HS256)"),
        Setting("SUPABASE_URL", "-", "accept the tokens of this Supabase project"),
        Setting("JWT_ISSUER", "-", "by this issuer"),
        Setting("JWT_AUDIENCE", "-", "the audience of accepted tokens"),
        Setting("ADMIN_CALLERS", "-", "callers who may see and change what belongs to others"),
        Setting(
            "ALLOWED_MEDIA_HOSTS", "-",
            "hosts from which media may be downloaded; *.example.com for all subdomains, * for any host"),
        Setting("SHARED_MEDIA_PREFIXES", "-", "prefixes of keys in the store that all callers may use as media"),
        Setting(
            "ALLOW_PRIVATE_ADDRESSES", "0", "1 allows media and callbacks at private addresses and over plain HTTP"),
        Setting("COMPOSE_ENGINE_URL", "-", "a remote instance that renders all jobs of /api/v1/compose"),
        Setting("MODAL_SUBMIT_URL", "-", "a program that renders: where a render is submitted"),
        Setting("MODAL_STATUS_URL", "-", "where its status is; ?id= is added"),
        Setting("MODAL_AUTH_TOKEN", "-", "the bearer token for both"),
        Setting("MODAL_ENABLED", "1 with MODAL_SUBMIT_URL", "0 to leave it alone"),
        Setting("USE_MODAL_RENDER", "-", "1 or 0: whether jobs go to the remote renderer if their route does not say"),
        Setting("REMOTE_SUBMIT_URL", "-", "a remote instance that renders: https://gpu.example/render"),
        Setting("REMOTE_STATUS_URL", "-", "the status of its jobs: https://gpu.example/job/{id}/status"),
        Setting("REMOTE_API_KEY", "-", "credentials for it"),
        Setting("REMOTE_PATIENCE_SECONDS", "60", "how long it may make no progress"),
        Setting("CALLBACK_SECRET", "-", "the key that signs callbacks"),
        Setting("EVENT_URL", "-", "also post every event here, in Inngest's format"),
        Setting("EVENT_KEY", "-", "the event key, the last part of its path"),
        Setting("INNGEST_SIGNING_KEY", "-", "Inngest may call the service at /api/inngest, with this key"),
        Setting("INNGEST_SIGNING_KEY_FALLBACK", "-", "the key before, while it is exchanged"),
        Setting("INNGEST_EVENT_KEY", "-", "also post every event to Inngest"),
        Setting("USE_INNGEST_COMPOSE", "0", "1 to ask Inngest for the videos of /api/v1/compose/render"),
        Setting("INNGEST_DEV", "-", "1 or the address of a development server, whose calls need no key"),
        Setting("INNGEST_BASE_URL", "-", "the address of an Inngest of your own"),
        Setting("INNGEST_SERVE_ORIGIN", "-", "the address at which Inngest reaches this service"),
        Setting("INNGEST_APP_ID", "compose", "the name of the app there"),
        Setting("INNGEST_CONCURRENCY", "10", "how many steps of the function run at the same time"),
        Setting("INNGEST_RATE_LIMIT", "-", "how many runs of it begin in a minute at most"),
        Setting("MAX_DURATION_SECONDS", "600", "the maximum length of a video"),
        Setting("MAX_RENDER_SECONDS", "600", "the maximum time of a render"),
        Setting("MAX_MEMORY", "8589934592", "the approximate memory for all renders of a process, in bytes"),
        Setting("MAX_FRAMES", "36000", "the maximum number of frames of a video"),
        Setting("MAX_PIXELS", "8294400", "the maximum number of pixels of a frame"),
        Setting("MAX_SOURCES", "1000", "the maximum number of files of an edit"),
        Setting("MAX_UPLOAD_BYTES", "500000000", "the maximum size of an uploaded file"),
        Setting("MAX_BODY_BYTES", "4000000", "of an edit"),
        Setting("RATE_LIMIT", "600", "requests per caller and minute that start or prepare work"),
        Setting("MAX_JOBS_PER_CALLER", "2000", "the maximum number of unfinished jobs per caller"),
        Setting("LOG_LEVEL", "info", "trace, debug, info, notice, warning, error or critical"),
    ]
}
