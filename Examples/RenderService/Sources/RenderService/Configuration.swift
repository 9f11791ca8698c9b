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
    /// `CALLBACK_SECRET`: the secret with which callbacks are signed.
    public var callbackSecret: String?
    /// `EVENT_URL`, `EVENT_KEY`: the event engine to which every event is also posted.
    public var events: Events?
    /// `--exit-when-idle`: the number of seconds without a job after which the process ends.
    public var exitWhenIdle: Double?
    /// `LOG_LEVEL`: the minimum level of log messages.
    public var logLevel = Logger.Level.info

    /// The settings of an S3-compatible object store.
    public struct S3: Sendable {
        /// `S3_ENDPOINT`: the address of the store.
        public var endpoint: URL
        /// `S3_BUCKET`: the name of the bucket.
        public var bucket: String
        /// `S3_REGION`: the region of the bucket.
        public var region = "us-east-1"
        /// `S3_ACCESS_KEY_ID`: the access key ID.
        public var accessKeyID: String
        /// `S3_SECRET_ACCESS_KEY`: the secret access key.
        public var secretAccessKey: String
        /// `S3_SESSION_TOKEN`: the session token of temporary credentials.
        public var sessionToken: String?
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
        /// `JWT_ISSUER`: the required issuer of tokens.
        public var issuer: String?
        /// `JWT_AUDIENCE`: the required audience of tokens.
        public var audience: String?
        /// `ALLOWED_MEDIA_HOSTS`: the hosts that media may be downloaded from.
        ///
        /// `*.example.com` allows all subdomains, and `*` any host.
        public var mediaHosts: [String] = []
        /// `ALLOW_PRIVATE_ADDRESSES`: whether requests to private networks, and over plain HTTP, are allowed.
        public var allowsPrivateAddresses = false

        /// Whether anyone may call.
        public var isOpen: Bool { callers.isEmpty && keysFile == nil }
    }

    /// The settings of another instance of this service.
    public struct Remote: Sendable {
        /// `REMOTE_SUBMIT_URL`: the URL for submitting jobs, such as `https://gpu.example/render`.
        public var submit: URL
        /// `REMOTE_STATUS_URL`: the URL of a job's status, such as `https://gpu.example/job/{id}/status`.
        public var status: String
        /// `REMOTE_API_KEY`: the API key for the remote renderer.
        public var key: String?
        /// `REMOTE_PATIENCE_SECONDS`: the maximum time without progress.
        public var patienceSeconds = 60.0
    }

    /// The settings of an event engine, such as Inngest.
    public struct Events: Sendable {
        /// `EVENT_URL`: the address of the event engine.
        public var url: URL
        /// `EVENT_KEY`: the key, which becomes the last component of the path.
        public var key: String?
    }

    /// Creates the default configuration.
    public init() {}

    /// Creates a configuration from environment variables, or throws a ``ConfigurationError`` that names the variable.
    public init(environment: [String: String]) throws {
        let read = Reader(environment: environment)
        try read.set(&port, "PORT", 0...65_535)
        dataFolder = read.text("DATA_DIR") ?? dataFolder
        redisURL = read.text("REDIS_URL")
        spreadSeconds = redisURL == nil ? nil : 120
        if let endpoint = try read.url("S3_ENDPOINT") {
            s3 = S3(
                endpoint: endpoint, bucket: try read.required("S3_BUCKET", with: "S3_ENDPOINT"),
                accessKeyID: try read.required("S3_ACCESS_KEY_ID", with: "S3_ENDPOINT"),
                secretAccessKey: try read.required("S3_SECRET_ACCESS_KEY", with: "S3_ENDPOINT"))
            s3?.region = read.text("S3_REGION") ?? "us-east-1"
            s3?.sessionToken = read.text("S3_SESSION_TOKEN")
            s3?.isPathStyle = try read.flag("S3_PATH_STYLE") ?? true
            s3?.publicEndpoint = try read.url("S3_PUBLIC_ENDPOINT")
        }
        try read.set(&workers, "WORKERS", 0...64)
        try read.set(&leaseSeconds, "LEASE_SECONDS", 0.2...3600)
        try read.set(&maxAttempts, "MAX_ATTEMPTS", 1...100)
        try read.set(&callbackAttempts, "CALLBACK_ATTEMPTS", 1...100)
        try read.set(&retrySeconds, "RETRY_SECONDS", 0.01...3600)
        if read.text("SPREAD_SECONDS") != nil {
            var seconds = 0.0
            try read.set(&seconds, "SPREAD_SECONDS", 0...86_400)
            spreadSeconds = seconds == 0 ? nil : seconds
        }
        try read.set(&downloadCacheBytes, "DOWNLOAD_CACHE_BYTES", 0...Int64.max)
        try read.set(&keepJobsSeconds, "KEEP_JOBS_SECONDS", 60...1e9)
        try read.set(&limits.durationSeconds, "MAX_DURATION_SECONDS", 0.1...86_400)
        try read.set(&limits.renderSeconds, "MAX_RENDER_SECONDS", 1...86_400)
        try read.set(&limits.memory, "MAX_MEMORY", 1 << 26...1 << 45)
        try read.set(&limits.frames, "MAX_FRAMES", 1...100_000_000)
        try read.set(&limits.pixels, "MAX_PIXELS", 4...1 << 30)
        try read.set(&limits.sources, "MAX_SOURCES", 1...1_000_000)
        try read.set(&limits.uploadBytes, "MAX_UPLOAD_BYTES", 1...Int64.max)
        try read.set(&limits.bodyBytes, "MAX_BODY_BYTES", 100...1 << 30)
        try read.set(&limits.requestsPerMinute, "RATE_LIMIT", 1...1_000_000)
        try read.set(&limits.jobsPerCaller, "MAX_JOBS_PER_CALLER", 1...10_000_000)
        for pair in read.list("API_KEYS") {
            guard let colon = pair.firstIndex(of: ":"), colon != pair.startIndex,
                pair.index(after: colon) != pair.endIndex
            else { throw ConfigurationError("API_KEYS", "is a list of name:key, with commas between") }
            let name = String(pair[..<colon])
            guard CallerName.isValid(name) else {
                throw ConfigurationError(
                    "API_KEYS", "\(name) is no name: letters, digits, '.', '_' and '-', at most 64")
            }
            access.callers[String(pair[pair.index(after: colon)...])] = name
        }
        access.keysFile = read.text("JWT_JWKS_FILE")
        access.issuer = read.text("JWT_ISSUER")
        access.audience = read.text("JWT_AUDIENCE")
        if access.keysFile != nil, access.issuer == nil || access.audience == nil {
            throw ConfigurationError(
                "JWT_JWKS_FILE", "needs JWT_ISSUER and JWT_AUDIENCE too, which tokens are checked for")
        }
        access.mediaHosts = read.list("ALLOWED_MEDIA_HOSTS").map { $0.lowercased() }
        access.allowsPrivateAddresses = try read.flag("ALLOW_PRIVATE_ADDRESSES") ?? false
        if let submit = try read.url("REMOTE_SUBMIT_URL") {
            let status = try read.required("REMOTE_STATUS_URL", with: "REMOTE_SUBMIT_URL")
            guard status.contains("{id}") else {
                throw ConfigurationError("REMOTE_STATUS_URL", "has {id} where the job's name goes")
            }
            remote = Remote(submit: submit, status: status, key: read.text("REMOTE_API_KEY"))
            var patience = 60.0
            try read.set(&patience, "REMOTE_PATIENCE_SECONDS", 0.1...3600)
            remote?.patienceSeconds = patience
        }
        callbackSecret = read.text("CALLBACK_SECRET")
        if let url = try read.url("EVENT_URL") { events = Events(url: url, key: read.text("EVENT_KEY")) }
        if let level = read.text("LOG_LEVEL") {
            guard let known = Logger.Level(rawValue: level.lowercased()) else {
                throw ConfigurationError(
                    "LOG_LEVEL", "is one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            logLevel = known
        }
    }
}

/// An error thrown if an environment variable has an invalid value.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// The name of the variable and the problem.
    public let description: String

    init(_ name: String, _ message: String) { description = "\(name) \(message)" }
}

/// A reader of environment variables, which treats empty variables as unset.
private struct Reader {
    let environment: [String: String]

    func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    func required(_ name: String, with other: String) throws -> String {
        guard let value = text(name) else { throw ConfigurationError(name, "is needed with \(other)") }
        return value
    }

    func list(_ name: String) -> [String] {
        (text(name) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    func url(_ name: String) throws -> URL? {
        guard let value = text(name) else { return nil }
        guard let url = URL(string: value), ["http", "https"].contains(url.scheme), url.host != nil else {
            throw ConfigurationError(name, "is an address that begins with https:// or http://")
        }
        return url
    }

    func flag(_ name: String) throws -> Bool? {
        switch text(name)?.lowercased() {
        case nil: nil
        case "1", "true", "yes": true
        case "0", "false", "no": false
        default: throw ConfigurationError(name, "is 1 or 0")
        }
    }

    func set<Number: LosslessStringConvertible & Comparable>(
        _ number: inout Number, _ name: String, _ range: ClosedRange<Number>
    ) throws {
        guard let value = text(name) else { return }
        guard let read = Number(value), range.contains(read) else {
            throw ConfigurationError(name, "is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        number = read
    }
}

/// The rules for callers' names, which are part of the keys of their media.
enum CallerName {
    /// The name of the caller if authentication is disabled.
    static let anyone = "anyone"

    static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name != "." && name != ".." && name.utf8.allSatisfy(isNameByte)
    }

    /// Returns whether a byte is a letter, digit, '.', '_' or '-', which need no escaping in URLs, paths and keys.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
