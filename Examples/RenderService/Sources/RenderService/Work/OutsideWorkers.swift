// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Logging
import ServiceLifecycle

/// The service that keeps in Redis what workers outside need to take jobs of their kinds.
///
/// It is published again and again, because Redis may have been away or may have lost it.
struct OutsideWorkers: Service, CustomStringConvertible {
    /// The name in the lifecycle's logs.
    let description = "OutsideWorkers"
    private let queue: RedisJobQueue
    private let limits: [Job.Kind: String]
    private let logger: Logger

    /// The limits of a kind, as workers read them.
    private struct Limits: Encodable {
        let attempts: Int
        let retrySeconds: Double
        let timeoutSeconds: Double
    }

    /// Returns `nil` if there are no kinds whose jobs workers take from Redis.
    init?(_ configuration: Configuration, _ queue: any JobQueue, _ logger: Logger) throws {
        let kinds = configuration.kinds.all.filter { $0.submit == nil }
        guard let queue = queue as? RedisJobQueue, !kinds.isEmpty else { return nil }
        self.queue = queue
        self.logger = logger
        limits = try Dictionary(
            uniqueKeysWithValues: kinds.map { kind in
                let limits = Limits(
                    attempts: kind.attempts, retrySeconds: configuration.retrySeconds, timeoutSeconds: kind.seconds)
                return (kind.kind, String(decoding: try JobPresenter.encoder.encode(limits), as: UTF8.self))
            })
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var seconds = 30.0
                do { try await queue.publish(limits) } catch {
                    logger.debug("what workers outside need cannot be published", metadata: ["error": "\(error)"])
                    seconds = 1
                }
                try? await Task.sleep(for: .seconds(seconds))
            }
        }
    }
}
