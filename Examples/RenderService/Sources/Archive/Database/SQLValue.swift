// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A value in a statement or a row.
public enum SQLValue: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByNilLiteral
{
    /// A text without null characters, which Postgres cannot store.
    case text(String)
    /// A whole number.
    case integer(Int64)
    /// No value.
    case null

    /// Creates a text, or no value.
    public init(_ text: String?) { self = text.map { .text($0) } ?? .null }

    /// Creates a whole number, or no value.
    public init(_ number: (some BinaryInteger)?) { self = number.map { .integer(Int64($0)) } ?? .null }

    /// Creates a time in microseconds since 1970, or no value.
    public init(_ time: Date?) { self.init(time?.microseconds) }

    /// Creates a text.
    public init(stringLiteral text: String) { self = .text(text) }

    /// Creates a whole number.
    public init(integerLiteral number: Int64) { self = .integer(number) }

    /// Creates no value.
    public init(nilLiteral: ()) { self = .null }

    /// Throws if a value cannot be stored in both databases.
    func check() throws(ArchiveError) {
        if case .text(let text) = self, text.utf8.contains(0) {
            throw ArchiveError.invalid("A text contains the character U+0000, which cannot be stored; remove it.")
        }
    }
}

/// A row of a result.
public struct SQLRow: Sendable, Hashable {
    private let values: [String: SQLValue]

    init(_ values: [String: SQLValue]) { self.values = values }

    /// Returns the text in a column, if there is one.
    public func text(_ column: String) -> String? {
        switch values[column] {
        case .text(let text): text
        case .integer(let number): String(number)
        case .null, nil: nil
        }
    }

    /// Returns the whole number in a column, if there is one.
    public func integer(_ column: String) -> Int64? {
        switch values[column] {
        case .text(let text): Int64(text)
        case .integer(let number): number
        case .null, nil: nil
        }
    }

    /// Returns the time in a column, if there is one.
    public func time(_ column: String) -> Date? { integer(column).map { Date(microseconds: $0) } }

    /// Returns the text in a column that always has one.
    func required(_ column: String) throws(ArchiveError) -> String {
        guard let text = text(column) else {
            throw ArchiveError.invalid("A row has no \(column); the table was changed by another program.")
        }
        return text
    }

    /// Returns the time in a column that always has one.
    func requiredTime(_ column: String) throws(ArchiveError) -> Date {
        guard let time = time(column) else {
            throw ArchiveError.invalid("A row has no \(column); the table was changed by another program.")
        }
        return time
    }
}

extension Date {
    /// The time in whole microseconds since 1970, which both databases store exactly.
    var microseconds: Int64 { Int64((timeIntervalSince1970 * 1_000_000).rounded()) }

    /// Creates a time from microseconds since 1970.
    init(microseconds: Int64) { self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000) }
}
