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
        case nil: self = read.isFrontEnd ? .always : .whenWell
        }
    }
}

extension EnvironmentReader {
    /// Whether the only remote renderer is the engine that this instance is a front end of.
    fileprivate var isFrontEnd: Bool { text("COMPOSE_ENGINE_URL") != nil && text("REMOTE_SUBMIT_URL") == nil }
}

/// The settings of the instance that renders instead of this one.
extension Configuration.Remote {
    /// Reads the settings; returns `nil` if there is no such instance.
    ///
    /// `REMOTE_…` takes precedence over `COMPOSE_ENGINE_URL`, the address of an engine without a path.
    init?(_ read: EnvironmentReader) throws {
        let name = "REMOTE_STATUS_URL"
        if let submit = try read.url("REMOTE_SUBMIT_URL") {
            let status = try read.required(name, with: "REMOTE_SUBMIT_URL")
            guard status.contains("{id}") else {
                throw ConfigurationError(name, "has {id} where the job's name goes")
            }
            self.init(submit: submit, status: status)
        } else if let engine = try read.url("COMPOSE_ENGINE_URL") {
            let jobs = engine.appendingPathComponent("job").absoluteString
            self.init(submit: engine.appendingPathComponent("render"), status: jobs + "/{id}/status")
        } else {
            return nil
        }
        key = read.text("REMOTE_API_KEY")
        try read.set(&patienceSeconds, "REMOTE_PATIENCE_SECONDS", 0.1...3600)
    }
}
