// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What workers outside need, which are other programs that take jobs of a kind from Redis.
extension RedisJobQueue {
    /// Publishes the scripts by which workers outside take jobs, with the limits of each kind as a JSON document.
    ///
    /// They are in the hash `jobs:protocol:1`: the sources of `claim`, `heartbeat`, `release` and `finish`, the `lease`
    /// in microseconds, and for each kind `kind:{kind}`. A worker that uses the scripts cannot break a rule of the queue.
    /// The number changes when their arguments do, so that a worker never meets scripts that it does not know.
    public func publish(_ kinds: [Job.Kind: String]) async throws {
        var fields = ["lease", String(Microseconds.of(seconds: leaseSeconds))]
        for script in [RedisScript.claim, .heartbeat, .release, .finish] { fields += [script.name, script.source] }
        for (kind, limits) in kinds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            fields += ["kind:" + kind.rawValue, limits]
        }
        _ = try await run(.publish, fields)
    }
}
