// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// The storage of a service under test for jobs, media and results.
enum Backend: String, CaseIterable, CustomTestStringConvertible {
    /// SQLite and a folder.
    case embedded
    /// Redis and an S3-compatible store.
    case distributed

    var testDescription: String { rawValue }
}

/// A test's own folder and servers, and the settings with which services use them.
final class Site: Sendable {
    let backend: Backend
    let folder: URL
    let redis: RedisServer?
    let environment: [String: String]

    init(_ backend: Backend, _ more: [String: String] = [:]) async throws {
        self.backend = backend
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("render-service-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var environment = more
        if backend == .distributed {
            let redis = try RedisServer()
            let s3 = try await S3Server.shared()
            self.redis = redis
            environment["REDIS_URL"] = redis.url
            environment["SPREAD_SECONDS"] = more["SPREAD_SECONDS"] ?? "0"
            environment["S3_ENDPOINT"] = more["S3_ENDPOINT"] ?? s3.endpoint.absoluteString
            environment["S3_BUCKET"] = try await s3.makeBucket()
            environment["S3_ACCESS_KEY_ID"] = "key"
            environment["S3_SECRET_ACCESS_KEY"] = "secret"
        } else {
            redis = nil
        }
        self.environment = environment
    }

    deinit {
        redis?.kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts a service; workers that represent other machines need their own `DATA_DIR`.
    func service(
        _ role: String = "serve", _ more: [String: String] = [:], arguments: [String] = []
    ) throws -> ServiceProcess {
        try ServiceProcess(
            role, at: self, environment: environment.merging(more) { $1 }, arguments: arguments)
    }
}
