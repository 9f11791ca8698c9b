// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A part of a list, newest first.
public struct Page<Item: Sendable>: Sendable {
    /// The items.
    public let items: [Item]
    /// What to pass as `after` for the next page, or `nil` if this is the last one.
    public let next: String?

    /// Creates a page from at most `limit` items, and one more if there are more.
    init(_ items: [Item], limit: Int, place: (Item) -> String) {
        self.items = Array(items.prefix(limit))
        next = items.count > limit ? self.items.last.map(place) : nil
    }
}

/// A place in a list that is ordered by time and identifier.
struct Cursor: Sendable {
    let time: Int64
    let id: String

    init(time: Int64, id: String) {
        self.time = time
        self.id = id
    }

    /// Creates the place that a text of a page names.
    init(_ text: String) throws(ArchiveError) {
        guard let dash = text.firstIndex(of: "."), let time = Int64(text[..<dash]) else {
            throw ArchiveError.invalid(
                "There is no page \(text.prefix(100).debugDescription); use what a page has as next.")
        }
        self.init(time: time, id: String(text[text.index(after: dash)...]))
    }

    /// Returns the text of a place, which a page has as `next`.
    static func text(_ time: Date, _ id: String) -> String { "\(time.microseconds).\(id)" }
}
