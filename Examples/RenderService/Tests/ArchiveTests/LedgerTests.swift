// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Testing

@Suite("The ledger", .timeLimit(.minutes(2)))
struct LedgerTests {
    /// Checks that the entries of an owner follow each other and add up, and returns them, oldest first.
    @discardableResult
    static func audit(_ ledger: Ledger, _ owner: String) async throws -> [CreditEntry] {
        var entries: [CreditEntry] = []
        while true {
            let page = try await ledger.entries(of: owner, before: entries.last?.number ?? .max, limit: 500)
            entries += page.items
            if page.next == nil { break }
        }
        entries.reverse()
        var balance: Int64 = 0
        for (index, entry) in entries.enumerated() {
            balance += entry.cents
            try #require(entry.number == Int64(index + 1) && entry.balance == balance, "\(entry)")
            if let closed = entry.closes {
                let reservation = entries[Int(closed - 1)]
                try #require(reservation.kind == .reserve && reservation.generationID == entry.generationID)
                try #require(entry.cents == -reservation.cents - (entry.cost ?? 0), "\(entry)")
            }
        }
        let closed = entries.compactMap(\.closes)
        try #require(Set(closed).count == closed.count)
        let balances = try await ledger.balance(of: owner)
        #expect(balances.available == balance)
        let open = entries.filter { $0.kind == .reserve && !closed.contains($0.number) }
        #expect(balances.reserved == -open.reduce(0) { $0 + $1.cents })
        return entries
    }

    @Test("credits are reserved, and then taken or given back", arguments: Backend.allCases)
    func flow(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let ledger = Ledger(database)
            await #expect(throws: CreditRefusal(missing: 30, needed: 30)) {
                try await ledger.reserve(30, for: "a", of: "anna")
            }
            #expect(try await ledger.deposit(100, to: "anna", reference: "bill-1") == 100)
            #expect(try await ledger.deposit(100, to: "anna", reference: "bill-1") == 100, "the same deposit again")
            try await ledger.reserve(30, for: "a", of: "anna")
            try await ledger.reserve(60, for: "b", of: "anna")
            #expect(try await ledger.balance(of: "anna") == .init(available: 10, reserved: 90))
            await #expect(throws: CreditRefusal(missing: 1, needed: 11)) {
                try await ledger.reserve(11, for: "c", of: "anna")
            }
            try await ledger.settle(25, for: "a", job: "job-a", of: "anna")
            #expect(try await ledger.balance(of: "anna") == .init(available: 15, reserved: 60))
            try await ledger.refund("b", of: "anna")
            #expect(try await ledger.balance(of: "anna") == .init(available: 75, reserved: 0))
            #expect(try await ledger.balance(of: "bert") == .init(available: 0, reserved: 0))
            let kinds = try await Self.audit(ledger, "anna").map(\.kind)
            #expect(kinds == [.deposit, .reserve, .reserve, .settle, .refund])
        }
    }

    @Test("whatever is repeated has its effect once", arguments: Backend.allCases)
    func idempotent(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let ledger = Ledger(database)
            try await ledger.deposit(100, to: "anna", reference: "1")
            for _ in 0..<3 { try await ledger.reserve(40, for: "a", of: "anna") }
            #expect(try await ledger.balance(of: "anna").available == 60)
            for _ in 0..<3 { try await ledger.settle(10, for: "a", job: "job-a", of: "anna") }
            try await ledger.refund("a", of: "anna")
            try await ledger.expire("a", of: "anna")
            #expect(try await ledger.balance(of: "anna") == .init(available: 90, reserved: 0))
            try await ledger.refund("nothing", of: "anna")
            #expect(try await Self.audit(ledger, "anna").count == 3)
            // The name is used again, when the queue has forgotten it, and what is late from before changes nothing.
            try await ledger.reserve(40, for: "a", of: "anna")
            try await ledger.settle(10, for: "a", job: "job-a", of: "anna")
            #expect(try await ledger.balance(of: "anna") == .init(available: 50, reserved: 40))
            try await ledger.settle(20, for: "a", job: "job-2", of: "anna")
            #expect(try await ledger.balance(of: "anna") == .init(available: 70, reserved: 0))
        }
    }

    @Test("a job whose reservation has expired is paid for nevertheless", arguments: Backend.allCases)
    func expired(_ backend: Backend) async throws {
        try await backend.withDatabase { database in
            let ledger = Ledger(database)
            try await ledger.deposit(100, to: "anna", reference: "1")
            try await ledger.reserve(40, for: "a", of: "anna")
            try await ledger.reserve(40, for: "b", of: "anna")
            #expect(try await ledger.reservations(olderThan: 3600).isEmpty)
            #expect(
                try await ledger.reservations(olderThan: -1).map { "\($0.owner) \($0.generationID) \($0.cents)" }
                    .sorted()
                    == ["anna a 40", "anna b 40"])
            try await ledger.expire("a", of: "anna")
            try await ledger.expire("b", of: "anna")
            #expect(try await ledger.balance(of: "anna") == .init(available: 100, reserved: 0))
            // The same request again: a new reservation.
            try await ledger.reserve(50, for: "b", of: "anna")
            try await ledger.settle(45, for: "b", job: "job-b", of: "anna")
            try await ledger.settle(60, for: "a", job: "job-a", of: "anna")
            #expect(try await ledger.balance(of: "anna") == .init(available: -5, reserved: 0))
            try await Self.audit(ledger, "anna")
        }
    }

    @Test("concurrent submits, failures and repetitions agree to the cent", arguments: Backend.allCases)
    func load(_ backend: Backend) async throws {
        let jobs = Int(ProcessInfo.processInfo.environment["LEDGER_JOBS"] ?? "") ?? 2000
        try await backend.withDatabases(3) { databases in
            let owners = (0..<5).map { "owner\($0)" }
            let funds = Int64(jobs) * 4
            for owner in owners { try await Ledger(databases[0]).deposit(funds, to: owner, reference: "start") }
            // What each job does follows from its number, so the right sums are known without the ledger.
            @Sendable func plan(_ job: Int) -> (reserve: Int64, cost: Int64?, repeats: Int) {
                let reserve = Int64(job * 7 % 90 + 1)
                return (reserve, job % 4 == 0 ? nil : Int64(job * 13 % 100), job % 3)
            }
            let accepted = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
                func add(_ job: Int) {
                    group.addTask {
                        let (owner, name, plan) = (owners[job % owners.count], "job\(job)", plan(job))
                        do {
                            for step in 0...plan.repeats {
                                let ledger = Ledger(databases[(job + step) % 3])
                                try await ledger.reserve(plan.reserve, for: name, of: owner)
                            }
                        } catch is CreditRefusal {
                            return (job, false)
                        }
                        // Two workers end the same job, as after a takeover.
                        try await withThrowingTaskGroup(of: Void.self) { ends in
                            for step in 0...plan.repeats {
                                ends.addTask {
                                    let ledger = Ledger(databases[(job + step + 1) % 3])
                                    if let cost = plan.cost {
                                        try await ledger.settle(cost, for: name, job: name, of: owner)
                                    } else if job % 8 == 0 {
                                        try await ledger.expire(name, of: owner)
                                    } else {
                                        try await ledger.refund(name, of: owner)
                                    }
                                }
                            }
                            try await ends.waitForAll()
                        }
                        return (job, true)
                    }
                }
                var next = 0
                while next < min(64, jobs) { add(next); next += 1 }
                var accepted: [Int] = []
                while let (job, isAccepted) = try await group.next() {
                    if isAccepted { accepted.append(job) }
                    if next < jobs { add(next); next += 1 }
                }
                return accepted
            }
            #expect(accepted.count > jobs / 8 && accepted.count < jobs, "some are refused, and not all")
            for (index, owner) in owners.enumerated() {
                let entries = try await Self.audit(Ledger(databases[1]), owner)
                let own = accepted.filter { $0 % owners.count == index }
                let spent = own.reduce(0) { $0 + (plan($1).cost ?? 0) }
                let left = try await Ledger(databases[2]).balance(of: owner)
                #expect(left == .init(available: funds - spent, reserved: 0))
                #expect(entries.count == 1 + 2 * own.count)
            }
        }
    }

    @Test("prices are those of the time, the size and the kind, in whole cents")
    func prices() throws {
        let prices = try Prices(
            json: Data(
                #"{"cpuSecond": 0.5, "gpuSecond": 2, "kinds": {"render": 3}, "resolutions": [{"pixels": 1000, "factor": 1}, {"pixels": 2000, "factor": 1.5}]}"#
                    .utf8))
        let cost = Generation.Cost(elapsedSeconds: 9, cpuSeconds: 4, gpuSeconds: 1)
        #expect(prices.cents(cost, pixels: 1000, kind: "render") == 7)
        #expect(prices.cents(cost, pixels: 1001, kind: "render") == 9)
        #expect(prices.cents(cost, pixels: 9999, kind: "render") == 9)
        #expect(prices.cents(cost, pixels: 1, kind: "other") == 4)
        #expect(prices.cents(.init(cpuSeconds: 0.1), pixels: 1, kind: "render") == 4, "a part of a cent is a cent")
        #expect(prices.cents(.init(cpuSeconds: .nan), pixels: 1, kind: "render") == 3)
        for wrong in [
            "[]", "{", #"{"cpuSecond": -1}"#, #"{"cpuSeconds": 1}"#, #"{"kinds": {"render": "1"}}"#,
            #"{"resolutions": [{"factor": 1}, {"pixels": 5, "factor": 2}]}"#,
        ] {
            #expect(throws: ArchiveError.self, "\(wrong)") { try Prices(json: Data(wrong.utf8)) }
        }
    }
}
