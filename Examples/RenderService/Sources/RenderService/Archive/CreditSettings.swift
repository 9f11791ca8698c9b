// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation

/// The prices of jobs and the account that they are paid from.
struct CreditSettings: Sendable {
    /// Where the entries are.
    enum Place: Sendable, Equatable {
        /// The service's own database.
        case database
        /// Another program, with its address and the token for it.
        case outside(URL, key: String?)
    }

    var prices: Prices
    var ledger = Place.database
    /// `CREDITS_HOLD_SECONDS`: the age at which a reservation is compared with the queue.
    var holdSeconds = 3600.0

    /// Reads the settings; returns `nil` if there are no prices, so that jobs are free.
    init?(_ read: EnvironmentReader) throws {
        let name = "CREDIT_PRICES_FILE"
        guard let path = read.text(name) else {
            guard read.text("CREDITS_URL") == nil else { throw ConfigurationError(name, "is needed with CREDITS_URL") }
            return nil
        }
        guard let file = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(name, "\(path) cannot be read")
        }
        do { prices = try Prices(json: file) } catch { throw ConfigurationError(name, "\(path): \(error)") }
        if let url = try read.url("CREDITS_URL") { ledger = .outside(url, key: read.text("CREDITS_KEY")) }
        try read.set(&holdSeconds, "CREDITS_HOLD_SECONDS", 1...1e9)
    }
}
