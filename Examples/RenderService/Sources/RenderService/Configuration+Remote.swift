// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Configuration.RemoteUse {
    /// Reads whether jobs go to the remote renderer whose requests do not choose.
    ///
    /// An instance with `COMPOSE_ENGINE_URL` alone is a front end, which renders nothing itself.
    init(_ read: EnvironmentReader, _ remote: Configuration.Remote?) throws {
        switch try read.flag("USE_MODAL_RENDER") {
        case true?:
            guard remote != nil else {
                throw ConfigurationError("USE_MODAL_RENDER", "needs the address of a remote renderer")
            }
            self = .whenWell
        case false?: self = .never
        case nil:
            let isFrontEnd =
                read.text("COMPOSE_ENGINE_URL") != nil && read.text("REMOTE_SUBMIT_URL") == nil
                && remote?.isApp == false
            self = isFrontEnd ? .always : .whenWell
        }
    }
}

/// The settings of the instance that renders instead of this one.
extension Configuration.Remote {
    /// Reads the settings; returns `nil` if there is no such instance.
    ///
    /// `REMOTE_…` takes precedence over `MODAL_…`, and that over `COMPOSE_ENGINE_URL`, the address of an engine without
    /// a path.
    init?(_ read: EnvironmentReader) throws {
        let name = "REMOTE_STATUS_URL"
        if let submit = try read.url("REMOTE_SUBMIT_URL") {
            let status = try read.required(name, with: "REMOTE_SUBMIT_URL")
            guard status.contains("{id}") else {
                throw ConfigurationError(name, "has {id} where the job's name goes")
            }
            self.init(submit: submit, status: status, key: read.text("REMOTE_API_KEY"))
        } else if let app = try Self.app(read) {
            self = app
        } else if let engine = try read.url("COMPOSE_ENGINE_URL") {
            let jobs = engine.appendingPathComponent("job").absoluteString
            self.init(
                submit: engine.appendingPathComponent("render"), status: jobs + "/{id}/status",
                key: read.text("REMOTE_API_KEY"))
        } else {
            return nil
        }
        try read.set(&patienceSeconds, "REMOTE_PATIENCE_SECONDS", 0.1...3600)
    }

    /// Reads the settings of a program of two addresses, neither of which follows from the other.
    private static func app(_ read: EnvironmentReader) throws -> Configuration.Remote? {
        let isEnabled = try read.flag("MODAL_ENABLED")
        guard isEnabled != false else { return nil }
        guard let submit = try read.url("MODAL_SUBMIT_URL") else {
            guard isEnabled == nil, read.text("MODAL_STATUS_URL") == nil else {
                throw ConfigurationError("MODAL_SUBMIT_URL", "is needed with MODAL_ENABLED and MODAL_STATUS_URL")
            }
            return nil
        }
        guard let status = try read.url("MODAL_STATUS_URL") else {
            throw ConfigurationError("MODAL_STATUS_URL", "is needed with MODAL_SUBMIT_URL")
        }
        return Configuration.Remote(
            submit: submit, status: status.absoluteString, key: read.text("MODAL_AUTH_TOKEN"), isApp: true)
    }
}
