// SPDX-License-Identifier: Apache-2.0

import Foundation

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
