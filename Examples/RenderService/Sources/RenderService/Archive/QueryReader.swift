// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation
import Hummingbird

/// A reader of the parameters in a request's address, which treats empty ones as missing.
struct QueryReader {
    private let request: Request

    init(_ request: Request) { self.request = request }

    func text(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].flatMap { $0.isEmpty ? nil : String($0) }
    }

    func number(_ name: String, _ range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw APIError(
                .badRequest, "invalidQuery", "\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func time(_ name: String) throws(APIError) -> Date? {
        guard let text = text(name) else { return nil }
        let formats = [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
        for format in formats { if let time = try? format.parse(text) { return time } }
        if let day = try? Date.ISO8601FormatStyle().year().month().day().parse(text) { return day }
        throw APIError(.badRequest, "invalidQuery", "\(name) is a time such as 2026-11-30T12:00:00Z, or a day")
    }
}

/// A JSON document inside another one.
struct JSONText: Encodable {
    private let value: JSONValue?

    init(_ text: String) { value = try? JSONValue(json: Data(text.utf8)) }

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Workplace {
    /// Returns the archive, or throws an ``APIError`` if there is none.
    func needed() throws(APIError) -> ServiceArchive {
        guard let archive else {
            throw APIError(
                .serviceUnavailable, "archive",
                "nothing is kept here beyond the queue; with REDIS_URL, this needs DATABASE_URL")
        }
        return archive
    }

    /// Returns whether a caller may see what belongs to others.
    func isAdmin(_ caller: String) -> Bool { configuration.access.admins.contains(caller) }

    /// Returns the owner that a request is about, or `nil` if it is about all of them; others are for administrators.
    func owner(_ wanted: String?, _ context: ServiceContext) throws(APIError) -> String? {
        if isAdmin(context.caller) { return wanted }
        guard wanted == nil || wanted == context.caller else { throw Self.onlyAdmins }
        return context.caller
    }

    static let onlyAdmins = APIError(
        .forbidden, "forbidden", "this is for administrators, whom ADMIN_CALLERS names")
}
