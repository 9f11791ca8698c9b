// SPDX-License-Identifier: Apache-2.0

public import Foundation

extension Configuration {
    /// The settings of the orchestrator Inngest, which calls the service at `/api/inngest`.
    public struct Inngest: Sendable {
        /// `INNGEST_DEV`: whether calls need no signature, because they come from a development server.
        public var isDev = false
        /// `INNGEST_SIGNING_KEY`, `INNGEST_SIGNING_KEY_FALLBACK`: the keys that calls are signed with, the newer one first.
        public var signingKeys: [String] = []
        /// `INNGEST_API_BASE_URL`, `INNGEST_BASE_URL`: the address at which functions are registered.
        public var api: URL
        /// `INNGEST_APP_ID`: the name of the app that the function belongs to.
        public var app = "compose"
        /// `INNGEST_SERVE_ORIGIN`: the address at which Inngest reaches the service.
        public var origin: URL?
        /// `INNGEST_CONCURRENCY`: how many steps of the function run at the same time.
        public var concurrency = 10
        /// `INNGEST_RATE_LIMIT`: how many runs begin in a minute at most, or `nil` for no limit.
        public var runsPerMinute: Int?
        /// Whether the event key is set, without which no events are sent.
        public var hasEventKey = false
    }
}

extension Configuration.Inngest {
    /// Reads the settings; returns `nil` if neither a key nor a development server is set.
    init?(_ read: EnvironmentReader) throws {
        let server = try Self.developmentServer(read)
        guard server != nil || read.text("INNGEST_SIGNING_KEY") != nil else { return nil }
        let standard = server ?? URL(string: "https://api.inngest.com")
        guard let api = try read.url("INNGEST_API_BASE_URL") ?? read.url("INNGEST_BASE_URL") ?? standard else {
            throw ConfigurationError("INNGEST_BASE_URL", "is not an address")
        }
        self.init(isDev: server != nil, api: api)
        for name in ["INNGEST_SIGNING_KEY", "INNGEST_SIGNING_KEY_FALLBACK"] {
            guard let key = read.text(name) else { continue }
            guard InngestSignature.bytes(of: key) != nil else {
                throw ConfigurationError(name, "is signkey-, the environment, - and hexadecimal digits")
            }
            signingKeys.append(key)
        }
        if let name = read.text("INNGEST_APP_ID") {
            guard CallerName.isValid(name) else {
                throw ConfigurationError("INNGEST_APP_ID", "is up to 64 letters, digits, '.', '_' and '-'")
            }
            app = name
        }
        origin = try read.url("INNGEST_SERVE_ORIGIN")
        try read.set(&concurrency, "INNGEST_CONCURRENCY", 1...10_000)
        if read.text("INNGEST_RATE_LIMIT") != nil {
            var runs = 0
            try read.set(&runs, "INNGEST_RATE_LIMIT", 1...1_000_000)
            runsPerMinute = runs
        }
        hasEventKey = read.text("INNGEST_EVENT_KEY") != nil
    }

    /// Returns the address of the development server, if there is one: `INNGEST_DEV` is 1 or the address.
    fileprivate static func developmentServer(_ read: EnvironmentReader) throws -> URL? {
        guard let text = read.text("INNGEST_DEV") else { return nil }
        if text.contains("://") { return try read.url("INNGEST_DEV") }
        return try read.flag("INNGEST_DEV") == true ? URL(string: "http://127.0.0.1:8288") : nil
    }
}

extension Configuration.Events {
    /// Reads the settings; returns `nil` if events are not posted.
    ///
    /// `EVENT_URL` takes precedence over Inngest's variables.
    init?(_ read: EnvironmentReader) throws {
        if let url = try read.url("EVENT_URL") {
            self.init(url: url, key: read.text("EVENT_KEY"))
            return
        }
        let server = try Configuration.Inngest.developmentServer(read)
        // A development server takes any key.
        guard let key = read.text("INNGEST_EVENT_KEY") ?? server.map({ _ in "dev" }) else { return nil }
        let standard = server ?? URL(string: "https://inn.gs")
        guard let base = try read.url("INNGEST_EVENT_API_BASE_URL") ?? read.url("INNGEST_BASE_URL") ?? standard else {
            throw ConfigurationError("INNGEST_BASE_URL", "is not an address")
        }
        self.init(url: base.appendingPathComponent("e"), key: key)
    }
}
