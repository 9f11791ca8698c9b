// SPDX-License-Identifier: Apache-2.0

internal import CPostgres
internal import DatabaseAccess
internal import Dispatch
internal import Foundation

/// An error from Postgres or from the connection to it.
struct PostgresFailure: Error {
    let message: String
    /// The SQLSTATE, if the server has answered.
    let code: String
    /// Whether the connection is broken, so that the statement may or may not have run.
    let isBroken: Bool

    /// Whether another transaction was in the way, so that the same one may succeed now.
    var isConflict: Bool { ["40001", "40P01"].contains(code) }

    /// The failure as callers see it.
    var archiveError: ArchiveError {
        // Class 22 is about values, such as a JSON document that the database cannot store.
        code.hasPrefix("22")
            ? .invalid("Postgres cannot store a value: \(message)")
            : .unavailable("Postgres cannot be used: \(message)")
    }
}

/// A connection that is opened on first use and opened again after it broke.
///
/// libpq blocks. All methods except `perform` must therefore be called on the connection's own queue.
final class PostgresConnection: BlockingConnection, @unchecked Sendable {
    // Sendable because `handle` is touched on `queue` only, and in `deinit`.

    private let url: String
    let queue: DispatchQueue
    private var handle: OpaquePointer?

    init(_ url: String, label: String) {
        self.url = url
        queue = DispatchQueue(label: label)
    }

    deinit { disconnect() }

    // MARK: On the queue

    /// Whether the connection is believed to be open.
    var isConnected: Bool { handle != nil }

    /// Opens the connection unless it is open.
    ///
    /// What the URL says takes precedence over the settings here.
    func connect() throws(PostgresFailure) {
        guard handle == nil else { return }
        let settings = [
            ("application_name", "render-service"), ("client_encoding", "UTF8"), ("connect_timeout", "5"),
            ("keepalives_idle", "30"), ("tcp_user_timeout", "15000"), ("dbname", url),
        ]
        var names: [UnsafePointer<CChar>?] = settings.map { UnsafePointer(strdup($0.0)) } + [nil]
        var values: [UnsafePointer<CChar>?] = settings.map { UnsafePointer(strdup($0.1)) } + [nil]
        defer { for text in names + values { free(UnsafeMutablePointer(mutating: text)) } }
        guard let opened = PQconnectdbParams(&names, &values, 1) else {
            throw PostgresFailure(message: "there is no memory for a connection", code: "", isBroken: true)
        }
        guard PQstatus(opened) == CONNECTION_OK else {
            let message = Self.text(PQerrorMessage(opened))
            PQfinish(opened)
            throw PostgresFailure(message: message, code: "", isBroken: true)
        }
        // Notices, such as that a table exists already, would go to standard error, where the log is.
        PQsetNoticeProcessor(opened, { _, _ in }, nil)
        handle = opened
    }

    /// Runs statements without parameters and without rows.
    func execute(_ sql: String) throws(PostgresFailure) {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        try check(result)
    }

    /// Runs a statement, and returns its rows and the number of rows that it changed.
    func execute(_ sql: String, _ values: [SQLValue]) throws(PostgresFailure) -> (rows: [SQLRow], changed: Int) {
        var texts: [UnsafePointer<CChar>?] = values.map { value in
            switch value {
            case .text(let text): UnsafePointer(strdup(text))
            case .integer(let number): UnsafePointer(strdup(String(number)))
            case .null: nil
            }
        }
        defer { for text in texts { free(UnsafeMutablePointer(mutating: text)) } }
        let result = PQexecParams(handle, sql, Int32(values.count), nil, &texts, nil, nil, 0)
        defer { PQclear(result) }
        try check(result)
        let columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
        let rows = (0..<PQntuples(result)).map { row in
            SQLRow(
                Dictionary(
                    zip(columns, Int32(0)...).map { name, column in
                        let isNull = PQgetisnull(result, row, column) == 1
                        return (name, isNull ? .null : .text(String(cString: PQgetvalue(result, row, column))))
                    }, uniquingKeysWith: { first, _ in first }))
        }
        return (rows, Int(Self.text(PQcmdTuples(result))) ?? 0)
    }

    /// Closes the connection.
    func disconnect() {
        if let handle { PQfinish(handle) }
        handle = nil
    }

    // MARK: -

    private func check(_ result: OpaquePointer?) throws(PostgresFailure) {
        let status = PQresultStatus(result)
        if status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK { return }
        let isBroken = PQstatus(handle) != CONNECTION_OK
        let code = Self.text(PQresultErrorField(result, Int32(UInt8(ascii: "C"))))
        // The details of an error may contain a caller's edit.
        let primary = Self.text(PQresultErrorField(result, Int32(UInt8(ascii: "M"))))
        let failure = PostgresFailure(
            message: primary.isEmpty ? Self.text(PQerrorMessage(handle)) : primary, code: code, isBroken: isBroken)
        if isBroken { disconnect() }
        throw failure
    }

    private static func text(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0).trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
    }
}
