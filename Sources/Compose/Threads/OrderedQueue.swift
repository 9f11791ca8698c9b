// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The part of an ``OrderedQueue``'s work that one of its threads does.
///
/// It is made and used on that thread alone.
protocol OrderedWork<Element> {
    associatedtype Element
    /// Makes the element with an index; returns `nil` if the queue ends before it.
    ///
    /// May block.
    func make(_ index: Int) throws(ComposeError) -> Element?
    /// Does what is left to do once the end is known and takers no longer wait for this thread.
    func ended()
}

extension OrderedWork {
    func ended() {}
}

/// A queue of elements that threads of its own make ahead of need, several at once, and that are taken in order.
///
/// Elements are begun in order. None is begun while `ahead` elements are begun and not yet taken, or while those that
/// wait weigh `room` or more; so the memory in use has a bound, whatever the taker's speed. Thread-safe.
final class OrderedQueue<Element>: @unchecked Sendable {  // unchecked: all mutable state is guarded by `condition`
    /// What ``next(within:)`` found.
    enum Next {
        case element(Element)
        /// The element was not ready in time.
        case pending
        /// There are no more elements.
        case end
    }

    private let condition = NSCondition()
    private let ahead: Int
    private let room: Int
    private let weight: (Element) -> Int
    private let progressed: ((_ lowest: Int) -> Void)?
    /// The elements that wait to be taken.
    private var finished: [Int: Element] = [:]
    /// What they weigh.
    private var waiting = 0
    private var inWork: Set<Int> = []
    private var nextToBegin = 0
    /// The index of the element to be taken next.
    private var position = 0
    /// The number of elements, as far as it is known.
    private var count: Int
    private var failure: (index: Int, error: ComposeError)?
    private var closed = false
    /// The number of threads that have not ended.
    private var running: Int

    /// Creates a queue and starts its threads.
    ///
    /// - Parameters:
    ///   - name: The threads' name in debuggers and profilers.
    ///   - count: The number of elements; `nil` if the work says when it ends.
    ///   - workers: The number of threads.
    ///   - ahead: The most elements that are begun and not taken.
    ///   - room: The weight of waiting elements from which no other is begun; `weight` returns that of one.
    ///   - progressed: Called with the lowest index that is being made or comes next, whenever it may have changed. It
    ///     is called under the queue's lock, so it must not use the queue.
    ///   - work: Returns the work of a thread. If it throws, no further element is made.
    init(
        _ name: String, count: Int? = nil, workers: Int = 1, ahead: Int = .max, room: Int = .max,
        weight: @escaping (Element) -> Int = { _ in 0 }, progressed: ((_ lowest: Int) -> Void)? = nil,
        work: @escaping @Sendable (OrderedQueue) throws(ComposeError) -> any OrderedWork<Element>
    ) {
        precondition(workers > 0 && ahead > 0 && room > 0)
        self.count = count ?? .max
        self.ahead = ahead
        self.room = room
        self.weight = weight
        self.progressed = progressed
        running = min(workers, count ?? workers)
        for _ in 0..<running { startThread(name) { [self] in run(work) } }
    }

    /// Takes the next element.
    ///
    /// Blocks until it is made, or for at most `seconds`. Throws the error of the element, or of the threads if no
    /// element can be made any more; or an error with the code `cancelled` if the queue is closed.
    func next(within seconds: Double? = nil) throws(ComposeError) -> Next {
        condition.lock()
        defer { condition.unlock() }
        guard try wait(for: position, within: seconds) else { return .pending }
        guard let element = finished.removeValue(forKey: position) else { return .end }
        waiting -= weight(element)
        position += 1
        condition.broadcast()
        return .element(element)
    }

    /// Waits for an element that ``advance(to:)`` allows, without taking it; throws as ``next(within:)`` does.
    func wait(for index: Int) throws(ComposeError) {
        condition.lock()
        defer { condition.unlock() }
        _ = try wait(for: index, within: nil)
    }

    /// Lets elements be begun as if those before `index` had been taken; for queues whose elements are not taken.
    func advance(to index: Int) {
        condition.lock()
        position = max(position, index)
        condition.broadcast()
        condition.unlock()
    }

    /// Whether the queue is closed, so that work under way may stop.
    var isClosed: Bool {
        condition.lock()
        defer { condition.unlock() }
        return closed
    }

    /// Ends the threads, releases what waits, and lets takers fail.
    ///
    /// Waits for the threads, but no longer than `seconds`: one may be blocked by a store that does not respond.
    func close(within seconds: Double = 0) {
        condition.lock()
        defer { condition.unlock() }
        closed = true
        finished = [:]
        waiting = 0
        condition.broadcast()
        let end = Date(timeIntervalSinceNow: seconds)
        while running > 0, seconds > 0, condition.wait(until: end) {}
    }

    /// Waits for an element or the end, with the lock held; returns `false` if that takes too long.
    private func wait(for index: Int, within seconds: Double?) throws(ComposeError) -> Bool {
        let end = seconds.map { Date(timeIntervalSinceNow: $0) }
        while true {
            if finished[index] != nil { return true }
            if let failure, failure.index <= index { throw failure.error }
            if closed { throw ComposeError(.cancelled, "the render was cancelled") }
            if index >= count { return true }
            if let end {
                guard condition.wait(until: end) else { return false }
            } else {
                condition.wait()
            }
        }
    }

    private func run(_ make: (OrderedQueue) throws(ComposeError) -> any OrderedWork<Element>) {
        defer {
            condition.lock()
            running -= 1
            condition.broadcast()
            condition.unlock()
        }
        do throws(ComposeError) {
            let work = try make(self)
            while let index = begin() {
                do throws(ComposeError) {
                    let element = try work.make(index)
                    finish(index, .success(element))
                    if element == nil { return work.ended() }
                } catch {
                    finish(index, .failure(error))
                }
            }
        } catch {
            // The error concerns no particular element, so all remaining ones fail.
            condition.lock()
            failure = (0, error)
            condition.broadcast()
            condition.unlock()
        }
    }

    /// Waits for room and returns the next element to make; `nil` if there is nothing left to do.
    private func begin() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        func goesOn() -> Bool { !closed && failure == nil && nextToBegin < count }
        while goesOn(), nextToBegin - position >= ahead || waiting >= room { condition.wait() }
        guard goesOn() else { return nil }
        let index = nextToBegin
        nextToBegin += 1
        inWork.insert(index)
        progressed?(inWork.min() ?? index)
        return index
    }

    private func finish(_ index: Int, _ result: Result<Element?, ComposeError>) {
        condition.lock()
        defer { condition.unlock() }
        inWork.remove(index)
        progressed?(inWork.min() ?? nextToBegin)
        switch result {
        case .success(let element?) where !closed:
            finished[index] = element
            waiting += weight(element)
        case .success(nil): count = min(count, index)
        case .success: break
        case .failure(let error): if index < failure?.index ?? .max { failure = (index, error) }
        }
        condition.broadcast()
    }
}
