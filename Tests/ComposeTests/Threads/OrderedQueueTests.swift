// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

struct OrderedQueueTests {
    /// Work that calls a closure for each index.
    private struct Work: OrderedWork {
        var made: @Sendable (Int) throws(ComposeError) -> Int?
        var end: @Sendable () -> Void = {}
        func make(_ index: Int) throws(ComposeError) -> Int? { try made(index) }
        func ended() { end() }
    }

    private final class Log: Sendable {
        let values = Locked<[Int]>([])
        func add(_ value: Int) { values.withLock { $0.append(value) } }
        var all: [Int] { values.withLock { $0 } }
    }

    private static func queue(
        count: Int? = nil, workers: Int = 1, ahead: Int = .max, room: Int = .max,
        _ make: @escaping @Sendable (Int) throws(ComposeError) -> Int?
    ) -> OrderedQueue<Int> {
        OrderedQueue("test", count: count, workers: workers, ahead: ahead, room: room, weight: { $0 }) { _ in
            Work(made: make)
        }
    }

    private static func fault(_ index: Int) -> ComposeError { ComposeError(.renderFailed, "element \(index)") }

    private static func take(_ queue: OrderedQueue<Int>) throws -> Int? {
        if case .element(let element) = try queue.next() { element } else { nil }
    }

    private static func pause(_ milliseconds: Int = 1) { usleep(UInt32(milliseconds) * 1000) }

    @Test(arguments: [1, 2, 5])
    func `elements come in order, whichever thread is done first`(workers: Int) throws {
        let queue = Self.queue(count: 60, workers: workers) { index in
            Self.pause(index % 3)
            return index * 10
        }
        defer { queue.close() }
        for index in 0..<60 { #expect(try Self.take(queue) == index * 10) }
        #expect(try Self.take(queue) == nil)
    }

    @Test(arguments: [1, 3], [1, 2, 4])
    func `no more elements are begun ahead of a slow taker than allowed`(workers: Int, ahead: Int) throws {
        let begun = Log()
        let queue = Self.queue(count: 30, workers: workers, ahead: ahead) { index in
            begun.add(index)
            return index
        }
        defer { queue.close() }
        for index in 0..<30 {
            Self.pause()
            #expect(begun.all.count <= index + ahead)
            #expect(try Self.take(queue) == index)
        }
    }

    @Test func `elements that wait are limited by their weight`() throws {
        let begun = Log()
        let queue = Self.queue(count: 20, workers: 1, room: 100) { index in
            begun.add(index)
            return 40
        }
        defer { queue.close() }
        try queue.wait(for: 2)
        Self.pause(20)
        #expect(begun.all == [0, 1, 2])  // two weigh less than 100, three more
        #expect(try Self.take(queue) == 40)
        try queue.wait(for: 3)
        Self.pause(20)
        #expect(begun.all == [0, 1, 2, 3])
    }

    @Test(arguments: [1, 4], [0, 1, 7])
    func `an error is thrown in its place, after the elements before it`(workers: Int, bad: Int) throws {
        let queue = Self.queue(count: 20, workers: workers) { index throws(ComposeError) in
            Self.pause(index == bad ? 5 : 0)
            if index >= bad { throw Self.fault(index) }
            return index
        }
        defer { queue.close() }
        for index in 0..<bad { #expect(try Self.take(queue) == index) }
        for _ in 0..<2 {
            let error = #expect(throws: ComposeError.self) { try Self.take(queue) }
            #expect(error?.description.contains("element \(bad)") == true)
        }
    }

    @Test func `a thread that cannot begin fails the queue`() throws {
        let queue = OrderedQueue<Int>("test", count: 3) { _ throws(ComposeError) in throw Self.fault(9) }
        defer { queue.close() }
        #expect(throws: ComposeError.self) { try queue.next() }
    }

    @Test func `work ends where it says so, and then does what is left`() async throws {
        let ends = Log()
        let queue = OrderedQueue<Int>("test") { _ in
            Work(made: { $0 < 5 ? $0 : nil }, end: { ends.add(1) })
        }
        for index in 0..<5 { #expect(try Self.take(queue) == index) }
        #expect(try Self.take(queue) == nil)
        #expect(try Self.take(queue) == nil)
        queue.close(within: 10)
        #expect(ends.all == [1])
    }

    @Test func `what is left is not done where the work failed`() throws {
        let ends = Log()
        let queue = OrderedQueue<Int>("test") { _ in
            Work(
                made: { (index: Int) throws(ComposeError) in if index == 2 { throw Self.fault(2) } else { index } },
                end: { ends.add(1) })
        }
        #expect(try Self.take(queue) == 0)
        #expect(try Self.take(queue) == 1)
        #expect(throws: ComposeError.self) { try Self.take(queue) }
        queue.close(within: 10)
        #expect(ends.all.isEmpty)
    }

    @Test func `a taker need not wait longer than it wants`() throws {
        let gate = DispatchSemaphore(value: 0)
        let queue = Self.queue(count: 1) { index in
            gate.wait()
            return index
        }
        defer { queue.close() }
        guard case .pending = try queue.next(within: 0.01) else {
            Issue.record("nothing is made yet")
            return
        }
        gate.signal()
        #expect(try Self.take(queue) == 0)
    }

    @Test(arguments: 0..<12, [1, 3])
    func `closing at any step ends the threads and fails the takers`(step: Int, workers: Int) async throws {
        let begun = Log()
        let queue = Self.queue(count: 1000, workers: workers, ahead: 4) { index in
            begun.add(index)
            Self.pause(index % 2)
            return index
        }
        for index in 0..<step { #expect(try Self.take(queue) == index) }
        let waiting = Task.detached { () -> ComposeError.Code? in
            do throws(ComposeError) { while true { _ = try queue.next() } } catch { return error.code }
        }
        queue.close(within: 10)
        let count = begun.all.count
        #expect(await waiting.value == .cancelled)
        #expect(begun.all.count == count)
        #expect(queue.isClosed)
    }

    @Test func `closing does not wait for work that never ends`() throws {
        let gate = DispatchSemaphore(value: 0)
        defer { gate.signal() }
        let queue = Self.queue(count: 1) { index in
            gate.wait()
            return index
        }
        queue.close(within: 0.05)
        #expect(throws: ComposeError.self) { try queue.next() }
    }

    @Test func `a queue whose elements stay is moved on by its user`() throws {
        let begun = Log()
        let queue = Self.queue(count: 10, ahead: 2) { index in
            begun.add(index)
            return index
        }
        defer { queue.close() }
        try queue.wait(for: 1)
        Self.pause(10)
        #expect(begun.all == [0, 1])
        queue.advance(to: 3)
        try queue.wait(for: 4)
        Self.pause(10)
        #expect(begun.all == [0, 1, 2, 3, 4])
        queue.advance(to: 1)  // does not go back
        try queue.wait(for: 0)
    }

    @Test func `the lowest element under way is told`() throws {
        let lowest = Log()
        let queue = OrderedQueue<Int>("test", count: 8, workers: 2, ahead: 2, progressed: { lowest.add($0) }) { _ in
            Work(made: { $0 })
        }
        for index in 0..<8 { #expect(try Self.take(queue) == index) }
        queue.close(within: 10)
        #expect(lowest.all == lowest.all.sorted())
        #expect(lowest.all.last == 8)
    }
}
