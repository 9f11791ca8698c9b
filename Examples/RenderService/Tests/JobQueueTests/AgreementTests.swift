// SPDX-License-Identifier: Apache-2.0

import Foundation
import JobQueue
import Testing

@Suite("Both backends do the same", .timeLimit(.minutes(2)))
struct AgreementTests {
    /// A random number generator with the same sequence in every run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    /// A queue and the claims that were made on it.
    private struct Side {
        let queue: any JobQueue
        var claims: [Claim] = []

        /// Performs a random operation and returns its outcome, without times and tokens.
        mutating func step(_ dice: inout Dice) async throws -> String {
            let choice = Int.random(in: 0..<100, using: &dice)
            let name = "j\(Int.random(in: 0..<40, using: &dice))"
            let priority = Job.Priority.allCases.randomElement(using: &dice) ?? .normal
            let kind = [Job.Kind.render, .render, .generate, .callback].randomElement(using: &dice) ?? .render
            let after = (0..<max(0, Int.random(in: -2...2, using: &dice))).map { _ in
                "j\(Int.random(in: 0..<40, using: &dice))"
            }
            let generationID = Int.random(in: 0..<3, using: &dice) == 0 ? "g\(name.count)" : nil
            let new = render(
                name, generationID: generationID, priority: priority, units: name.count, kind: kind, after: after,
                hasNotices: choice % 2 == 0)
            let parts = (0..<Int.random(in: 0...4, using: &dice)).map { _ in
                segment("p\(Int.random(in: 0..<60, using: &dice))", units: 2)
            }
            let pick = Int.random(in: 0..<1000, using: &dice)
            let state: Job.State = choice % 7 == 0 ? .failed : choice % 11 == 0 ? .cancelled : .completed
            switch choice {
            case 0..<25:
                do { return text(try await queue.submit(new)) } catch QueueError.unknownJob(let name) {
                    return "no \(name)"
                }
            case 25..<55:
                let lane = [Lane.rendering, .rendering, .kind(.generate), .callbacks][pick % 4]
                guard let claim = try await queue.claim(for: "w", lane: lane) else { return "nothing" }
                claims.append(claim)
                return text(claim.job)
            case 55..<60: return text(try await queue.cancel(name))
            case 60..<62: return text(try await queue.cancel("p\(pick % 60)"))
            case 62..<64:
                try await queue.forget(endedBefore: 0)
                return "forgot"
            default: break
            }
            guard !claims.isEmpty else { return "none" }
            let index = pick % claims.count
            // Some claims are kept although they are no longer valid.
            let claim = pick % 5 == 0 ? claims[index] : claims.remove(at: index)
            switch choice {
            case 64..<70: return "\(try await queue.heartbeat(claim, status: "beat \(pick)"))"
            case 70..<76:
                let isAttempt = pick % 2 == 0
                return "\(try await queue.release(claim, afterSeconds: 0, status: nil, isAttempt: isAttempt))"
            case 76..<84:
                do {
                    return "\(try await queue.split(claim, into: parts, status: "split"))"
                } catch let error as QueueError {
                    return "\(error)"
                }
            default:
                return "\(try await queue.finish(claim, as: state, status: "end \(pick)"))"
            }
        }

        /// Returns all jobs, without times.
        func all() async throws -> [String] {
            var all = ["\(try await queue.counts()) \(try await queue.unfinished(of: "anna"))"]
            all += try await queue.recent(of: "anna", limit: 100).map(\.id)
            for id in (0..<40).map({ "j\($0)" }) + (0..<60).map({ "p\($0)" }) {
                all.append(text(try await queue.job(id)))
            }
            return all
        }

        private func text(_ job: Job?) -> String {
            guard let job else { return "-" }
            return """
                \(job.id) \(job.kind) \(job.priority) \(job.generationID ?? "") \(job.parent ?? "") \(job.state) \
                \(job.attempts) \(job.startedAt != nil) \(job.finishedAt != nil) \(job.isCancelRequested) \(job.parts) \
                \(job.partsLeft) \(job.unitsDone) \(job.units) \(job.after) \(job.endedBy ?? "") \(job.status)
                """
        }
    }

    @Test("Whatever happens to jobs", arguments: 1...3)
    func whatever(_ seed: Int) async throws {
        try await Backend.sqlite.withQueue { first in
            try await Backend.redis.withQueue { second in
                var sides = [Side(queue: first), Side(queue: second)]
                var dice = [Dice(state: UInt64(seed)), Dice(state: UInt64(seed))]
                for step in 0..<300 {
                    let a = try await sides[0].step(&dice[0])
                    let b = try await sides[1].step(&dice[1])
                    try #require(a == b, "step \(step)")
                    guard step % 25 == 24 else { continue }
                    let (all, others) = (try await sides[0].all(), try await sides[1].all())
                    try #require(all == others, "step \(step)")
                }
            }
        }
    }
}
