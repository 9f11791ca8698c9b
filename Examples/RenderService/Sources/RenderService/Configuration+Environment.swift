// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging

extension Configuration {
    /// Creates a configuration from environment variables, or throws a ``ConfigurationError`` that names the variable.
    public init(environment: [String: String]) throws {
        let read = EnvironmentReader(environment: environment)
        try read.set(&port, "PORT", 0...65_535)
        dataFolder = read.text("DATA_DIR") ?? dataFolder
        redisURL = read.text("REDIS_URL")
        redisAuthorities = read.text("REDIS_CA_FILE")
        databaseURL = read.text("DATABASE_URL")
        try read.set(&databaseConnections, "DATABASE_CONNECTIONS", 1...100)
        try read.set(&keepRecordsSeconds, "KEEP_RECORDS_SECONDS", 60...1e10)
        credits = try CreditSettings(read)
        spreadSeconds = redisURL == nil ? nil : 120
        s3 = try S3(read)
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
        access = try Access(read)
        kinds = try JobKinds(read, self)
        remote = try Remote(read)
        remoteUse = try RemoteUse(read, remote)
        callbackSecret = read.text("CALLBACK_SECRET")
        events = try Events(read)
        inngest = try Inngest(read)
        asksByEvent = try read.flag("USE_INNGEST_COMPOSE") ?? false
        if asksByEvent, events == nil {
            throw ConfigurationError("USE_INNGEST_COMPOSE", "needs INNGEST_EVENT_KEY, with which the event is sent")
        }
        if credits?.ledger == .database, !hasArchive {
            throw ConfigurationError("CREDIT_PRICES_FILE", "needs DATABASE_URL with REDIS_URL, or CREDITS_URL")
        }
        if let level = read.text("LOG_LEVEL") {
            guard let known = Logger.Level(rawValue: level.lowercased()) else {
                throw ConfigurationError(
                    "LOG_LEVEL", "is one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            logLevel = known
        }
    }
}
