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
        Setting("REDIS_URL", "-", "keep jobs in this Redis: redis://[user:password@]host:port[/db]"),
        Setting("S3_ENDPOINT", "-", "keep files in this store"),
        Setting("S3_BUCKET", "-", "in this bucket of it"),
        Setting("S3_REGION", "us-east-1", "its region"),
        Setting("S3_ACCESS_KEY_ID", "-", "credentials for it"),
        Setting("S3_SECRET_ACCESS_KEY", "-", "credentials for it"),
        Setting("S3_SESSION_TOKEN", "-", "credentials for it"),
        Setting("S3_PATH_STYLE", "1", "0 for stores that want the bucket in the host's name"),
        Setting("S3_PUBLIC_ENDPOINT", "-", "where callers reach the store, if elsewhere"),
        Setting("WORKERS", "1", "renders at once in this process; 0 takes no jobs"),
        Setting("LEASE_SECONDS", "15", "how long a worker may be silent before another takes over; the same for all"),
        Setting("MAX_ATTEMPTS", "5", "how often a job is begun before it is given up"),
        Setting("CALLBACK_ATTEMPTS", "10", "how often a callback is tried before it is given up"),
        Setting("RETRY_SECONDS", "2", "the wait after a failed attempt, doubled after each"),
        Setting("SPREAD_SECONDS", "120 with Redis", "longer timelines are rendered by all workers; 0 never"),
        Setting("DOWNLOAD_CACHE_BYTES", "10000000000", "how much of what was downloaded is kept"),
        Setting("KEEP_JOBS_SECONDS", "604800", "how long jobs that ended are remembered"),
        Setting("API_KEYS", "-", "name:key,name:key; the name is the caller"),
        Setting("JWT_JWKS_FILE", "-", "take tokens signed with these keys"),
        Setting("JWT_ISSUER", "-", "by this issuer"),
        Setting("JWT_AUDIENCE", "-", "for this audience"),
        Setting(
            "ALLOWED_MEDIA_HOSTS", "-", "hosts that media may be fetched from; *.example.com for all below, * for any"),
        Setting("ALLOW_PRIVATE_ADDRESSES", "0", "1 lets media and callbacks be at private addresses, and plain HTTP"),
        Setting("REMOTE_SUBMIT_URL", "-", "another instance that renders: https://gpu.example/render"),
        Setting("REMOTE_STATUS_URL", "-", "and tells how it goes: https://gpu.example/job/{id}/status"),
        Setting("REMOTE_API_KEY", "-", "credentials for it"),
        Setting("REMOTE_PATIENCE_SECONDS", "60", "how long it may go without progress"),
        Setting("CALLBACK_SECRET", "-", "sign callbacks with this"),
        Setting("EVENT_URL", "-", "post every event here too, in the shape that Inngest takes"),
        Setting("EVENT_KEY", "-", "the last part of its path"),
        Setting("MAX_DURATION_SECONDS", "600", "how long a video may be"),
        Setting("MAX_RENDER_SECONDS", "600", "how long a render may take"),
        Setting("MAX_MEMORY", "8589934592", "bytes that the renders of a process may take, about"),
        Setting("MAX_FRAMES", "36000", "frames of a video"),
        Setting("MAX_PIXELS", "8294400", "pixels of a frame"),
        Setting("MAX_SOURCES", "1000", "files of an edit"),
        Setting("MAX_UPLOAD_BYTES", "500000000", "of a file"),
        Setting("MAX_BODY_BYTES", "4000000", "of an edit"),
        Setting("RATE_LIMIT", "600", "requests of a caller a minute that begin or prepare work"),
        Setting("MAX_JOBS_PER_CALLER", "2000", "that have not ended"),
        Setting("LOG_LEVEL", "info", "trace, debug, info, notice, warning, error or critical"),
    ]
}
