// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An error thrown if an environment variable has an invalid value.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// The name of the variable and the problem.
    public let description: String

    init(_ name: String, _ message: String) { description = "\(name) \(message)" }
}

/// A reader of environment variables, which treats empty variables as unset.
struct EnvironmentReader {
    let environment: [String: String]

    func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// Returns the value of the first of some variables that is set.
    func first(_ names: String...) -> String? { names.lazy.compactMap(text).first }

    func required(_ name: String, with other: String) throws -> String {
        guard let value = text(name) else { throw ConfigurationError(name, "is needed with \(other)") }
        return value
    }

    func list(_ name: String) -> [String] {
        (text(name) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    func url(_ name: String) throws -> URL? {
        guard let value = text(name) else { return nil }
        guard let url = URL(string: value), ["http", "https"].contains(url.scheme), url.host != nil else {
            throw ConfigurationError(name, "is an address that begins with https:// or http://")
        }
        return url
    }

    func flag(_ name: String) throws -> Bool? {
        switch text(name)?.lowercased() {
        case nil: nil
        case "1", "true", "yes": true
        case "0", "false", "no": false
        default: throw ConfigurationError(name, "is 1 or 0")
        }
    }

    func set<Number: LosslessStringConvertible & Comparable>(
        _ number: inout Number, _ name: String, _ range: ClosedRange<Number>
    ) throws {
        guard let value = text(name) else { return }
        guard let read = Number(value), range.contains(read) else {
            throw ConfigurationError(name, "is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        number = read
    }
}
