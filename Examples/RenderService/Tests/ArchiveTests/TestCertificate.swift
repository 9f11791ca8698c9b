// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// A certificate for an address, which is its own authority.
struct TestCertificate {
    let certificate: String
    let key: String

    init(name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "certificate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.path + "/cert.pem", folder.path + "/key.pem")
        let made = try ChildProcess(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=test", "-addext", "subjectAltName=IP:\(name)", "-keyout", key, "-out", certificate,
            ], environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
        try #require(made.wait() == 0)
        self.certificate = try String(contentsOfFile: certificate, encoding: .utf8)
        self.key = try String(contentsOfFile: key, encoding: .utf8)
    }
}
