// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Logging

/// Everything that can be set about the service.
///
/// Read from the environment, where each has the name given here; what is not set has the value given here. With nothing set at
/// all, jobs are kept in SQLite and media in a folder.
public struct Configuration: Sendable {
    /// The address to listen on.
    ///
    /// A flag only: shells have a variable of that name.
    public var hostname = "127.0.0.1"
    /// `PORT`: the port to listen on; 0 takes a free one.
    public var port = 8080
    /// `DATA_DIR`: where jobs, media, results and downloads are kept.
    public var dataFolder = "data"
    /// `REDIS_URL`: jobs are kept there instead of in SQLite.
    public var redisURL: String?
    /// `S3_…`: media and results are kept there instead of in a folder.
    public var s3: S3?
    /// `WORKERS`: renders at once in this process; 0 takes no jobs.
    public var workers = 1
    /// `LEASE_SECONDS`: how long a worker may be silent before another takes over its job.
    public var leaseSeconds = 15.0
    /// `MAX_ATTEMPTS`: how often a job is begun before it is given up.
    public var maxAttempts = 5
    /// `CALLBACK_ATTEMPTS`: how often a callback is tried before it is given up.
    public var callbackAttempts = 10
    /// `RETRY_SECONDS`: the wait after the first failed attempt, of callbacks too, doubled after each.
    public var retrySeconds = 2.0
    /// `SPREAD_SECONDS`: a longer timeline is rendered in segments by all workers; `nil` never.
    ///
    /// 120 with Redis, and never without, where there are no others to help.
    public var spreadSeconds: Double?
    /// `DOWNLOAD_CACHE_BYTES`: how much of what was downloaded is kept.
    public var downloadCacheBytes: Int64 = 10_000_000_000
    /// `KEEP_JOBS_SECONDS`: how long jobs that ended are remembered.
    public var keepJobsSeconds = 7 * 86_400.0
    /// What callers may ask for.
    public var limits = Limits()
    /// Who may call.
    public var access = Access()
    /// Another instance, with a graphics processor.
    public var remote: Remote?
    /// `CALLBACK_SECRET`: callbacks are signed with it.
    public var callbackSecret: String?
    /// `EVENT_URL`, `EVENT_KEY`: every event goes there too.
    public var events: Events?
    /// `--exit-when-idle`: ends the process after so many seconds without a job.
    public var exitWhenIdle: Double?
    /// `LOG_LEVEL`.
    public var logLevel = Logger.Level.info

    /// An object store that speaks S3.
    public struct S3: Sendable {
        /// `S3_ENDPOINT`.
        public var endpoint: URL
        /// `S3_BUCKET`.
        public var bucket: String
        /// `S3_REGION`.
        public var region = "us-east-1"
        /// `S3_ACCESS_KEY_ID`.
        public var accessKeyID: String
        /// `S3_SECRET_ACCESS_KEY`.
        public var secretAccessKey: String
        /// `S3_SESSION_TOKEN`.
        public var sessionToken: String?
        /// `S3_PATH_STYLE`: the bucket is part of the path, not of the host.
        public var isPathStyle = true
        /// `S3_PUBLIC_ENDPOINT`: what callers reach the store at, where that is another address; links begin with it.
        public var publicEndpoint: URL?
    }

    /// What callers may ask for.
    public struct Limits: Sendable {
        /// `MAX_DURATION_SECONDS`: how long a video may be.
        public var durationSeconds = 600.0
        /// `MAX_RENDER_SECONDS`: how long a render may take.
        public var renderSeconds = 600.0
        /// `MAX_MEMORY`: bytes that a render may take, about.
        public var memory = 8 << 30
        /// `MAX_FRAMES`.
        public var frames = 36_000
        /// `MAX_PIXELS`: of the canvas.
        public var pixels = 3840 * 2160
        /// `MAX_SOURCES`: different files of an edit.
        public var sources = 1_000
        /// `MAX_UPLOAD_BYTES`: of a file.
        public var uploadBytes: Int64 = 500_000_000
        /// `MAX_BODY_BYTES`: of an edit.
        public var bodyBytes = 4_000_000
        /// `RATE_LIMIT`: requests of a caller a minute that begin or prepare work; reading is not counted.
        public var requestsPerMinute = 600
        /// `MAX_JOBS_PER_CALLER`: that have not ended.
        public var jobsPerCaller = 2_000
    }

    /// Who may call; without keys and tokens, everyone may.
    public struct Access: Sendable {
        /// `API_KEYS`: the caller of each key.
        public var callers: [String: String] = [:]
        /// `JWT_JWKS_FILE`: the public keys of tokens.
        public var keysFile: String?
        /// `JWT_ISSUER`.
        public var issuer: String?
        /// `JWT_AUDIENCE`.
        public var audience: String?
        /// `ALLOWED_MEDIA_HOSTS`: hosts that media may be fetched from, with `*.` for all below, `*` for any.
        public var mediaHosts: [String] = []
        /// `ALLOW_PRIVATE_ADDRESSES`: whether requests may go to addresses of private networks, over plain HTTP too.
        public var allowsPrivateAddresses = false

        /// Whether anyone may call.
        public var isOpen: Bool { callers.isEmpty && keysFile == nil }
    }

    /// Another instance of this service.
    public struct Remote: Sendable {
        /// `REMOTE_SUBMIT_URL`: `https://gpu.example/render`.
        public var submit: URL
        /// `REMOTE_STATUS_URL`: `https://gpu.example/job/{id}/status`.
        public var status: String
        /// `REMOTE_API_KEY`.
        public var key: String?
        /// `REMOTE_PATIENCE_SECONDS`: how long it may go without progress.
        public var patienceSeconds = 60.0
    }

    /// An event engine, such as Inngest.
    public struct Events: Sendable {
        /// `EVENT_URL`.
        public var url: URL
        /// `EVENT_KEY`: becomes the last part of the path.
        public var key: String?
    }

    /// What is there without any configuration.
    public init() {}

    /// What the environment says; throws ``ConfigurationError`` that names the variable.
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

/// A variable of the environment that does not hold what it should.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// Its name, and what is wrong.
    public let description: String

    init(_ name: String, _ message: String) { description = "\(name) \(message)" }
}

/// Reads variables of the environment; one that is empty is not there.
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

/// What callers are called: part of the names of their media.
enum CallerName {
    /// Who calls where no one has to say.
    static let anyone = "anyone"

    static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name != "." && name != ".." && name.utf8.allSatisfy(isNameByte)
    }

    /// Letters, digits, '.', '_' and '-': what needs no escape in addresses, paths and keys.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
